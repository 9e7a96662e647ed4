"""Single sign-on: away to the provider, and back."""

import secrets
from datetime import datetime

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from intake.accounts.challenges import ChallengeGone, take
from intake.accounts.challenges import ask as ask_challenge
from intake.accounts.sign_in import Method, Refusal, turn_away
from intake.accounts.sign_in_model import ChallengePurpose
from intake.accounts.sso.linking import (
    AccountClosed,
    EmailUnverified,
    NoRole,
    drop_sessions,
    staff_of,
)
from intake.accounts.sso.person import ClaimsUnusable, Person, person_of
from intake.accounts.sso.provider import Provider, SsoFailed
from intake.accounts.tries import BEGIN_LIMIT
from intake.clock import now
from intake.db.limits import count_attempt, network_of
from intake.staff_settings import OidcSettings
from intake.web.accounts.blueprint import blueprint
from intake.web.desk.access import open_to_all
from intake.web.desk.blueprint import context, error_page
from intake.web.desk.sign_in_flow import enter, remote_address

_STATE = "desk_sso"
"""Where the browser's session keeps the state: an answer meant for another browser is refused."""


@blueprint.get("/desk/sso")
@open_to_all
def sso_begin() -> ResponseReturnValue:
    """Send the browser to the provider. Raises TooManyAttempts."""
    at, provider = now(), _provider()
    with context().database.begin() as database_session:
        count_attempt(database_session, BEGIN_LIMIT, network_of(remote_address()), at=at)
    state = secrets.token_urlsafe(32)
    try:
        begun = provider.begin(state)
    except SsoFailed:
        return _failed(None, Refusal.PROVIDER, at=at)
    with context().database.begin() as database_session:
        session[_STATE] = ask_challenge(
            database_session,
            ChallengePurpose.SINGLE_SIGN_ON,
            {
                "state": state,
                "nonce": begun.nonce,
                "verifier": begun.verifier,
                "next": request.args.get("next", ""),
            },
            at=at,
        )
    return redirect(begun.url, 303)


@blueprint.get("/desk/sso/callback")
@open_to_all
def sso_callback() -> ResponseReturnValue:
    """The browser is back: whose account it is, with the roles that the provider names now."""
    at, provider, oidc = now(), _provider(), _oidc()
    try:
        # Used up before anything else: the same answer never counts twice.
        with context().database.begin() as database_session:
            asked = take(
                database_session, ChallengePurpose.SINGLE_SIGN_ON,
                session.pop(_STATE, ""), at=at,
            )  # fmt: skip
        if not secrets.compare_digest(
            asked["state"].encode(), request.args.get("state", "").encode()
        ):
            return _failed(None, Refusal.PROVIDER, at=at)
        claims = provider.finish(
            request.args.get("code", ""), nonce=asked["nonce"], verifier=asked["verifier"], at=at
        )
        person = person_of(claims, oidc)
    except (ChallengeGone, SsoFailed, ClaimsUnusable):
        return _failed(None, Refusal.PROVIDER, at=at)
    return _let_in(person, asked["next"], at=at)


def _let_in(person: Person, wanted: str, *, at: datetime) -> ResponseReturnValue:
    try:
        with context().database.begin() as database_session:
            staff = staff_of(database_session, person, context().settings.staff.unused, at=at)
    except NoRole as error:
        if error.staff_id is not None:
            with context().database.begin() as database_session:
                drop_sessions(database_session, error.staff_id)
        return _failed(error.staff_id, Refusal.NO_ROLE, at=at)
    except EmailUnverified:
        return _failed(None, Refusal.EMAIL, at=at)
    except AccountClosed as error:
        return _failed(error.staff_id, Refusal.DISABLED, at=at)
    return enter(staff, Method.SINGLE_SIGN_ON, wanted, at=at)


def _failed(staff_id: str | None, reason: Refusal, *, at: datetime) -> ResponseReturnValue:
    """Raises TooManyAttempts."""
    turn_away(context().database, staff_id, reason, BEGIN_LIMIT, address=remote_address(), at=at)
    messages = {
        Refusal.NO_ROLE: gettext(
            "Your school or work account has no role here. Ask who manages the accounts."
        ),
        Refusal.EMAIL: gettext(
            "Your school or work account has no verified email address. Ask who manages it."
        ),
        Refusal.DISABLED: gettext("Your account here is disabled. Ask who manages the accounts."),
    }
    otherwise = gettext("Go back to the sign-in page and try again.")
    return error_page(
        gettext("You could not be signed in"),
        messages.get(reason, otherwise),
        403 if reason in messages else 400,
    )


def _oidc() -> OidcSettings:
    found = context().settings.oidc
    if found is None:
        raise NotFound
    return found


def _provider() -> Provider:
    base_url = context().settings.base_url
    return Provider(_oidc(), base_url + url_for("accounts.sso_callback"))
