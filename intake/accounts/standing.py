"""What the programme's rules still ask of somebody before they may work."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from intake.accounts.agreement import has_accepted
from intake.accounts.model import Staff
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
    until = password_until(staff, rules)
    return until is not None and at >= until


def password_until(staff: Staff, rules: StaffRules) -> datetime | None:
    """When a new one is due; never for an account without a password."""
    if staff.password_hash is None:
        return None
    return (staff.password_set_at or staff.created_at) + rules.password_age
