"""Signing in with a passkey alone: the device has checked who holds it."""

from datetime import datetime

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from forms.accounts import PasskeyForm
from intake.accounts.model import Staff
from intake.accounts.passkeys import PasskeyRefused, RelyingParty, ask_for_known, check_passkey
from intake.accounts.sign_in import Method, Refusal, is_open, turn_away
from intake.accounts.tries import BEGIN_LIMIT
from intake.clock import now
from intake.db.limits import count_attempt, network_of
from intake.web.accounts.blueprint import blueprint
from intake.web.accounts.second_step_routes import ASKED
from intake.web.desk.access import open_to_all
from intake.web.desk.blueprint import context, csrf, is_valid
from intake.web.desk.sign_in_flow import enter, next_address, relying_party, remote_address


@blueprint.get("/desk/passkey")
@open_to_all
def passkey_sign_in() -> ResponseReturnValue:
    """Ask for a passkey of whoever is there."""
    party = relying_party()
    if current_user.is_authenticated:
        return redirect(next_address(request.args.get("next", "")), 303)
    if party is None:
        return redirect(url_for("desk.sign_in"), 303)
    return _page(party, problem="", status=200)


@blueprint.post("/desk/passkey")
@open_to_all
def try_passkey() -> ResponseReturnValue:
    """Check what it has answered. Raises TooManyAttempts."""
    party, at = relying_party(), now()
    if party is None:
        return redirect(url_for("desk.sign_in"), 303)
    form = PasskeyForm(request.form, **csrf())
    is_valid(form)
    staff: Staff | None = None
    try:
        with context().database.begin() as database_session:
            staff = check_passkey(
                database_session, party, token=session.get(ASKED, ""),
                answer=form.answer.data or "", at=at,
            )  # fmt: skip
    except PasskeyRefused:
        _turn_away(None, Refusal.PASSKEY, at=at)
    if staff is not None and is_open(staff, context().settings.staff.unused, at=at):
        return enter(staff, Method.PASSKEY, request.args.get("next", ""), at=at)
    if staff is not None:
        _turn_away(staff.id, Refusal.DISABLED, at=at)
    problem = gettext("The passkey did not work. Try again, or use another way.")
    return _page(party, problem=problem, status=422)


def _turn_away(staff_id: str | None, reason: Refusal, *, at: datetime) -> None:
    turn_away(context().database, staff_id, reason, BEGIN_LIMIT, address=remote_address(), at=at)


def _page(party: RelyingParty, *, problem: str, status: int) -> ResponseReturnValue:
    """Raises TooManyAttempts: each question is kept until it is answered or too old."""
    at = now()
    with context().database.begin() as database_session:
        count_attempt(database_session, BEGIN_LIMIT, network_of(remote_address()), at=at)
        asked = ask_for_known(database_session, party, at=at)
    session[ASKED] = asked.token
    page = render_template(
        "accounts/passkey.html",
        form=PasskeyForm(**csrf()),
        options=asked.options,
        problem=problem,
        next_address=request.args.get("next"),
    )
    return page, status
