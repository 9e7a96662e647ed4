"""The coordinator's pages: translations, their approval and recordings; partners; messages;
campaigns."""

from intake.web.coordinator import (  # noqa: F401  (importing them registers their routes)
    campaign_routes,
    message_routes,
    partner_routes,
    translation_routes,
)
from intake.web.coordinator.blueprint import blueprint

__all__ = ["blueprint"]
