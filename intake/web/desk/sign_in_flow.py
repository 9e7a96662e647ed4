"""From the first thing that somebody shows to being signed in."""

from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.factors import has_second_factor
from intake.accounts.model import Staff
from intake.accounts.passkeys import RelyingParty
from intake.accounts.sign_in import Method, complete
from intake.web.desk.access import home
from intake.web.desk.blueprint import context
from intake.web.desk.sessions import begin_pending, begin_session


def after_password(staff: Staff, wanted: str, *, at: datetime) -> ResponseReturnValue:
    """The password was right: on to the second step, or to setting one up."""
    with context().database.read() as session:
        has_second = has_second_factor(session, staff)
    if not has_second and context().settings.staff.is_eased:
        return enter(staff, Method.PASSWORD, wanted, at=at)
    begin_pending(staff, wanted, at=at)
    return redirect(url_for("accounts.second_step" if has_second else "accounts.set_up"), 303)


def enter(staff: Staff, method: Method, wanted: str, *, at: datetime) -> ResponseReturnValue:
    """Sign in, and go to the page that was asked for."""
    let_in(staff, method, at=at)
    return redirect(next_address(wanted), 303)


def let_in(staff: Staff, method: Method, *, at: datetime) -> None:
    """Sign in."""
    with context().database.begin() as session:
        kept = complete(session, staff, method, at=at)
    begin_session(kept, at=at)


def relying_party() -> RelyingParty | None:
    """Who asks for passkeys; None where they can't be."""
    settings = context().settings
    return RelyingParty.at(settings.base_url, settings.partnership)


def remote_address() -> str:
    """From where the request came, as far as we know."""
    return request.remote_addr or "unknown"


def next_address(wanted: str) -> str:
    """Back to the page that asked for signing in; only ever one of ours."""
    is_ours = (
        wanted.startswith(("/desk/", "/coordinator/"))
        and "\\" not in wanted
        and wanted.isprintable()
    )
    return wanted if is_ours else url_for(home() or "desk.no_pages")
