"""Staff's accounts: ways to sign in, one's own account, and those who manage them."""

from intake.web.accounts import (  # noqa: F401  (importing them registers their routes)
    agreement_routes,
    link_routes,
    managing_routes,
    own_routes,
    passkey_routes,
    second_step_routes,
    set_up_routes,
    sso_routes,
)
from intake.web.accounts.blueprint import blueprint

__all__ = ["blueprint"]
