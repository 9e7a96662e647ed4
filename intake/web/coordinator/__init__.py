"""The coordinator's pages: translations, their approval, and their recordings."""

from intake.web.coordinator import translation_routes  # noqa: F401  (registers its routes)
from intake.web.coordinator.blueprint import blueprint

__all__ = ["blueprint"]
