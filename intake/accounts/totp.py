"""Codes of an authenticator app (RFC 6238): six digits, half a minute, each counts once."""

import secrets
from datetime import datetime

import pyotp
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from forms.text import ascii_digits, clean
from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.model import Staff

STEP = 30
"""Seconds."""
_DIGITS = 6
_DRIFT = (-1, 0, 1)
"""Steps by which a phone's clock may be wrong."""


def new_secret() -> str:
    """A secret for an app, 160 bits in base32."""
    return pyotp.random_base32()


def app_address(secret: str, *, email: str, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def is_app_code(code: str) -> bool:
    """Whether it looks like one, and not like a recovery code."""
    typed = _typed(code)
    return len(typed) == _DIGITS and typed.isdigit()


def set_up_app(session: Session, staff: Staff, secret: str, code: str, *, at: datetime) -> bool:
    """Let the account's codes come from this secret, once its first code is right."""
    step = _step_of(secret, code, at=at)
    if step is None:
        return False
    kept = session.get_one(Staff, staff.id)
    kept.totp_secret, kept.totp_step = secret, step
    _record(session, kept, AccountEventKind.FACTOR_ADDED, at=at)
    return True


def check_code(session: Session, staff: Staff, code: str, *, at: datetime) -> bool:
    """Whether it is the account's code of now; it is used up then, and every older one."""
    secret = session.get_one(Staff, staff.id, populate_existing=True).totp_secret
    step = None if secret is None else _step_of(secret, code, at=at)
    if step is None:
        return False
    # One statement: of two browsers with the same code, one finds the step taken.
    used = session.execute(
        update(Staff)
        .where(Staff.id == staff.id, or_(Staff.totp_step.is_(None), Staff.totp_step < step))
        .values(totp_step=step)
        .returning(Staff.id)
    )
    return used.scalar_one_or_none() is not None


def remove_app(session: Session, staff: Staff, *, at: datetime) -> None:
    """Let no app's codes count any more."""
    kept = session.get_one(Staff, staff.id)
    if kept.totp_secret is None:
        return
    kept.totp_secret = kept.totp_step = None
    _record(session, kept, AccountEventKind.FACTOR_REMOVED, at=at)


def _step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The half minute whose code this is, near now."""
    typed, now, app = _typed(code), int(at.timestamp()) // STEP, pyotp.TOTP(secret)
    for step in (now + drift for drift in _DRIFT):
        if secrets.compare_digest(app.at(step * STEP).encode(), typed.encode()):
            return step
    return None


def _typed(code: str) -> str:
    return ascii_digits(clean(code)).replace(" ", "")


def _record(session: Session, staff: Staff, kind: AccountEventKind, *, at: datetime) -> None:
    by = staff_member(staff.id)
    record(session, kind, staff_id=staff.id, by=by, at=at, data={"factor": "app"})
