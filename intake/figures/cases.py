"""Open cases of revocation by their age: a list of work, counted for whoever may open the list.

These are no statistics: nothing is withheld, and nothing of it is exported.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.model import Revocation
from intake.roster.model import Student
from intake.roster.scope import SchoolScope

AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Where one class of age ends and the next begins."""


@dataclass(frozen=True, slots=True)
class OpenCases:
    """How many cases are open."""

    by_age: tuple[int, ...]
    """One more than AGES: the last is older than all of them."""
    overdue: int
    """Past their deadline, whatever their age."""


def open_cases_by_age(session: Session, scope: SchoolScope, *, at: datetime) -> OpenCases:
    """Count the open cases of students of these schools."""
    query = (
        select(Revocation.signed_at, Revocation.due_at)
        .join(Student, Student.id == Revocation.student_id)
        .where(Revocation.closed_at.is_(None), scope.condition(Student.school_id))
    )
    by_age, overdue = [0] * (len(AGES) + 1), 0
    for signed_at, due_at in session.execute(query):
        by_age[sum(at - signed_at >= age for age in AGES)] += 1
        overdue += at > due_at
    return OpenCases(tuple(by_age), overdue)
