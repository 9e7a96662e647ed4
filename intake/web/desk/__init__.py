"""Staff's pages: signing in, waivers, revocations, invitations, and everything on paper."""

from intake.web.desk import (  # noqa: F401  (importing them registers their routes)
    confirm_routes,
    copy_routes,
    day_routes,
    interpreter_routes,
    invitation_routes,
    matching_routes,
    paper_routes,
    person_routes,
    pin_routes,
    reason_routes,
    reply_routes,
    review_routes,
    revocation_actions,
    revocation_routes,
    revocation_start,
    scan_routes,
    sign_in_routes,
    student_routes,
    upload_routes,
    violation_report,
    waiver_routes,
)
from intake.web.desk.blueprint import blueprint
from intake.web.desk.sessions import init_login

__all__ = ["blueprint", "init_login"]
