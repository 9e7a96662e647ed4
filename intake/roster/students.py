"""Schools, students, guardians and contacts: putting them on record and finding them again."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from forms.text import clean, has_letter
from intake.db.keys import keyring
from intake.roster.identity import standing_for
from intake.roster.keys import birth_key, contact_key, match_key, prefix_keys
from intake.roster.model import (
    Contact,
    Guardian,
    School,
    Student,
    StudentSource,
)
from intake.roster.search_keys import store_keys


class NameUnusable(ValueError):
    """A name without a single letter is not a name."""


def add_school(session: Session, name: str, *, external_id: str | None = None) -> School:
    """Add a school of the partnership. Raises NameUnusable."""
    school = School(name=_name(name), external_id=external_id)
    session.add(school)
    session.flush()
    return school


def add_student(
    session: Session,
    *,
    school: School,
    name: str,
    birth_date: date,
    at: datetime,
    external_id: str | None = None,
    language: str | None = None,
    source: StudentSource = StudentSource.ROSTER,
) -> Student:
    """Put a student on record, so that matching and searching find them. Raises NameUnusable."""
    cleaned = _name(name)
    student = Student(
        school_id=school.id,
        name=cleaned,
        birth_date=birth_date,
        match_key=match_key(session, school.id, cleaned, birth_date),
        external_id=external_id,
        source=source,
        language=language,
        created_at=at,
    )
    session.add(student)
    session.flush()
    store_keys(session, [(student.id, birth_key(session, birth_date))])
    add_search_words(session, student.id, cleaned)
    return student


def add_guardian(
    session: Session, *, student: Student, name: str, relationship: Relationship
) -> Guardian:
    """Put a parent or guardian on a student's record; their name finds the student too.

    Raises NameUnusable, and ValueError for a student as their own guardian.
    """
    if relationship is Relationship.ELIGIBLE_STUDENT:
        raise ValueError("a student is not their own guardian; add the contact without one")
    cleaned = _name(name)
    guardian = Guardian(student_id=student.id, name=cleaned, relationship_kind=relationship)
    session.add(guardian)
    session.flush()
    add_search_words(session, student.id, cleaned)
    return guardian


def add_contact(
    session: Session,
    student: Student,
    kind: ContactKind,
    value: str,
    guardian: Guardian | None = None,
) -> Contact:
    """Put a contact on record: the guardian's, or the student's own where none is given.

    ``value`` is normal already: E.164 for phones, lower case for emails.
    """
    contact = Contact(
        student_id=student.id,
        guardian_id=guardian.id if guardian else None,
        kind=kind,
        value=value,
        value_key=contact_key(session, kind, value),
    )
    session.add(contact)
    session.flush()
    return contact


def match_student(session: Session, school_id: str, name: str, birth_date: date) -> Student | None:
    """The one roster student of this school with this name and birth date.

    Nothing where two share them (twins named alike, 1 January births): a person decides then.
    """
    found = _with_key(session, school_id, name, birth_date, StudentSource.ROSTER, limit=2)
    return found[0] if len(found) == 1 else None


def students_described(
    session: Session, school_id: str, name: str, birth_date: date
) -> list[Student]:
    """Every student with this school, name and birth date: the roster's first, then typed ones.

    For one who was merged, the student they are now.
    """
    found: list[Student] = []
    for source in StudentSource:
        found += _with_key(session, school_id, name, birth_date, source, limit=20)
    now = [standing_for(session, student) for student in found]
    return list({student.id: student for student in now}.values())


def typed_student(
    session: Session,
    *,
    school: School,
    name: str,
    birth_date: date,
    at: datetime,
    language: str | None = None,
) -> Student:
    """The row for a student whom a family typed and the roster doesn't know; made when new.

    Both parents typing the same student meet in one row, or in the roster's student whom it has
    been merged into. Raises NameUnusable.
    """
    found = _with_key(session, school.id, name, birth_date, StudentSource.TYPED, limit=1)
    if found:
        return standing_for(session, found[0])
    return add_student(
        session,
        school=school,
        name=name,
        birth_date=birth_date,
        at=at,
        language=language,
        source=StudentSource.TYPED,
    )


def is_contact_on_record(
    session: Session,
    student_id: str,
    kind: ContactKind,
    value: str,
    *,
    relationship: Relationship,
) -> bool:
    """Whether the school knows this contact as one of somebody who may sign as ``relationship``.

    A parent is vouched for by any guardian's contact, a student of 18 or older only by their
    own: a parent's phone must not sign as the student, nor a child's phone as the parent.
    """
    if relationship is Relationship.ELIGIBLE_STUDENT:
        whose = Contact.guardian_id.is_(None)
    else:
        whose = Contact.guardian_id.is_not(None)
    query = select(Contact.id).where(
        Contact.student_id == student_id,
        Contact.value_key == contact_key(session, kind, value),
        whose,
    )
    return session.scalars(query.limit(1)).first() is not None


def add_search_words(session: Session, student_id: str, text: str) -> None:
    """Let every word of ``text`` (a signer's name, another spelling) find this student."""
    keys = prefix_keys(keyring(session), text)
    store_keys(session, [(student_id, key) for key in sorted(keys)])


def _with_key(
    session: Session,
    school_id: str,
    name: str,
    birth_date: date,
    source: StudentSource,
    *,
    limit: int,
) -> list[Student]:
    query = (
        select(Student)
        .where(
            Student.match_key == match_key(session, school_id, name, birth_date),
            Student.source == source,
        )
        .order_by(Student.created_at, Student.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def _name(text: str) -> str:
    cleaned = clean(text)
    if not has_letter(cleaned):
        raise NameUnusable("a name needs at least one letter")
    return cleaned
