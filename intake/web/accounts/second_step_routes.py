"""The second step: a code of the app, a recovery code, or a passkey."""

from datetime import datetime

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.accounts import CodeForm, PasskeyForm
from intake.accounts.factors import has_second_factor
from intake.accounts.model import Staff
from intake.accounts.passkeys import PasskeyRefused, ask_for_second, check_passkey, passkeys_of
from intake.accounts.recovery import use_code
from intake.accounts.sign_in import Method, Refusal, refuse, turn_away
from intake.accounts.totp import check_code, is_app_code
from intake.accounts.tries import BEGIN_LIMIT, counted, second_step_limits
from intake.clock import now
from intake.db.limits import TooManyAttempts
from intake.web.accounts.blueprint import blueprint
from intake.web.desk.access import open_to_all
from intake.web.desk.blueprint import context, csrf, is_valid
from intake.web.desk.sessions import Pending, pending
from intake.web.desk.sign_in_flow import enter, relying_party, remote_address
from intake.web.wording import use_language

ASKED = "desk_asked"
"""Where the browser's session keeps the token of a question to a passkey."""


@blueprint.get("/desk/second-step")
@open_to_all
def second_step() -> ResponseReturnValue:
    """Ask for the second thing."""
    waiting = somebody_waiting(at=now())
    if waiting is None:
        return redirect(url_for("desk.sign_in"), 303)
    return _page(waiting.staff, CodeForm(**csrf()), problem="", status=200)


@blueprint.post("/desk/second-step")
@open_to_all
def check_second_step() -> ResponseReturnValue:
    """Check a code of the app, or a recovery code."""
    at = now()
    waiting = somebody_waiting(at=at)
    if waiting is None:
        return redirect(url_for("desk.sign_in"), 303)
    form = CodeForm(request.form, **csrf())
    if not is_valid(form):
        return _page(waiting.staff, form, problem="", status=422)
    try:
        method = _checked(waiting.staff, form.code.data or "", at=at)
    except TooManyAttempts:
        problem = gettext("Too many wrong tries. Wait 15 minutes, then try again.")
        return _page(waiting.staff, form, problem=problem, status=429)
    if method is None:
        problem = gettext("This code is wrong, or was used already. Wait for the next one.")
        return _page(waiting.staff, form, problem=problem, status=422)
    return enter(waiting.staff, method, waiting.next_address, at=at)


@blueprint.post("/desk/second-step/passkey")
@open_to_all
def check_second_passkey() -> ResponseReturnValue:
    """Check what a passkey of the account has answered. Raises TooManyAttempts."""
    at = now()
    waiting, party = somebody_waiting(at=at), relying_party()
    if waiting is None or party is None:
        return redirect(url_for("desk.sign_in"), 303)
    form = PasskeyForm(request.form, **csrf())
    is_valid(form)
    try:
        with context().database.begin() as database_session:
            check_passkey(
                database_session, party, token=session.get(ASKED, ""),
                answer=form.answer.data or "", at=at, staff=waiting.staff,
            )  # fmt: skip
    except PasskeyRefused:
        turn_away(
            context().database, waiting.staff.id, Refusal.PASSKEY, BEGIN_LIMIT,
            address=remote_address(), at=at,
        )  # fmt: skip
        problem = gettext("The passkey did not work. Try again, or use another way.")
        return _page(waiting.staff, CodeForm(**csrf()), problem=problem, status=422)
    return enter(waiting.staff, Method.PASSWORD_AND_PASSKEY, waiting.next_address, at=at)


def somebody_waiting(*, at: datetime) -> Pending | None:
    """Who has shown a password in this browser and has a second step to take."""
    with context().database.read() as database_session:
        waiting = pending(database_session, at=at)
        if waiting is None or not has_second_factor(database_session, waiting.staff):
            return None
    use_language(waiting.staff.language)
    return waiting


def _checked(staff: Staff, code: str, *, at: datetime) -> Method | None:
    """Which kind of code it was, if it is right. Raises TooManyAttempts."""
    database = context().database
    with counted(database, second_step_limits(staff.id, remote_address()), at=at) as attempt:
        method, check = (
            (Method.APP, check_code) if is_app_code(code) else (Method.RECOVERY_CODE, use_code)
        )
        with database.begin() as database_session:
            attempt.is_right = check(database_session, staff, code, at=at)
    if attempt.is_right:
        return method
    refuse(database, staff.id, Refusal.CODE, at=at)
    return None


def _page(staff: Staff, form: CodeForm, *, problem: str, status: int) -> ResponseReturnValue:
    at, party, options = now(), relying_party(), ""
    with context().database.begin() as database_session:
        if party is not None and passkeys_of(database_session, staff.id):
            asked = ask_for_second(database_session, party, staff, at=at)
            session[ASKED], options = asked.token, asked.options
    page = render_template(
        "accounts/second_step.html",
        form=form,
        passkey_form=PasskeyForm(**csrf()),
        options=options,
        has_app=staff.totp_secret is not None,
        problem=problem,
    )
    return page, status
