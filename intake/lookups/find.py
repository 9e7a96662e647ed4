"""Which student does a sharing system mean? One student, or none: never a list.

A student is told only when there is no doubt. Doubt is told as doubt, without a hint of who; what
is outside the client's reach does not exist.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import Caller
from intake.consents import ledger
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind, EventKind
from intake.db.base import new_id
from intake.db.limits import Limit, check_limit, count_attempt
from intake.lookups.identifiers import students_of
from intake.lookups.model import LookedUpBy, Match, StudentLookup
from intake.roster.keys import birth_key
from intake.roster.model import School, Student, StudentSearchKey, StudentSource
from intake.roster.search import Candidate, compare

LOOKUPS = Limit("student-lookups", 120, timedelta(minutes=1))
"""Of one client."""
LOOKUPS_IN_SCHOOL = Limit("student-lookups-school", 2000, timedelta(days=1))
"""Of one client in one school: about a whole school's roll."""
MISSES = Limit("student-lookups-missed", 200, timedelta(hours=1))
"""Lookups of one client that found nobody for certain: trying names out is slow."""
_SAME_BIRTHDAY = 500
"""More students of one school born on one day than this, and nobody is told."""


@dataclass(frozen=True, slots=True)
class Described:
    """A student as another system knows them. ``school``: our id, or the id in the roster."""

    name: str
    birth_date: date
    school: str


@dataclass(frozen=True, slots=True)
class Found:
    """How sure it is, and who it is when it is certain."""

    match: Match
    student_id: str | None = None


NOBODY = Found(Match.NONE)


def look_up(session: Session, caller: Caller, asked: Described | str, *, at: datetime) -> Found:
    """Find the one student whom a client describes, or names by its own identifier.

    Leaves a trail whatever is found, and an entry on the ledger for a student who is told.
    Raises TooManyAttempts.
    """
    check_limit(session, MISSES, caller.id, at=at)
    count_attempt(session, LOOKUPS, caller.id, at=at)
    if isinstance(asked, str):
        by, found = LookedUpBy.IDENTIFIER, _identified(session, caller, asked)
    else:
        by, found = LookedUpBy.DESCRIPTION, _described(session, caller, asked, at=at)
    if found.match is not Match.CERTAIN:
        count_attempt(session, MISSES, caller.id, at=at)
    _leave_trail(session, caller, by, found, at=at)
    return found


def _identified(session: Session, caller: Caller, identifier: str) -> Found:
    student_id = students_of(session, caller, [identifier]).get(identifier)
    return NOBODY if student_id is None else Found(Match.CERTAIN, student_id)


def _described(session: Session, caller: Caller, asked: Described, *, at: datetime) -> Found:
    school = _school(session, asked.school)
    # Schools that don't exist are counted as well: how many calls are left tells nothing.
    school_key = school.id if school else asked.school
    count_attempt(session, LOOKUPS_IN_SCHOOL, f"{caller.id}|{school_key}", at=at)
    if school is None or not caller.reach.has_school(school.id):
        return NOBODY
    near = _near(session, school, asked, at=at)
    if near is None:
        return Found(Match.AMBIGUOUS)
    if not near:
        return NOBODY
    # Somebody of nearly the same name, born on the same day in the same school, is a doubt: twins.
    if len(near) > 1 or near[0].likeness < 1:
        return Found(Match.AMBIGUOUS)
    return Found(Match.CERTAIN, near[0].student.id)


def _school(session: Session, named: str) -> School | None:
    query = select(School).where(or_(School.id == named, School.external_id == named)).limit(2)
    found = session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def _near(
    session: Session, school: School, asked: Described, *, at: datetime
) -> list[Candidate] | None:
    """Roster students of the school, born that day, whose names are alike; None: too many."""
    query = (
        select(Student)
        .join(StudentSearchKey, StudentSearchKey.student_id == Student.id)
        .where(
            StudentSearchKey.key == birth_key(session, asked.birth_date),
            Student.school_id == school.id,
            Student.source == StudentSource.ROSTER,
        )
        .limit(_SAME_BIRTHDAY + 1)
    )
    students = session.scalars(query).all()
    if len(students) > _SAME_BIRTHDAY:
        return None
    with session.no_autoflush:
        typed = Student(name=asked.name, birth_date=asked.birth_date, school_id=school.id)
        compared = [compare(typed, student) for student in students]
    return [one for one in compared if one.is_alike]


def _leave_trail(
    session: Session, caller: Caller, by: LookedUpBy, found: Found, *, at: datetime
) -> None:
    lookup = StudentLookup(
        id=new_id(),
        client_id=caller.id,
        at=at,
        by=by,
        match=found.match,
        student_id=found.student_id,
    )
    session.add(lookup)
    session.flush()
    if found.student_id is not None:
        ledger.record(
            session,
            EventKind.LOOKED_UP,
            at=at,
            actor=Actor(ActorKind.API_CLIENT, caller.id),
            student_id=found.student_id,
            data={"lookup": lookup.id, "by": by.value},
        )
