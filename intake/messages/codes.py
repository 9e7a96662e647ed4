"""One-time codes: proof that somebody can read what is sent to a phone or an email address.

They never look at the school's record, so that a known and an unknown contact behave alike;
what a proven contact is worth is the consent's business.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms.text import ascii_digits, clean
from intake.db.keys import keyring
from intake.db.limits import Limit, count_attempt, network_of
from intake.db.locks import one_at_a_time
from intake.messages.contacts import Contact
from intake.messages.model import OneTimeCode
from intake.messages.queue import message_kind, notify
from intake.messages.wording import code_wording

LIFETIME = timedelta(minutes=10)
TRIES = 5
DIGITS = 6

PER_CONTACT = Limit("code:contact", 5, timedelta(hours=1))
PER_SESSION = Limit("code:session", 10, timedelta(hours=1))
PER_ADDRESS = Limit("code:address", 300, timedelta(hours=1))
"""A school's wireless network is one address for everybody at a parents' evening."""

DOUBLE_TAP = timedelta(seconds=10)
"""A second request this soon is the same one: a second code would only make the first useless."""

_SEPARATORS = re.compile(r"[\s\u200c\u200d.\-‐‑‒–—−_]")


class CodeResult(StrEnum):
    """What a typed code turned out to be."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    """Too old, already used, or never asked for: ask for a new one."""
    TOO_MANY_TRIES = "too_many_tries"
    """This code is used up: ask for a new one."""


def request_code(
    session: Session,
    *,
    signing_id: str,
    contact: Contact,
    address: str,
    language: str,
    partnership: str,
    at: datetime,
) -> None:
    """Make a new code and queue its message; earlier codes of this session and contact end.

    ``address`` is the client's network address, for its limit. Raises TooManyAttempts; then
    nothing of this request is kept, because the caller's transaction rolls back.
    """
    one_at_a_time(session, f"contact {contact.stored}")
    one_at_a_time(session, f"signing {signing_id}")
    last = _last_code(session, signing_id, contact)
    if last and last.tries == 0 and not last.used_at and at - last.created_at < DOUBLE_TAP:
        return
    count_attempt(session, PER_CONTACT, contact.stored, at=at)
    count_attempt(session, PER_SESSION, signing_id, at=at)
    count_attempt(session, PER_ADDRESS, network_of(address), at=at)
    if last:
        session.delete(last)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    session.add(
        OneTimeCode(
            session_id=signing_id,
            contact=contact.stored,
            code_key=_code_key(session, signing_id, contact, code),
            created_at=at,
            expires_at=at + LIFETIME,
            tries=0,
        )
    )
    wording = code_wording(message_kind(contact.kind), language, partnership=partnership, code=code)
    notify(
        session,
        contact,
        wording,
        language=language,
        at=at,
        session_id=signing_id,
        useless_after=at + LIFETIME,
    )


def check_code(
    session: Session, *, signing_id: str, contact: Contact, typed: str, at: datetime
) -> CodeResult:
    """Compare what somebody typed with the code that is in force; counts the try.

    It answers instead of raising, so that the transaction commits the count. What can't be a
    code (not six digits) is wrong but costs no try. A right code is right once.
    """
    one_at_a_time(session, f"signing {signing_id}")
    last = _last_code(session, signing_id, contact)
    if last is None or last.used_at or at >= last.expires_at:
        return CodeResult.EXPIRED
    if last.tries >= TRIES:
        return CodeResult.TOO_MANY_TRIES
    code = _SEPARATORS.sub("", ascii_digits(clean(typed)))
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return CodeResult.WRONG
    last.tries += 1
    if hmac.compare_digest(last.code_key, _code_key(session, signing_id, contact, code)):
        last.used_at = at
        return CodeResult.RIGHT
    return CodeResult.TOO_MANY_TRIES if last.tries >= TRIES else CodeResult.WRONG


def forget_old_codes(session: Session, *, before: datetime) -> None:
    """Delete codes that expired earlier."""
    session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at < before))


def _last_code(session: Session, signing_id: str, contact: Contact) -> OneTimeCode | None:
    codes = session.scalars(
        select(OneTimeCode)
        .where(OneTimeCode.session_id == signing_id)
        .execution_options(populate_existing=True)
    )
    return next((code for code in codes if code.contact == contact.stored), None)


def _code_key(session: Session, signing_id: str, contact: Contact, code: str) -> str:
    value = f"{signing_id}\0{contact.stored}\0{code}"
    return keyring(session).blind_index("one_time_code", value)
