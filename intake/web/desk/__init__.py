"""Staff's pages: signing in, the list of waivers, one waiver, revocations, invitations."""

from intake.web.desk import (  # noqa: F401  (importing them registers their routes)
    confirm_routes,
    interpreter_routes,
    invitation_routes,
    revocation_routes,
    sign_in_routes,
    waiver_routes,
)
from intake.web.desk.blueprint import blueprint
from intake.web.desk.sessions import init_login

__all__ = ["blueprint", "init_login"]
