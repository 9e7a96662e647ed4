"""A browser in kiosk mode: what it may reach, and where every other address leads.

The lock is the server's: the cookie holds a token and nothing that could be changed, staff's own
session is gone from the browser, and each request is judged before any page sees it.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask import abort, current_app, g, redirect, request, session, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from forms.family import CheckForm
from intake.accounts.kiosks import StaffSession, clear, find_kiosk, hand_over, is_open
from intake.consents.model import SigningSession
from intake.consents.states import SigningPurpose
from intake.documents.texts import offered_languages
from intake.web.desk.sessions import forget_session
from intake.web.family.blueprint import blueprint, installation, unfilled
from intake.web.family.visit import begin, moment
from intake.web.qr import qr_code

_COOKIE = "kiosk"
_ALWAYS = frozenset(
    {
        "family.kiosk_welcome",
        "family.kiosk_over",
        "family.kiosk_leave",
    }
)
"""What is there for whoever holds the tablet, also once it is cleared. Only the pages of the
family start the idle minutes again: these are also reached by a page that nobody touches."""
_WHILE_OPEN = frozenset(
    {
        "family.kiosk_enter",
        "family.kiosk_alive",
        "family.kiosk_finish",
        "family.listen",
        # In a language that nobody has approved yet, asking for an interpreter is all there is.
        "family.interpreter",
        "family.ask_interpreter",
    }
)


@dataclass(frozen=True, slots=True)
class Held:
    """The kiosk that this request's browser is locked to."""

    token: str
    signing_id: str
    purpose: SigningPurpose
    is_open: bool
    """Whether the family is still at it."""


def held() -> Held | None:
    """None in every ordinary browser."""
    found: Held | None = g.get("kiosk")
    return found


def idle_limit() -> timedelta:
    """So long a tablet may lie untouched."""
    return timedelta(minutes=installation().settings.kiosk_idle_minutes)


def lock(database_session: Session, left: StaffSession, signing: SigningSession) -> str:
    """Make the kiosk for this signing session; ``enter`` then locks the browser to it."""
    return hand_over(database_session, left, signing, at=moment())


def enter(token: str, signing: SigningSession) -> None:
    """From now on this browser is the family's: nothing of staff's session stays in it."""
    forget_session()
    begin(signing)
    session[_COOKIE] = token


def forget_family(token: str) -> None:
    """End the family's part, on the server and in the browser; the lock stays."""
    with installation().database.begin() as database_session:
        kiosk = find_kiosk(database_session, token)
        if kiosk is not None:
            clear(database_session, kiosk, at=moment())
    session.clear()
    session[_COOKIE] = token


@blueprint.app_url_value_preprocessor
def _keep_inside(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Judge every request of a locked browser, before anything else looks at its address.

    A preprocessor, because those run first of all, also for addresses that are no page.
    """
    if endpoint == "static" or current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return
    token = session.get(_COOKIE)
    if token is None:
        return
    # What a browser asks for by itself (an icon) is no page of ours, and nobody's touch.
    kiosk = _judged(token, is_touch=endpoint is not None and endpoint not in _ALWAYS)
    if kiosk is None:  # ended in another tab, or long ago
        session.clear()
        abort(redirect(url_for("family.picker"), 303))
    g.kiosk = kiosk
    if endpoint in _ALWAYS or (kiosk.is_open and _is_inside(endpoint, values or {}, kiosk)):
        return
    abort(redirect(_way_back(kiosk, values or {}), 303))


def _judged(token: str, *, is_touch: bool) -> Held | None:
    """The kiosk as it stands; where the idle minutes have run out, the family is forgotten."""
    at = moment()
    with installation().database.begin() as database_session:
        kiosk = find_kiosk(database_session, token)
        if kiosk is None:
            return None
        still_open = is_open(kiosk, idle=idle_limit(), at=at)
        if not still_open:
            clear(database_session, kiosk, at=at)
        elif is_touch:
            kiosk.seen_at = at
        found = Held(token, kiosk.signing_id, kiosk.purpose, still_open)
    if not still_open:
        session.pop("signings", None)
    return found


def _is_inside(endpoint: str | None, values: dict[str, Any], kiosk: Held) -> bool:
    """Whether it is a page of this very signing session."""
    if endpoint in _WHILE_OPEN:
        return True
    is_familys = endpoint is not None and endpoint.startswith("family.")
    return is_familys and values.get("signing_id") == kiosk.signing_id


def _way_back(kiosk: Held, values: dict[str, Any]) -> str:
    """The family's next page, in the language of the address that was tried."""
    code = values.get("language")
    if code not in {language.code for language in offered_languages()}:
        code = None
    if not kiosk.is_open:
        return url_for("family.kiosk_over", language=code or "en")
    if code is None:
        return url_for("family.kiosk_welcome")
    return url_for("family.kiosk_enter", language=code)


def receipt_qr(code: str) -> Markup:
    """The receipt for the family's own phone: at the public address, whatever the tablet's is."""
    return qr_code(installation().settings.base_url + url_for("family.receipt", code=code))


@blueprint.app_context_processor
def _names() -> dict[str, Any]:
    return {
        "kiosk": held(),
        "kiosk_idle_seconds": int(idle_limit().total_seconds()),
        "kiosk_form": partial(unfilled, CheckForm),
        "receipt_qr": receipt_qr,
    }
