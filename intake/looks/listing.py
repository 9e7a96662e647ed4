"""Reading the access record: for auditors with names, for families without."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.accounts.model import Role, Staff
from intake.clock import local_date
from intake.looks.model import Look, LookBasis, LookReason
from intake.roster.identity import all_ids
from intake.roster.model import School, Student
from intake.roster.scope import SchoolScope

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class LookFilter:
    """Which looks; what is None narrows nothing."""

    scope: SchoolScope
    staff_id: str | None = None
    student_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look with the names that belong to it, except the student's."""

    look: Look
    staff: str
    school: str
    """Empty: the partnership."""
    reason: str


@dataclass(frozen=True, slots=True)
class ToldLook:
    """What a family is told of the looks of one day: as what somebody looked, not who."""

    day: date
    """At the schools."""
    role: Role | None
    school: str
    """Empty: the partnership."""
    basis: LookBasis


def look_page(
    session: Session, wanted: LookFilter, *, before: int | None, limit: int
) -> list[LookRow]:
    """Looks that fit, newest first, from before a sequence number on."""
    query = _query(session, wanted).order_by(Look.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(Look.sequence < before)
    return _named(session, session.scalars(query).all())


def all_looks(session: Session, wanted: LookFilter) -> Iterator[LookRow]:
    """Every look that fits, newest first; memory stays flat."""
    before: int | None = None
    while found := look_page(session, wanted, before=before, limit=_BATCH):
        yield from found
        before = found[-1].look.sequence
        session.expunge_all()


def names_of(session: Session, rows: Sequence[LookRow]) -> dict[str, str]:
    """The names of the students in these rows, by id, for those who may see them."""
    ids = {row.look.student_id for row in rows if row.look.student_id}
    return {
        student.id: student.name
        for student in session.scalars(select(Student).where(Student.id.in_(ids)))
    }


def students_looked_at(session: Session, wanted: LookFilter) -> list[str]:
    """The ids of the students whom these looks are about."""
    query = _query(session, wanted).with_only_columns(Look.student_id)
    found = session.scalars(query.where(Look.student_id.is_not(None)).distinct())
    return [student_id for student_id in found if student_id is not None]


def told_to_family(session: Session, student_id: str, *, zone: ZoneInfo) -> list[ToldLook]:
    """Who looked at a student's record, day by day, newest first; also before records were joined.

    Names of staff are theirs: a family is told the role, the place, the day and what for.
    """
    query = (
        select(Look)
        .where(Look.student_id.in_(all_ids(session, student_id)))
        .order_by(Look.sequence.desc())
    )
    rows = _named(session, session.scalars(query).all())
    told = [
        ToldLook(local_date(row.look.at, zone), row.look.role, row.school, row.look.basis)
        for row in rows
    ]
    return list(dict.fromkeys(told))


def people(session: Session) -> list[tuple[str, str]]:
    """Everybody who has looked, by id and name, to choose from."""
    has_looked = select(Look.sequence).where(Look.staff_id == Staff.id).exists()
    query = select(Staff.id, Staff.name).where(has_looked).order_by(Staff.name, Staff.id)
    return [(staff_id, name) for staff_id, name in session.execute(query)]


def _query(session: Session, wanted: LookFilter) -> Select[Look]:
    query = select(Look).where(wanted.scope.students(Look.student_id))
    if wanted.staff_id is not None:
        query = query.where(Look.staff_id == wanted.staff_id)
    if wanted.student_id is not None:
        query = query.where(Look.student_id.in_(all_ids(session, wanted.student_id)))
    if wanted.since is not None:
        query = query.where(Look.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Look.at < wanted.until)
    return query


def _named(session: Session, looks: Sequence[Look]) -> list[LookRow]:
    staff = _by_id(session, Staff.id, Staff.name, {one.staff_id for one in looks})
    schools = _by_id(session, School.id, School.name, {one.school_id for one in looks})
    reasons = _by_id(session, LookReason.id, LookReason.text, {one.reason_id for one in looks})
    return [
        LookRow(
            one,
            staff.get(one.staff_id, one.staff_id),
            schools.get(one.school_id or "", one.school_id or ""),
            reasons.get(one.reason_id or "", ""),
        )
        for one in looks
    ]


def _by_id(
    session: Session,
    key: InstrumentedAttribute[str],
    value: InstrumentedAttribute[Any],
    ids: set[str] | set[str | None],
) -> dict[str, str]:
    found = session.execute(select(key, value).where(key.in_(ids - {None})))
    return {one_id: text for one_id, text in found}  # noqa: C416
