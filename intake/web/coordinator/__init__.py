"""The coordinator's pages: translations and recordings; partners; questions and violations."""

from intake.web.coordinator import (  # noqa: F401  (importing them registers their routes)
    partner_routes,
    question_routes,
    translation_routes,
    violation_routes,
)
from intake.web.coordinator.blueprint import blueprint

__all__ = ["blueprint"]
