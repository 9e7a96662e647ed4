"""Setting up a second factor: at the first sign-in, or later from one's own account."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from forms.accounts import CodeForm, NewPasskeyForm
from intake.accounts.challenges import ChallengeGone, ask, look, take
from intake.accounts.factors import FactorThere, has_second_factor, hold_for_first
from intake.accounts.model import Staff
from intake.accounts.passkeys import PasskeyRefused, add_passkey, ask_for_new
from intake.accounts.recovery import codes_left, new_codes
from intake.accounts.sign_in import Method
from intake.accounts.sign_in_model import ChallengePurpose
from intake.accounts.totp import app_address, new_secret, set_up_app
from intake.clock import now
from intake.web.accounts.blueprint import blueprint
from intake.web.accounts.second_step_routes import ASKED
from intake.web.desk.access import open_to_all
from intake.web.desk.blueprint import context, csrf, is_valid
from intake.web.desk.sessions import is_proven, pending
from intake.web.desk.sign_in_flow import let_in, next_address, relying_party
from intake.web.qr import qr_code
from intake.web.wording import use_language

_APP = "desk_app"
"""Where the browser's session keeps the token of a secret that waits for its first code."""


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose account gets a factor."""

    staff: Staff
    is_first: bool
    """At the sign-in: the password was right, and there is no factor yet."""
    next_address: str


@blueprint.get("/desk/set-up")
@open_to_all
def set_up() -> ResponseReturnValue:
    """Choose between an app and a passkey."""
    owner = _owner(at=now())
    if owner is None:
        return _elsewhere()
    return render_template(
        "accounts/set_up.html", owner=owner, has_passkeys=relying_party() is not None
    )


@blueprint.route("/desk/set-up/app", methods=["GET", "POST"])
@open_to_all
def set_up_with_app() -> ResponseReturnValue:
    """Show the secret; its first code proves that the app has it."""
    at = now()
    owner = _owner(at=at)
    if owner is None:
        return _elsewhere()
    form = CodeForm(request.form if request.method == "POST" else None, **csrf())
    secret = _secret(at=at)
    problem = ""
    if request.method == "POST" and is_valid(form):
        try:
            codes = _app_codes(owner, secret, form.code.data or "", at=at)
        except FactorThere:
            return _elsewhere()
        except ChallengeGone:
            return redirect(next_address(owner.next_address), 303)
        if codes is not None:
            return _done(owner, codes, at=at)
        problem = gettext("This code is wrong. Is the time on your phone right?")
    address = app_address(secret, email=owner.staff.email, issuer=context().settings.partnership)
    page = render_template(
        "accounts/set_up_app.html",
        form=form, qr=qr_code(address), secret=_grouped(secret), problem=problem,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/desk/set-up/passkey", methods=["GET", "POST"])
@open_to_all
def set_up_with_passkey() -> ResponseReturnValue:
    """Let the browser make a passkey, and keep its public half."""
    at, party = now(), relying_party()
    owner = _owner(at=at)
    if owner is None or party is None:
        return _elsewhere()
    form = NewPasskeyForm(request.form if request.method == "POST" else None, **csrf())
    problem = ""
    if request.method == "POST" and is_valid(form):
        try:
            with context().database.begin() as database_session:
                _hold(database_session, owner)
                add_passkey(
                    database_session, party, owner.staff, token=session.get(ASKED, ""),
                    answer=form.answer.data or "", name=form.name.data or "", at=at,
                )  # fmt: skip
                codes = _first_codes(database_session, owner, at=at)
        except FactorThere:
            return _elsewhere()
        except PasskeyRefused:
            problem = gettext("The passkey did not work. Try again, or use another way.")
        else:
            return _done(owner, codes, at=at)
    with context().database.begin() as database_session:
        asked = ask_for_new(database_session, party, owner.staff, at=at)
    session[ASKED] = asked.token
    page = render_template(
        "accounts/set_up_passkey.html", form=form, options=asked.options, problem=problem
    )
    return page, 422 if request.method == "POST" else 200


def _owner(*, at: datetime) -> _Owner | None:
    """Who is at it: signed in and sure to be the owner, or at the very first sign-in."""
    with context().database.read() as database_session:
        if current_user.is_authenticated:
            staff = database_session.get_one(Staff, current_user.id)
            if not is_proven(at=at) or staff.password_hash is None:
                return None
            return _Owner(staff, False, url_for("accounts.account"))
        waiting = pending(database_session, at=at)
        if waiting is None or has_second_factor(database_session, waiting.staff):
            return None
    use_language(waiting.staff.language)
    return _Owner(waiting.staff, True, waiting.next_address)


def _hold(database_session: Session, owner: _Owner) -> None:
    """Raises FactorThere, where two set up the first one."""
    if owner.is_first:
        hold_for_first(database_session, owner.staff)


def _elsewhere() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("accounts.prove", next=request.path), 303)
    return redirect(url_for("desk.sign_in"), 303)


def _secret(*, at: datetime) -> str:
    """The secret that is being set up; the same while its page is looked at."""
    with context().database.begin() as database_session:
        try:
            asked = look(
                database_session, ChallengePurpose.APP_SET_UP, session.get(_APP, ""), at=at
            )
        except ChallengeGone:
            asked = {"secret": new_secret()}
            session[_APP] = ask(database_session, ChallengePurpose.APP_SET_UP, asked, at=at)
    return str(asked["secret"])


def _app_codes(owner: _Owner, secret: str, code: str, *, at: datetime) -> list[str] | None:
    """The recovery codes that come with the app; nothing where its code is wrong.

    Raises FactorThere, and ChallengeGone where another tab has just set up this very app.
    """
    with context().database.begin() as database_session:
        _hold(database_session, owner)
        if not set_up_app(database_session, owner.staff, secret, code, at=at):
            return None
        take(database_session, ChallengePurpose.APP_SET_UP, session[_APP], at=at)
        return _first_codes(database_session, owner, at=at)


def _first_codes(database_session: Session, owner: _Owner, *, at: datetime) -> list[str]:
    """Recovery codes come with the first factor."""
    if codes_left(database_session, owner.staff.id):
        return []
    return new_codes(database_session, owner.staff, at=at)


def _done(owner: _Owner, codes: list[str], *, at: datetime) -> ResponseReturnValue:
    session.pop(_APP, None)
    if owner.is_first:
        let_in(owner.staff, Method.SET_UP, at=at)
    onward = next_address(owner.next_address)
    if not codes:
        return redirect(onward, 303)
    return render_template("accounts/recovery_codes.html", codes=codes, onward=onward)


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
