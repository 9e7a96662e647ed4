"""The moment somebody is in, or is not: both are on the accounts' history."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.model import Staff
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database
from intake.db.limits import Limit, count_attempt, network_of


class Method(StrEnum):
    """How somebody showed who they are."""

    PASSWORD = "password"  # noqa: S105  (a kind, not a password)
    """Alone: in a demonstration only."""
    APP = "password_and_app"
    PASSWORD_AND_PASSKEY = "password_and_passkey"  # noqa: S105
    RECOVERY_CODE = "password_and_recovery_code"
    PASSKEY = "passkey"
    """Alone, with the person verified by the device."""
    SINGLE_SIGN_ON = "single_sign_on"
    SET_UP = "second_factor_set_up"
    """With the password and a second factor that was set up just now."""


class Refusal(StrEnum):
    """Why somebody did not get in; never what was typed."""

    UNKNOWN = "unknown_account"
    PASSWORD = "wrong_password"  # noqa: S105
    CODE = "wrong_code"
    PASSKEY = "passkey_refused"
    DISABLED = "disabled"
    UNUSED = "unused_too_long"
    PROVIDER = "single_sign_on_failed"
    NO_ROLE = "single_sign_on_without_role"
    EMAIL = "single_sign_on_email_unverified"
    LINK = "link_unusable"


def complete(session: Session, staff: Staff, method: Method, *, at: datetime) -> Staff:
    """Somebody is in: write it down."""
    kept = session.get_one(Staff, staff.id)
    kept.signed_in_at = at
    record(
        session,
        AccountEventKind.SIGNED_IN,
        staff_id=kept.id,
        by=staff_member(kept.id),
        at=at,
        data={"method": method.value},
    )
    return kept


def refuse(database: Database, staff_id: str | None, reason: Refusal, *, at: datetime) -> None:
    """Somebody is not: write the reason down, in a transaction of its own."""
    with database.begin() as session:
        record(
            session,
            AccountEventKind.REFUSED,
            staff_id=staff_id,
            by=SYSTEM,
            at=at,
            data={"reason": reason.value},
        )


def turn_away(
    database: Database,
    staff_id: str | None,
    reason: Refusal,
    limit: Limit,
    *,
    address: str,
    at: datetime,
) -> None:
    """``refuse`` where anybody can cause it: so often from one address, then no more is written.

    Raises TooManyAttempts.
    """
    with database.begin() as session:
        count_attempt(session, limit, network_of(address), at=at)
    refuse(database, staff_id, reason, at=at)


def is_unused(staff: Staff, unused_after: timedelta, *, at: datetime) -> bool:
    """Whether nobody has signed in for so long that the account must be disabled."""
    last = max(filter(None, (staff.created_at, staff.signed_in_at, staff.reopened_at)))
    return at - last >= unused_after


def is_open(staff: Staff, unused_after: timedelta, *, at: datetime) -> bool:
    """Whether its owner may come in at all."""
    return staff.disabled_at is None and not is_unused(staff, unused_after, at=at)
