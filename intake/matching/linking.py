"""Linking without a person what is certain, and the queue of what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from intake.calendar.deadline import revocation_due
from intake.config import Settings
from intake.consents import ledger
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.states import ActorKind, EventKind
from intake.db.engine import Database
from intake.matching.evidence import Confidence, Match, match_with, matches
from intake.matching.merge import CannotMerge, merge_students
from intake.matching.model import MatchVerdict
from intake.roster.model import Student, StudentSource
from intake.roster.scope import EVERY_SCHOOL, SchoolScope

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Linked:
    """How many typed students are known now, and how many wait for a person."""

    linked: int
    waiting: int


def link_certain(database: Database, settings: Settings, *, at: datetime) -> Linked:
    """Link every typed student of whom it is certain who they are on the roster.

    Each in a transaction of its own, so that signing families never wait for long.
    """
    linked, last = 0, ""
    while True:
        with database.read() as session:
            ids = _waiting_ids(session, last)
        if not ids:
            break
        last = ids[-1]
        for typed_id in ids:
            with database.begin() as session:
                linked += _link(session, settings, typed_id, at=at)
    with database.read() as session:
        return Linked(linked, count_waiting(session))


def _waiting_ids(session: Session, after: str) -> Sequence[str]:
    query = (
        select(Student.id)
        .where(
            Student.source == StudentSource.TYPED,
            Student.merged_into_id.is_(None),
            Student.id > after,
        )
        .order_by(Student.id)
        .limit(_BATCH)
    )
    return session.scalars(query).all()


def _link(session: Session, settings: Settings, typed_id: str, *, at: datetime) -> bool:
    typed = session.get_one(Student, typed_id)
    certain = [one for one in matches(session, typed) if one.confidence is Confidence.CERTAIN]
    if len(certain) != 1:
        return False
    try:
        merge_students(
            session,
            typed_id,
            certain[0].student.id,
            reasons=certain[0].reasons,
            actor=SYSTEM,
            at=at,
            due_at=revocation_due(session, settings, certain[0].student.id, at=at),
        )
    except CannotMerge:  # a person was faster
        return False
    return True


def count_waiting(session: Session, scope: SchoolScope = EVERY_SCHOOL) -> int:
    """How many typed students are not known on the roster yet."""
    query = select(func.count()).where(
        Student.source == StudentSource.TYPED,
        Student.merged_into_id.is_(None),
        scope.condition(Student.school_id),
    )
    return session.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A typed student whom a person may settle, with whom they may be."""

    student: Student
    matches: tuple[Match, ...]


def waiting_page(
    session: Session,
    after: tuple[datetime, str] | None,
    limit: int,
    scope: SchoolScope = EVERY_SCHOOL,
) -> list[Waiting]:
    """Typed students in the order in which they came, after a moment and an id."""
    query = (
        select(Student)
        .options(joinedload(Student.school))
        .where(
            Student.source == StudentSource.TYPED,
            Student.merged_into_id.is_(None),
            scope.condition(Student.school_id),
        )
        .order_by(Student.created_at, Student.id)
        .limit(limit)
    )
    if after is not None:
        at, student_id = after
        same = (Student.created_at == at) & (Student.id > student_id)
        query = query.where((Student.created_at > at) | same)
    return [_waiting(session, student, scope) for student in session.scalars(query)]


def waiting_student(
    session: Session, typed_id: str, scope: SchoolScope = EVERY_SCHOOL
) -> Waiting | None:
    """One of them, or nothing where somebody has settled it, or it is of another school."""
    student = session.get(Student, typed_id, options=[joinedload(Student.school)])
    if student is None or student.source is not StudentSource.TYPED or student.merged_into_id:
        return None
    return _waiting(session, student, scope) if scope.covers(student.school_id) else None


def _waiting(session: Session, student: Student, scope: SchoolScope) -> Waiting:
    """Whoever may not see all schools is shown no student of another one as a candidate."""
    found = matches(session, student)
    return Waiting(student, tuple(one for one in found if scope.covers(one.student.school_id)))


def settle_same(
    session: Session, settings: Settings, typed_id: str, roster_id: str, *, staff_id: str,
    at: datetime,
) -> Student:  # fmt: skip
    """A person says that two are one student. Raises CannotMerge."""
    typed, student = session.get(Student, typed_id), session.get(Student, roster_id)
    if typed is None or student is None:
        raise CannotMerge
    told = match_with(session, typed, student)
    return merge_students(
        session,
        typed_id,
        roster_id,
        reasons=[*told.reasons, *told.doubts],
        actor=Actor(ActorKind.STAFF, staff_id),
        at=at,
        due_at=revocation_due(session, settings, roster_id, at=at),
    )


def settle_different(
    session: Session, typed_id: str, roster_ids: Sequence[str], *, staff_id: str, at: datetime
) -> None:
    """A person says that a typed student is none of these; they are not suggested again.

    Raises CannotMerge.
    """
    ledger.hold(session)  # two people may say so at once
    typed = session.get(Student, typed_id, populate_existing=True)
    if typed is None or typed.source is not StudentSource.TYPED or typed.merged_into_id:
        raise CannotMerge
    for roster_id in roster_ids:
        if session.get(MatchVerdict, (typed_id, roster_id)) is not None:
            continue
        session.add(MatchVerdict(typed_id=typed_id, roster_id=roster_id, staff_id=staff_id, at=at))
        session.flush()
        ledger.record(
            session,
            EventKind.KEPT_APART,
            at=at,
            actor=Actor(ActorKind.STAFF, staff_id),
            student_id=typed_id,
            data={"from": roster_id},
        )
