"""Accounts of staff: making them, finding them, and their passwords at the door."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forms.text import clean, has_letter
from intake.accounts.history import AccountEventKind, record, staff_member
from intake.accounts.model import Role, Staff
from intake.accounts.passwords import Passwords, check_password
from intake.accounts.roles import Access
from intake.accounts.sign_in import Refusal, is_unused, refuse
from intake.accounts.tries import counted, password_limits
from intake.consents.ledger import SYSTEM, Actor
from intake.db.engine import Database
from intake.roster.scope import SchoolScope

_EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1.3


class EmailUnusable(ValueError):
    """Not an email address."""


class EmailTaken(ValueError):
    """There is an account with this email."""


class NameMissing(ValueError):
    """An account needs the name of the person who uses it."""


class RoleMissing(ValueError):
    """An account without a role could do nothing."""


class SchoolsMissing(ValueError):
    """A front desk sees the students of its own schools: they must be named."""


class StaffUnknown(LookupError):
    """No account has this email."""


def add_staff(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    roles: Collection[Role],
    at: datetime,
    schools: Collection[str] | None = None,
    passwords: Passwords | None = None,
    by: Actor = SYSTEM,
) -> Staff:
    """Create an account. ``schools``: ids of those whose students it may see; None: all.

    Raises EmailUnusable, EmailTaken, NameMissing, WeakPassword, RoleMissing, SchoolsMissing.
    """
    staff = new_staff(email=email, name=name, roles=roles, schools=schools, at=at)
    check_password(password, email=staff.email)
    staff.password_hash = (passwords or Passwords()).hash(password)
    staff.password_set_at = at
    return enter_staff(session, staff, AccountEventKind.ADDED, by=by, at=at)


def new_staff(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    schools: Collection[str] | None,
    at: datetime,
) -> Staff:
    """An account without a password, not in the database yet.

    Raises EmailUnusable, NameMissing, RoleMissing, SchoolsMissing.
    """
    address = checked_email(email)
    cleaned = clean(name)
    if not has_letter(cleaned):
        raise NameMissing("the name needs at least one letter")
    check_roles(roles, schools)
    return Staff(
        email=address,
        name=cleaned[:200],
        password_hash=None,
        password_set_at=None,
        former_passwords=[],
        session_key=new_session_key(),
        roles=sorted(roles),
        schools=None if schools is None else sorted(schools),
        created_at=at,
        disabled_at=None,
        signed_in_at=None,
    )


def enter_staff(
    session: Session, staff: Staff, kind: AccountEventKind, *, by: Actor, at: datetime
) -> Staff:
    """Put a new account and its first entry on record. Raises EmailTaken."""
    try:
        with session.begin_nested():
            session.add(staff)
    except IntegrityError:
        raise EmailTaken("there is an account with this email already") from None
    data = {"roles": staff.roles, "schools": staff.schools}
    record(session, kind, staff_id=staff.id, by=by, at=at, data=data)
    return staff


def check_roles(roles: Collection[Role], schools: Collection[str] | None) -> None:
    """Raises RoleMissing, SchoolsMissing."""
    if not roles:
        raise RoleMissing("the account needs at least one role")
    if schools is not None and not schools:
        raise SchoolsMissing("name at least one school")
    if schools is None and set(roles) == {Role.FRONT_DESK}:
        raise SchoolsMissing("a front desk needs its schools")


def access_of(staff: Staff) -> Access:
    """What the account may do, and for whom. A role of an older version counts for nothing."""
    known = {role.value for role in Role}
    roles = frozenset(Role(role) for role in staff.roles if role in known)
    return Access(roles, SchoolScope.of(staff.schools))


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of those of these ids that are accounts, by id."""
    query = select(Staff.id, Staff.name).where(Staff.id.in_({one for one in ids if one}))
    return {staff_id: name for staff_id, name in session.execute(query)}  # noqa: C416  (typed so)


def find_staff(session: Session, email: str) -> Staff:
    """The account with this email. Raises StaffUnknown."""
    staff = by_email(session, email)
    if staff is None:
        raise StaffUnknown("there is no account with this email")
    return staff


