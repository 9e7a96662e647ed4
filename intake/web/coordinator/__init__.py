"""The coordinator's pages: the dashboard; documents; translations and recordings; partners."""

from intake.web.coordinator import (  # noqa: F401  (importing them registers their routes)
    dashboard_routes,
    document_routes,
    partner_routes,
    translation_routes,
)
from intake.web.coordinator.blueprint import blueprint

__all__ = ["blueprint"]
