"""The day's view: who waits for what, the most urgent first, in the school's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from intake.clock import day_begins, local_date
from intake.consents.model import Consent, Hold, Revocation
from intake.disclosures.copies import ANSWERED_WITHIN, CopyRequest
from intake.documents.model import InterpreterRequest
from intake.paper.model import ReviewItem, ReviewState, ScanBatch, ScannedPaper
from intake.paper.reach import batches_within, items_within
from intake.roster.model import Student, StudentSource
from intake.roster.scope import SchoolScope

_NAMED = 3
"""So many of a kind are named on the page; the rest are behind its link."""
_NEVER = false()


class Task(StrEnum):
    """What somebody waits for; in the order of urgency where nothing is late."""

    REVOCATION = "revocation"
    HOLD = "hold"
    """A paper that may take permission back: nothing is shared until somebody has looked."""
    REVIEW = "review"
    CONFIRM = "confirm"
    COPY = "copy"
    INTERPRETER = "interpreter"
    MATCH = "match"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Named:
    """One of those who wait: the id for its link, the student's name where there is one."""

    id: str
    name: str
    since: datetime
    student_id: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """All of one kind."""

    task: Task
    count: int
    overdue: int
    """Past their deadline."""
    today: int
    """Due by the end of the school's day."""
    oldest: datetime | None
    named: tuple[Named, ...] = ()

    @property
    def urgency(self) -> tuple[int, int]:
        """Late before due today before the rest; then by kind."""
        late = 0 if self.overdue else 1 if self.today else 2
        return late, list(Task).index(self.task)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came in today."""

    yes: int
    no: int
    revoked: int


@dataclass(frozen=True, slots=True)
class Day:
    """The page."""

    day: date
    waiting: tuple[Waiting, ...]
    """Only kinds of which there are any."""
    answered: Answered


@dataclass(frozen=True, slots=True)
class _Moment:
    """Now, and the ends of the school's day."""

    at: datetime
    day_begins: datetime
    day_ends: datetime


def day_view(session: Session, schools: SchoolScope, *, zone: ZoneInfo, at: datetime) -> Day:
    """Everything that waits for staff of these schools."""
    day = local_date(at, zone)
    moment = _Moment(at, day_begins(day, zone), day_begins(day + timedelta(days=1), zone))
    found = [
        _revocations(session, schools, moment),
        _holds(session, schools),
        _reviews(session, schools, moment),
        _confirmations(session, schools),
        _copies(session, schools, moment),
        _interpreters(session),
        _matches(session, schools),
        _scans(session, schools),
    ]
    waiting = sorted((one for one in found if one.count), key=lambda one: one.urgency)
    return Day(day, tuple(waiting), _answered(session, schools, moment))


def _revocations(session: Session, schools: SchoolScope, moment: _Moment) -> Waiting:
    query = (
        select(Revocation.id, Student.name, Revocation.signed_at, Student.id)
        .join(Student, Student.id == Revocation.student_id)
        .where(Revocation.closed_at.is_(None), schools.condition(Student.school_id))
    )
    # A case that is complete and only wants the family told has no deadline of its own.
    open_still = Revocation.completed_at.is_(None)
    late = and_(open_still, Revocation.due_at <= moment.at)
    today = and_(open_still, Revocation.due_at > moment.at, Revocation.due_at < moment.day_ends)
    return _waiting(
        session, Task.REVOCATION, query, Revocation.signed_at, late, today, first=Revocation.due_at
    )


def _holds(session: Session, schools: SchoolScope) -> Waiting:
    """A student counts once, however many papers and replies are in doubt."""
    other = aliased(Hold)
    earlier = or_(
        other.placed_at < Hold.placed_at,
        and_(other.placed_at == Hold.placed_at, other.id < Hold.id),
    )
    is_first = ~exists().where(
        other.student_id == Hold.student_id, other.lifted_at.is_(None), earlier
    )
    query = (
        select(Hold.student_id, Student.name, Hold.placed_at, Student.id)
        .join(Student, Student.id == Hold.student_id)
        .where(Hold.lifted_at.is_(None), is_first, schools.condition(Student.school_id))
    )
    return _waiting(session, Task.HOLD, query, Hold.placed_at)


