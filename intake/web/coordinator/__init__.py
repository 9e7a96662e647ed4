"""The coordinator's pages."""

from intake.web.coordinator import (  # noqa: F401  (importing them registers their routes)
    audit_routes,
    campaign_routes,
    dashboard_routes,
    document_routes,
    message_routes,
    partner_routes,
    question_routes,
    translation_routes,
    violation_routes,
)
from intake.web.coordinator.blueprint import blueprint

__all__ = ["blueprint"]
