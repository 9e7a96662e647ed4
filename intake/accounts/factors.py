"""Second steps together: the first is set up once, the last one stays until there is another."""

from datetime import datetime

from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.accounts.passkeys import passkeys_of, remove_passkey
from intake.accounts.totp import remove_app


class OnlyFactor(ValueError):
    """Without it the password alone would open the account."""


class FactorThere(ValueError):
    """Somebody has set up the account's first factor in this very moment."""


def has_second_factor(session: Session, staff: Staff) -> bool:
    """Whether there is anything to ask for after the password."""
    return staff.totp_secret is not None or bool(passkeys_of(session, staff.id))


def hold_for_first(session: Session, staff: Staff) -> None:
    """Let one browser at a time set up the first factor of an account. Raises FactorThere."""
    kept = session.get_one(Staff, staff.id, with_for_update=True, populate_existing=True)
    if has_second_factor(session, kept):
        raise FactorThere("the account has a second factor already")


def remove_factor(
    session: Session, staff_id: str, passkey_id: str | None, *, may_be_last: bool, at: datetime
) -> bool:
    """Let a passkey, or without one the app, count no more; false where there is no such passkey.

    Raises OnlyFactor, unless it may be the last.
    """
    staff = session.get_one(Staff, staff_id, with_for_update=True, populate_existing=True)
    left = len(passkeys_of(session, staff.id)) + (staff.totp_secret is not None)
    if left < 2 and not may_be_last:
        raise OnlyFactor("set up another one first")
    if passkey_id is not None:
        return remove_passkey(session, staff.id, passkey_id, at=at)
    remove_app(session, staff, at=at)
    return True
