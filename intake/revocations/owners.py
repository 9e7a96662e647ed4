"""Who looks after a case: the person who took it, else the school's usual owner."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.revocations.model import EVERY_SCHOOL, UsualOwner
from intake.roster.model import School


class Owners:
    """Owners of many cases, from one look at the accounts.

    A closed account owns nothing: its cases fall to the usual owner, and where there is none to
    the coordinators.
    """

    def __init__(self, session: Session) -> None:
        self._usual = {row.scope: row.staff_id for row in session.scalars(select(UsualOwner))}
        self._staff = {
            staff.id: staff
            for staff in session.scalars(select(Staff).where(Staff.disabled_at.is_(None)))
        }

    def of(self, school_id: str, assigned_id: str | None) -> str | None:
        """The owner's account; ``assigned_id`` is whoever the case was given to."""
        for staff_id in (assigned_id, self._usual.get(school_id), self._usual.get(EVERY_SCHOOL)):
            if staff_id in self._staff:
                return staff_id
        return None

    def email(self, staff_id: str) -> str:
        """Where an owner is written to."""
        return self._staff[staff_id].email


def set_usual_owner(session: Session, staff: Staff, *, school_id: str = EVERY_SCHOOL) -> None:
    """Let this member of staff own a school's cases from now on, unless one is given to another.

    Without a school: those of every school that has no owner of its own.
    """
    session.merge(UsualOwner(scope=school_id, staff_id=staff.id))


def usual_owners(session: Session) -> Sequence[tuple[School | None, Staff]]:
    """Who owns the cases of which school; None stands for all others."""
    query = (
        select(School, Staff)
        .select_from(UsualOwner)
        .join(Staff, Staff.id == UsualOwner.staff_id)
        .outerjoin(School, School.id == UsualOwner.scope)
        .order_by(School.name)
    )
    return [(school, staff) for school, staff in session.execute(query)]
