"""What administrators do with others' accounts; one administrator always stays."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, hold, record
from intake.accounts.links import end_links
from intake.accounts.model import Role, Staff
from intake.accounts.sign_in_model import LinkKind, RecoveryCode, StaffPasskey
from intake.accounts.staff import check_roles, disable_staff, end_sessions
from intake.consents.ledger import Actor


class LastAdministrator(ValueError):
    """Without this one nobody could manage the accounts any more."""


class OwnAccount(ValueError):
    """What nobody may do to their own account from here."""


def all_staff(session: Session) -> list[Staff]:
    """Every account: open ones first, by name."""
    return list(session.scalars(select(Staff).order_by(Staff.disabled_at.is_not(None), Staff.name)))


def change_access(
    session: Session,
    staff: Staff,
    *,
    roles: Collection[Role],
    schools: Collection[str] | None,
    by: Actor,
    at: datetime,
) -> None:
    """Give an account these roles and schools; it counts from the next page on.

    Raises RoleMissing, SchoolsMissing, LastAdministrator.
    """
    hold(session)
    check_roles(roles, schools)
    if Role.ADMINISTRATOR not in roles:
        _keep_an_administrator(session, staff)
    new_roles = [role.value for role in sorted(roles)]
    new_schools = None if schools is None else sorted(schools)
    if (staff.roles, staff.schools) == (new_roles, new_schools):
        return
    staff.roles, staff.schools = new_roles, new_schools
    data = {"roles": new_roles, "schools": new_schools}
    record(session, AccountEventKind.ACCESS_CHANGED, staff_id=staff.id, by=by, at=at, data=data)


def disable(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """Close an account. Raises LastAdministrator."""
    hold(session)
    _keep_an_administrator(session, staff)
    end_links(session, staff, LinkKind.INVITATION, at=at)
    end_links(session, staff, LinkKind.NEW_PASSWORD, at=at)
    disable_staff(session, staff, at=at, by=by)


def enable(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """Open an account again, with the roles that it had."""
    if staff.disabled_at is None:
        return
    staff.disabled_at, staff.reopened_at = None, at
    record(session, AccountEventKind.ENABLED, staff_id=staff.id, by=by, at=at)


def reset_factors(session: Session, staff: Staff, *, by: Actor, at: datetime) -> None:
    """Take away app, passkeys and recovery codes: they are set up anew at the next sign-in.

    The link with a person at the provider of single sign-on goes too. Raises OwnAccount: who was
    robbed of a session must not lose the account as well.
    """
    if by.id == staff.id:
        raise OwnAccount("another administrator must do it")
    staff.totp_secret = staff.totp_step = None
    staff.sso_issuer = staff.sso_subject = None
    for kind in (StaffPasskey, RecoveryCode):
        session.execute(delete(kind).where(kind.staff_id == staff.id))
    end_sessions(session, staff)
    record(session, AccountEventKind.FACTORS_RESET, staff_id=staff.id, by=by, at=at)


def _keep_an_administrator(session: Session, staff: Staff) -> None:
    """Somebody else who can sign in must be one, if this one is."""
    if Role.ADMINISTRATOR.value not in staff.roles or staff.disabled_at is not None:
        return
    others = session.scalars(
        select(Staff).where(
            Staff.id != staff.id,
            Staff.disabled_at.is_(None),
            or_(Staff.password_hash.is_not(None), Staff.sso_subject.is_not(None)),
        )
    )
    if not any(Role.ADMINISTRATOR.value in other.roles for other in others):
        raise LastAdministrator("make somebody else an administrator first")