def _reviews(session: Session, schools: SchoolScope, moment: _Moment) -> Waiting:
    query = (
        select(ReviewItem.id, ReviewItem.paper_id, ReviewItem.created_at)
        .join(ScannedPaper, ScannedPaper.id == ReviewItem.paper_id)
        .where(
            ReviewItem.state == ReviewState.OPEN,
            ReviewItem.not_before <= moment.at,
            items_within(schools),
        )
    )
    return _waiting(session, Task.REVIEW, query, ReviewItem.created_at, named=False)


def _confirmations(session: Session, schools: SchoolScope) -> Waiting:
    query = (
        select(Consent.id, Student.name, Consent.signed_at, Student.id)
        .join(Student, Student.id == Consent.student_id)
        .where(Consent.unsettled, schools.condition(Student.school_id))
    )
    return _waiting(session, Task.CONFIRM, query, Consent.signed_at)


def _copies(session: Session, schools: SchoolScope, moment: _Moment) -> Waiting:
    query = (
        select(CopyRequest.id, Student.name, CopyRequest.requested_at, Student.id)
        .join(Student, Student.id == CopyRequest.student_id)
        .where(CopyRequest.answered_at.is_(None), schools.condition(Student.school_id))
    )
    asked = CopyRequest.requested_at
    late = asked <= moment.at - ANSWERED_WITHIN
    today = and_(asked > moment.at - ANSWERED_WITHIN, asked < moment.day_ends - ANSWERED_WITHIN)
    return _waiting(session, Task.COPY, query, asked, late, today)


def _interpreters(session: Session) -> Waiting:
    asked = InterpreterRequest.asked_at
    query = select(InterpreterRequest.id, InterpreterRequest.language, asked).where(
        InterpreterRequest.done_at.is_(None)
    )
    return _waiting(session, Task.INTERPRETER, query, asked, named=False)


def _matches(session: Session, schools: SchoolScope) -> Waiting:
    query = select(Student.id, Student.name, Student.created_at, Student.id.label("whose")).where(
        Student.source == StudentSource.TYPED,
        Student.merged_into_id.is_(None),
        schools.condition(Student.school_id),
    )
    return _waiting(session, Task.MATCH, query, Student.created_at)


def _scans(session: Session, schools: SchoolScope) -> Waiting:
    began = ScanBatch.created_at
    query = select(ScanBatch.id, ScanBatch.state, began).where(
        ScanBatch.finished_at.is_(None), batches_within(schools, ScanBatch.id)
    )
    return _waiting(session, Task.SCAN, query, began, named=False)


def _waiting(
    session: Session,
    task: Task,
    query: Select[*tuple[Any, ...]],
    since: InstrumentedAttribute[datetime],
    late: ColumnElement[bool] = _NEVER,
    today: ColumnElement[bool] = _NEVER,
    *,
    first: InstrumentedAttribute[datetime] | None = None,
    named: bool = True,
) -> Waiting:
    """Counted in one query, the first few of them named in another."""
    counts = query.with_only_columns(
        func.count(),
        func.coalesce(func.sum(case((late, 1), else_=0)), 0),
        func.coalesce(func.sum(case((today, 1), else_=0)), 0),
        func.min(since),
        maintain_column_froms=True,
    )
    count, overdue, due, oldest = session.execute(counts).one()
    rows: Sequence[Any] = ()
    if named and count:
        rows = session.execute(
            query.order_by(first if first is not None else since).limit(_NAMED)
        ).all()
    return Waiting(task, count, int(overdue), int(due), oldest, tuple(Named(*row) for row in rows))


def _answered(session: Session, schools: SchoolScope, moment: _Moment) -> Answered:
    of_today = and_(
        Consent.signed_at >= moment.day_begins,
        Consent.signed_at < moment.day_ends,
        schools.condition(Student.school_id),
    )
    answers = (
        select(Consent.granted, func.count())
        .join(Student, Student.id == Consent.student_id)
        .where(of_today)
        .group_by(Consent.granted)
    )
    counted = {granted: count for granted, count in session.execute(answers)}  # noqa: C416
    revoked = (
        select(func.count(Revocation.id))
        .join(Student, Student.id == Revocation.student_id)
        .where(
            Revocation.signed_at >= moment.day_begins,
            Revocation.signed_at < moment.day_ends,
            schools.condition(Student.school_id),
        )
    )
    return Answered(
        counted.get(True, 0), counted.get(False, 0), session.execute(revoked).scalar_one()
    )
