"""Whose paper it may be: what a person reads beside the picture, compared with the roster."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.text import clean, has_letter
from intake.db.base import new_id
from intake.roster.keys import birth_key
from intake.roster.model import School, Student, StudentSearchKey, StudentSource
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.search import Candidate, candidates, compare, search_roster
from intake.roster.students import match_student, typed_student


def suggestions(
    session: Session,
    name: str,
    birth_date: date | None,
    *,
    limit: int = 8,
    scope: SchoolScope = EVERY_SCHOOL,
) -> list[Candidate]:
    """Roster students with this name or birth date, likeliest first, while it is being typed."""
    cleaned = clean(name)
    if birth_date is not None and has_letter(cleaned):
        return candidates(session, _typed(cleaned, birth_date), limit, scope)
    if has_letter(cleaned):
        found = search_roster(session, cleaned, limit, scope)
        return [compare(_typed(cleaned, student.birth_date), student) for student in found]
    if birth_date is None:
        return []
    having = select(StudentSearchKey.student_id).where(
        StudentSearchKey.key == birth_key(session, birth_date)
    )
    query = (
        select(Student)
        .options(joinedload(Student.school))
        .where(
            Student.id.in_(having),
            Student.source == StudentSource.ROSTER,
            scope.condition(Student.school_id),
        )
        .order_by(Student.id)
        .limit(limit)
    )
    return [compare(_typed("", birth_date), student) for student in session.scalars(query)]


def student_read(
    session: Session, *, school_id: str, name: str, birth_date: date, at: datetime
) -> str:
    """The id of the student whom the roster doesn't know, as a person read it; made when new.

    Where the roster knows exactly one it is that one. Raises NameUnusable.
    """
    known = match_student(session, school_id, name, birth_date)
    if known is not None:
        return known.id
    school = session.get_one(School, school_id)
    return typed_student(session, school=school, name=name, birth_date=birth_date, at=at).id


def _typed(name: str, birth_date: date) -> Student:
    """Only to compare with: it is never added to a session."""
    return Student(id=new_id(), name=name, birth_date=birth_date, school_id="")
