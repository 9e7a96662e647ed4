"""Inviting somebody, and helping who has forgotten the password."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, record
from intake.accounts.model import Role, Staff
from intake.accounts.sign_in_model import LinkKind
from intake.accounts.staff import by_email, enter_staff, new_staff, normal_email
from intake.accounts.tries import FORGOTTEN_ACCOUNT_LIMIT, FORGOTTEN_LIMIT
from intake.config import Settings
from intake.consents.ledger import SYSTEM, Actor
from intake.db.engine import Database
from intake.db.limits import TooManyAttempts, count_attempt, network_of
from intake.staffing.letters import send_link, send_nothing


class AlreadyIn(ValueError):
    """Who has an account that works needs no invitation."""


def invite(
    session: Session,
    settings: Settings,
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    schools: Collection[str] | None,
    by: Actor,
    at: datetime,
) -> tuple[Staff, str]:
    """Make an account and email its owner a link; returns both.

    Raises EmailUnusable, EmailTaken, NameMissing, RoleMissing, SchoolsMissing.
    """
    staff = new_staff(email=email, name=name, roles=roles, schools=schools, at=at)
    enter_staff(session, staff, AccountEventKind.INVITED, by=by, at=at)
    return staff, send_link(session, staff, LinkKind.INVITATION, settings, at=at)


def invite_again(
    session: Session, settings: Settings, staff: Staff, *, by: Actor, at: datetime
) -> str:
    """Email one more link to somebody who has not come yet. Raises AlreadyIn."""
    if staff.is_in_use or staff.disabled_at:
        raise AlreadyIn("the account is in use, or disabled")
    record(session, AccountEventKind.INVITED_AGAIN, staff_id=staff.id, by=by, at=at)
    return send_link(session, staff, LinkKind.INVITATION, settings, at=at)


def ask_for_password(
    database: Database, settings: Settings, email: str, *, address: str, at: datetime
) -> None:
    """Email a link for a new password, if there is such an account; nobody is told whether.

    Raises TooManyAttempts for the address alone: that says nothing of an account.
    """
    with database.begin() as session:
        count_attempt(session, FORGOTTEN_LIMIT, network_of(address), at=at)
    with database.begin() as session:
        staff = by_email(session, email)
        try:
            count_attempt(session, FORGOTTEN_ACCOUNT_LIMIT, normal_email(email), at=at)
        except TooManyAttempts:
            return  # their inbox has some; those are still good
        is_theirs = staff is not None and staff.password_hash is not None
        if staff is None or not is_theirs or staff.disabled_at is not None:
            record(session, AccountEventKind.PASSWORD_ASKED, staff_id=None, by=SYSTEM, at=at)
            send_nothing(session, email, settings, at=at)
            return
        record(session, AccountEventKind.PASSWORD_ASKED, staff_id=staff.id, by=SYSTEM, at=at)
        send_link(session, staff, LinkKind.NEW_PASSWORD, settings, at=at)
