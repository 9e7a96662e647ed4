"""Choosing a password: at an invitation, after forgetting it, and when it is too old."""

from datetime import datetime

from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.links import linked_staff, use_link
from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords, Weakness, WeakPassword, check_password
from intake.accounts.sign_in_model import LinkKind
from intake.accounts.staff import end_sessions
from intake.accounts.tries import counted, password_limits
from intake.db.engine import Database

REMEMBERED = 5
"""Former passwords that can't be taken again."""

_KINDS = {
    LinkKind.INVITATION: AccountEventKind.INVITATION_ACCEPTED,
    LinkKind.NEW_PASSWORD: AccountEventKind.PASSWORD_SET,
}


def is_own_password(
    database: Database,
    staff: Staff,
    password: str,
    *,
    address: str,
    at: datetime,
    passwords: Passwords,
) -> bool:
    """Whether the person at the desk is still the account's owner. Raises TooManyAttempts."""
    with counted(database, password_limits(staff.email, address), at=at) as attempt:
        attempt.is_right = passwords.verify(staff.password_hash, password)
    return attempt.is_right


def choose_password(
    database: Database, staff: Staff, password: str, *, at: datetime, passwords: Passwords
) -> Staff:
    """Change one's own password; every open session of the account ends. Raises WeakPassword."""
    hashed = _checked(staff, password, passwords)
    with database.begin() as session:
        kept = session.get_one(Staff, staff.id, with_for_update=True)
        _set(kept, hashed, at=at)
        end_sessions(session, kept)
        record(
            session, AccountEventKind.PASSWORD_SET,
            staff_id=kept.id, by=staff_member(kept.id), at=at,
        )  # fmt: skip
    return kept


def choose_password_by_link(
    database: Database,
    token: str,
    kind: LinkKind,
    password: str,
    *,
    at: datetime,
    passwords: Passwords,
) -> Staff:
    """The same by a link from an email, which is used up. Raises LinkUnusable, WeakPassword."""
    with database.read() as session:
        staff = linked_staff(session, token, kind, at=at)
    hashed = _checked(staff, password, passwords)
    with database.begin() as session:
        kept = use_link(session, token, kind, at=at)
        _set(kept, hashed, at=at)
        end_sessions(session, kept)
        record(session, _KINDS[kind], staff_id=kept.id, by=staff_member(kept.id), at=at)
    return kept


def _checked(staff: Staff, password: str, passwords: Passwords) -> str:
    check_password(password, email=staff.email)
    for old in (staff.password_hash, *staff.former_passwords):
        if old is not None and passwords.verify(old, password):
            raise WeakPassword(Weakness.USED_BEFORE)
    return passwords.hash(password)


def _set(staff: Staff, hashed: str, *, at: datetime) -> None:
    if staff.password_hash is not None:
        staff.former_passwords = [staff.password_hash, *staff.former_passwords][:REMEMBERED]
    staff.password_hash, staff.password_set_at = hashed, at