def authenticate(
    database: Database,
    email: str,
    password: str,
    *,
    address: str,
    at: datetime,
    passwords: Passwords,
    unused_after: timedelta | None = None,
) -> Staff | None:
    """The account, if the password is its own and it is open; nothing otherwise.

    Nobody is signed in yet: that is for ``sign_in.complete``, after the second step. Unknown
    accounts take as long as known ones, and why somebody is refused is on the accounts'
    history alone. ``unused_after`` is for how long an account may be unused.
    Raises TooManyAttempts.
    """
    with counted(database, password_limits(normal_email(email), address), at=at) as attempt:
        with database.read() as session:
            known = by_email(session, email)
        is_right = passwords.verify(known.password_hash if known else None, password)
        refusal = _refusal(known, is_right=is_right, unused_after=unused_after, at=at)
        attempt.is_right = refusal is None
    if known is None or refusal is not None:
        refuse(database, known.id if known else None, refusal or Refusal.UNKNOWN, at=at)
        return None
    if known.password_hash is None or not passwords.needs_rehash(known.password_hash):
        return known
    rehashed = passwords.hash(password)
    with database.begin() as session:
        staff = session.get_one(Staff, known.id)
        # Unless the password was changed in this very moment: the new one stays.
        if staff.password_hash == known.password_hash:
            staff.password_hash = rehashed
    return staff


def _refusal(
    staff: Staff | None, *, is_right: bool, unused_after: timedelta | None, at: datetime
) -> Refusal | None:
    if staff is None:
        return Refusal.UNKNOWN
    if not is_right:
        return Refusal.PASSWORD
    if staff.disabled_at is not None:
        return Refusal.DISABLED
    if unused_after is not None and is_unused(staff, unused_after, at=at):
        return Refusal.UNUSED
    return None


def end_sessions(session: Session, staff: Staff) -> None:
    """End every open session of the account, copied cookies included."""
    staff.session_key = new_session_key()
    session.flush()


def sign_out(session: Session, staff_id: str, *, at: datetime) -> None:
    """End the account's sessions, as its owner has asked."""
    end_sessions(session, session.get_one(Staff, staff_id))
    by = staff_member(staff_id)
    record(session, AccountEventKind.SIGNED_OUT, staff_id=staff_id, by=by, at=at)


def disable_staff(
    session: Session,
    staff: Staff,
    *,
    at: datetime,
    by: Actor = SYSTEM,
    kind: AccountEventKind = AccountEventKind.DISABLED,
) -> None:
    """Close the account and end its sessions; what its owner did stays in the ledger."""
    if staff.disabled_at is None:
        staff.disabled_at = at
        record(session, kind, staff_id=staff.id, by=by, at=at)
    end_sessions(session, staff)


def signed_in_staff(session: Session, staff_id: str, session_key: str) -> Staff | None:
    """The account behind an open session, if the session has not been ended meanwhile."""
    staff = session.get(Staff, staff_id)
    if staff is None or staff.disabled_at is not None:
        return None
    is_open = secrets.compare_digest(staff.session_key.encode(), session_key.encode())
    return staff if is_open else None


def by_email(session: Session, email: str) -> Staff | None:
    """The account with this email, if there is one."""
    return session.scalars(select(Staff).where(Staff.email == normal_email(email))).one_or_none()


def normal_email(email: str) -> str:
    """The one spelling under which an account is kept."""
    return clean(email).casefold()


def checked_email(email: str) -> str:
    """The same, if it can be an address. Raises EmailUnusable."""
    address = normal_email(email)
    name, at_sign, domain = address.rpartition("@")
    if not at_sign or not name or "." not in domain.strip(".") or " " in address:
        raise EmailUnusable("the email address must look like name@example.org")
    if len(address) > _EMAIL_LIMIT:
        raise EmailUnusable("the email address is longer than 254 characters")
    return address


def new_session_key() -> str:
    """What binds open sessions to the account, until it changes."""
    return secrets.token_urlsafe(32)
