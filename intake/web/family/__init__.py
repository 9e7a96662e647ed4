"""The family's pages: languages, the waiver, receipts, taking it back."""

from intake.web.family import (  # noqa: F401  (importing them registers their routes)
    approval_routes,
    closing_routes,
    disclosure_routes,
    identity_routes,
    information_routes,
    kiosk_routes,
    listening,
    part_routes,
    partner_routes,
    picker_routes,
    question_routes,
    reading_routes,
    receipt_routes,
    stop_routes,
)
from intake.web.family.blueprint import blueprint

__all__ = ["blueprint"]
