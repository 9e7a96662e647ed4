"""What the programme's rules still ask of somebody before they may work."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from intake.accounts.agreement import has_accepted
from intake.accounts.model import Staff
from intake.accounts.passkeys import passkeys_of
from intake.accounts.trainings import is_trained, trained_on
from intake.staff_settings import StaffRules


class Missing(StrEnum):
    """What is missing, in the order in which it is asked for."""

    NEW_PASSWORD = "new_password"  # noqa: S105  (a kind, not a password)
    AGREEMENT = "agreement"
    TRAINING = "training"


def missing(
    session: Session, staff: Staff, rules: StaffRules, *, at: datetime, today: date
) -> tuple[Missing, ...]:
    """What keeps the account's owner from working now; empty when nothing does."""
    found = []
    if is_password_old(staff, rules, at=at):
        found.append(Missing.NEW_PASSWORD)
    if rules.is_eased:
        return tuple(found)
    if not has_accepted(session, staff.id):
        found.append(Missing.AGREEMENT)
    if not is_trained(trained_on(session, staff.id), rules.training, today=today):
        found.append(Missing.TRAINING)
    return tuple(found)


def is_password_old(staff: Staff, rules: StaffRules, *, at: datetime) -> bool:
    """Whether it was chosen so long ago that a new one is due."""
    if staff.password_hash is None:
        return False
    return at - (staff.password_set_at or staff.created_at) >= rules.password_age


def has_second_factor(session: Session, staff: Staff) -> bool:
    """Whether there is anything to ask for after the password."""
    return staff.totp_secret is not None or bool(passkeys_of(session, staff.id))
