"""A revocation's case: where it stands at each destination, and with the family.

Put together from what is stored anyway (publications, confirmations, messages), so that no case
can say something else than they do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from intake.consents.model import Revocation
from intake.revocations.model import RevocationCase
from intake.revocations.owners import Owners
from intake.revocations.progress import (
    DestinationProgress,
    DestinationState,
    FamilyProgress,
    destinations_of,
    family_of,
    messages_of,
)
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope


class CaseUnknown(LookupError):
    """There is no revocation with this id."""


class Stage(StrEnum):
    """What a case waits for."""

    HIDING = "hiding"
    """Some destination has not confirmed that the identity is hidden."""
    TELLING = "telling"
    """It is hidden everywhere; the family does not know yet."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """A revocation on its way to the end."""

    revocation: Revocation
    student: Student
    destinations: tuple[DestinationProgress, ...]
    family: FamilyProgress
    owner_id: str | None
    """Who looks after it; none when nobody is named, or the account is closed."""
    reminded_at: datetime | None

    @property
    def id(self) -> str:
        """The revocation's."""
        return self.revocation.id

    @property
    def stage(self) -> Stage:
        """What it waits for."""
        if self.revocation.closed_at is not None:
            return Stage.CLOSED
        return Stage.HIDING if self.revocation.completed_at is None else Stage.TELLING

    @property
    def unconfirmed(self) -> tuple[DestinationProgress, ...]:
        """The destinations whose word is missing."""
        confirmed = DestinationState.CONFIRMED
        return tuple(one for one in self.destinations if one.state is not confirmed)

    def is_overdue(self, at: datetime) -> bool:
        """Whether the deadline has passed and something is still to be done."""
        return self.stage is not Stage.CLOSED and at > self.revocation.due_at


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on in a list that is ordered by age."""

    signed_at: datetime
    revocation_id: str


def open_cases(
    session: Session,
    *,
    after: Place | None = None,
    limit: int = 1000,
    scope: SchoolScope = EVERY_SCHOOL,
) -> list[Case]:
    """Cases that are not closed, the oldest first."""
    query = (
        _revocations()
        .where(Revocation.closed_at.is_(None), scope.students(Revocation.student_id))
        .order_by(Revocation.signed_at, Revocation.id)
        .limit(limit)
    )
    if after is not None:
        is_same = and_(Revocation.signed_at == after.signed_at, Revocation.id > after.revocation_id)
        query = query.where(or_(Revocation.signed_at > after.signed_at, is_same))
    return _cases(session, session.scalars(query).all())


def latest_cases(session: Session, *, limit: int = 1000) -> list[Case]:
    """Open and closed cases, the newest first."""
    query = _revocations().order_by(Revocation.signed_at.desc(), Revocation.id).limit(limit)
    return _cases(session, session.scalars(query).all())


def find_case(session: Session, revocation_id: str) -> Case:
    """One case. Raises CaseUnknown."""
    found = session.scalars(_revocations().where(Revocation.id == revocation_id)).one_or_none()
    if found is None:
        raise CaseUnknown
    return _cases(session, [found])[0]


def row_of(session: Session, revocation_id: str) -> RevocationCase:
    """A person's part in a case, made now if there was none; hold the ledger before."""
    row = session.get(RevocationCase, revocation_id, populate_existing=True)
    if row is None:
        row = RevocationCase(revocation_id=revocation_id, reminded_step=0)
        session.add(row)
        session.flush()
    return row


def _revocations() -> Select[Revocation]:
    return select(Revocation).options(selectinload(Revocation.consents))


def _cases(session: Session, revocations: Sequence[Revocation]) -> list[Case]:
    ids = [revocation.id for revocation in revocations]
    query = select(RevocationCase).where(RevocationCase.revocation_id.in_(ids))
    rows = {row.revocation_id: row for row in session.scalars(query)}
    messages = messages_of(session, rows.values())
    destinations = destinations_of(session, ids)
    students = _students(session, {revocation.student_id for revocation in revocations})
    owners = Owners(session)
    cases = []
    for revocation in revocations:
        row = rows.get(revocation.id)
        student = students[revocation.student_id]
        message_id = row.message_id if row else None
        cases.append(
            Case(
                revocation=revocation,
                student=student,
                destinations=destinations[revocation.id],
                family=family_of(revocation, row, messages.get(message_id or "")),
                owner_id=owners.of(student.school_id, row.owner_id if row else None),
                reminded_at=row.reminded_at if row else None,
            )
        )
    return cases


def _students(session: Session, ids: set[str]) -> dict[str, Student]:
    query = select(Student).options(joinedload(Student.school)).where(Student.id.in_(ids))
    return {student.id: student for student in session.scalars(query)}
