"""Until when a revocation is due: the one place where a deadline is worked out."""

from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.calendar.model import EVERY_SCHOOL, ClosedDay
from intake.clock import local_date
from intake.config import Settings
from intake.consents.dates import working_days_after
from intake.roster.model import Student


def revocation_due(
    session: Session, settings: Settings, student_id: str, *, at: datetime
) -> datetime:
    """Until when sharing systems must have hidden the identity, for a revocation signed ``at``.

    The same time of day on the school's clock, ``revocation_deadline_days`` working days later.
    It is worked out once, when the revocation is recorded: a calendar that is imported later moves
    no deadline that the ledger has. In UTC.
    """
    school_id = session.get_one(Student, student_id).school_id
    closed = closed_days(session, school_id, after=local_date(at, settings.time_zone))
    days = settings.revocation_deadline_days
    return working_days_after(at.astimezone(settings.time_zone), days, closed).astimezone(UTC)


def closed_days(session: Session, school_id: str, *, after: date) -> AbstractSet[date]:
    """The days after this one on which the school is closed, beside Saturdays and Sundays."""
    query = select(ClosedDay.day).where(
        ClosedDay.scope.in_((EVERY_SCHOOL, school_id)), ClosedDay.day > after
    )
    return frozenset(session.scalars(query))
