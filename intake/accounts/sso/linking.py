"""Whose account it is that somebody at the provider uses: by issuer and subject, never by name."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, hold, record
from intake.accounts.links import end_links
from intake.accounts.model import Role, Staff
from intake.accounts.sign_in import is_open
from intake.accounts.sign_in_model import LinkKind
from intake.accounts.sso.person import Person
from intake.accounts.staff import (
    EmailUnusable,
    NameMissing,
    by_email,
    check_roles,
    end_sessions,
    enter_staff,
    new_staff,
)
from intake.consents.ledger import SYSTEM
from intake.roster.schools import SchoolUnknown, named_school


class NoRole(PermissionError):
    """Nothing that the provider says of this person is a role here (or names a known school)."""

    def __init__(self, staff_id: str | None) -> None:
        super().__init__("no role")
        self.staff_id = staff_id


class EmailUnverified(PermissionError):
    """A new person needs an email that the provider has verified."""


class AccountClosed(PermissionError):
    """The account is disabled, or was unused for too long."""

    def __init__(self, staff_id: str) -> None:
        super().__init__("closed")
        self.staff_id = staff_id


def staff_of(session: Session, person: Person, unused_after: timedelta, *, at: datetime) -> Staff:
    """The person's account, with the roles and schools that the claims give now.

    An unknown person with a role gets one. An account with the same verified email, such as one
    that was invited, becomes this person's. Raises NoRole, EmailUnverified, AccountClosed.
    """
    hold(session)  # two first sign-ins at once make one account
    staff = _linked(session, person)
    schools = _schools(session, person)
    try:
        check_roles(person.roles, schools)
    except ValueError:
        raise NoRole(staff.id if staff else None) from None
    if staff is None:
        staff = _by_verified_email(session, person, at=at) or _made(session, person, schools, at=at)
    if not is_open(staff, unused_after, at=at):
        raise AccountClosed(staff.id)
    _take_over(session, staff, person.roles, schools, at=at)
    return staff


def drop_sessions(session: Session, staff_id: str) -> None:
    """Who has no role at the provider any more works on nowhere."""
    end_sessions(session, session.get_one(Staff, staff_id))


def _linked(session: Session, person: Person) -> Staff | None:
    query = select(Staff).where(
        Staff.sso_issuer == person.issuer, Staff.sso_subject == person.subject
    )
    return session.scalars(query).one_or_none()


def _by_verified_email(session: Session, person: Person, *, at: datetime) -> Staff | None:
    if person.email is None:
        raise EmailUnverified("no verified email")
    staff = by_email(session, person.email)
    if staff is None:
        return None
    if staff.sso_subject is not None:
        # Somebody else's at the provider: an address that has changed hands opens nothing.
        raise AccountClosed(staff.id)
    staff.sso_issuer, staff.sso_subject = person.issuer, person.subject
    end_links(session, staff, LinkKind.INVITATION, at=at)
    record(session, AccountEventKind.LINKED, staff_id=staff.id, by=SYSTEM, at=at)
    return staff


def _made(session: Session, person: Person, schools: list[str] | None, *, at: datetime) -> Staff:
    try:
        staff = new_staff(
            email=person.email or "", name=person.name, roles=person.roles, schools=schools, at=at
        )
    except EmailUnusable:
        raise EmailUnverified("no usable email") from None
    except NameMissing:
        staff = new_staff(
            email=person.email or "", name=person.email or "", roles=person.roles,
            schools=schools, at=at,
        )  # fmt: skip
    staff.sso_issuer, staff.sso_subject = person.issuer, person.subject
    return enter_staff(session, staff, AccountEventKind.ADDED, by=SYSTEM, at=at)


def _take_over(
    session: Session,
    staff: Staff,
    roles: frozenset[Role],
    schools: list[str] | None,
    *,
    at: datetime,
) -> None:
    """The provider is the authority: also over an administrator's role."""
    new_roles = sorted(role.value for role in roles)
    if (staff.roles, staff.schools) == (new_roles, schools):
        return
    staff.roles, staff.schools = new_roles, schools
    record(
        session,
        AccountEventKind.ACCESS_CHANGED,
        staff_id=staff.id,
        by=SYSTEM,
        at=at,
        data={"roles": new_roles, "schools": schools, "from": "single_sign_on"},
    )


def _schools(session: Session, person: Person) -> list[str] | None:
    """Ids of the schools that are known here; a claim without one covers no school."""
    if person.schools is None:
        return None
    found = set()
    for named in person.schools:
        try:
            found.add(named_school(session, named).id)
        except SchoolUnknown:
            continue
    return sorted(found)
