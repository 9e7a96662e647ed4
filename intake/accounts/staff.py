"""Accounts of staff, and signing in."""

import ipaddress
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forms.text import clean, has_letter
from intake.accounts.model import Role, Staff
from intake.accounts.passwords import Passwords, check_password
from intake.accounts.roles import Access
from intake.db.engine import Database
from intake.db.limits import Limit, check_limit, count_attempt, give_back_attempt
from intake.roster.scope import SchoolScope

_WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = Limit("sign-in-account", 10, _WINDOW)
"""Failures for one account *from one address*: a stranger elsewhere can't lock its owner out."""
ADDRESS_LIMIT = Limit("sign-in-address", 50, _WINDOW)
"""Failures from one address for all accounts together: a whole school may share an address."""

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
) -> Staff:
    """Create an account. ``schools``: ids of those whose students it may see; None: all.

    Raises EmailUnusable, EmailTaken, NameMissing, WeakPassword, RoleMissing, SchoolsMissing.
    """
    address = _checked_email(email)
    cleaned = clean(name)
    if not has_letter(cleaned):
        raise NameMissing("the name needs at least one letter")
    check_roles(roles, schools)
    check_password(password, email=address)
    staff = Staff(
        email=address,
        name=cleaned,
        password_hash=(passwords or Passwords()).hash(password),
        session_key=_new_session_key(),
        roles=sorted(roles),
        schools=None if schools is None else sorted(schools),
        created_at=at,
        disabled_at=None,
        signed_in_at=None,
    )
    try:
        with session.begin_nested():
            session.add(staff)
    except IntegrityError:
        raise EmailTaken("there is an account with this email already") from None
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


def find_staff(session: Session, email: str) -> Staff:
    """The account with this email. Raises StaffUnknown."""
    staff = _by_email(session, email)
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
) -> Staff | None:
    """The account, if the password is its own and it is not disabled; nothing otherwise.

    Takes the database, not a session: the attempt is committed *before* the password is
    looked at, so that parallel guesses can't slip past the limits, and no transaction is open
    while argon2 works. A right password gives its attempt back. Unknown accounts take as long
    as known ones. Raises TooManyAttempts.
    """
    limits = _limits(email, address)
    with database.begin() as session:
        for limit, key in limits:
            check_limit(session, limit, key, at=at)
        for limit, key in limits:
            count_attempt(session, limit, key, at=at)
    with database.read() as session:
        known = _by_email(session, email)
    is_right = passwords.verify(known.password_hash if known else None, password)
    if known is None or not is_right or known.disabled_at is not None:
        return None
    rehashed = None
    if passwords.needs_rehash(known.password_hash):
        rehashed = passwords.hash(password)
    with database.begin() as session:
        staff = session.get_one(Staff, known.id)
        staff.signed_in_at = at
        # Unless the password was changed in this very moment: the new one stays.
        if rehashed and staff.password_hash == known.password_hash:
            staff.password_hash = rehashed
        for limit, key in limits:
            give_back_attempt(session, limit, key, at=at)
    return staff


def set_password(
    session: Session, staff: Staff, password: str, *, passwords: Passwords | None = None
) -> None:
    """Change the password; every open session of the account ends. Raises WeakPassword."""
    check_password(password, email=staff.email)
    staff.password_hash = (passwords or Passwords()).hash(password)
    end_sessions(session, staff)


def end_sessions(session: Session, staff: Staff) -> None:
    """End every open session of the account, copied cookies included."""
    staff.session_key = _new_session_key()
    session.flush()


def disable_staff(session: Session, staff: Staff, *, at: datetime) -> None:
    """Close the account and end its sessions; what its owner did stays in the ledger."""
    staff.disabled_at = staff.disabled_at or at
    end_sessions(session, staff)


def signed_in_staff(session: Session, staff_id: str, session_key: str) -> Staff | None:
    """The account behind an open session, if the session has not been ended meanwhile."""
    staff = session.get(Staff, staff_id)
    if staff is None or staff.disabled_at is not None:
        return None
    is_open = secrets.compare_digest(staff.session_key.encode(), session_key.encode())
    return staff if is_open else None


def _by_email(session: Session, email: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.email == _normal_email(email))).one_or_none()


def _limits(email: str, address: str) -> tuple[tuple[Limit, str], tuple[Limit, str]]:
    network = _network(address)
    return (ACCOUNT_LIMIT, f"{_normal_email(email)}|{network}"), (ADDRESS_LIMIT, network)


def _network(address: str) -> str:
    """One household or office: an IPv4 address, or the /64 that every IPv6 line is given."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def _normal_email(email: str) -> str:
    return clean(email).casefold()


def _checked_email(email: str) -> str:
    address = _normal_email(email)
    name, at_sign, domain = address.rpartition("@")
    if not at_sign or not name or "." not in domain.strip(".") or " " in address:
        raise EmailUnusable("the email address must look like name@example.org")
    if len(address) > _EMAIL_LIMIT:
        raise EmailUnusable("the email address is longer than 254 characters")
    return address


def _new_session_key() -> str:
    return secrets.token_urlsafe(32)
