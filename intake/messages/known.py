"""Whose number or address it is, as far as the roster and the consents know."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select, true
from sqlalchemy.orm import Session, joinedload

from intake.consents.model import Consent
from intake.consents.revoke import REVOCABLE
from intake.messages.model import ContactFlag, InboundMessage
from intake.roster.model import Contact as ContactOnRecord
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope


def is_of(scope: SchoolScope, key: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether a contact belongs to a student of these schools, as a part of a query. A contact of
    nobody that we know is for those who see every school."""
    if scope.ids is None:
        return true()
    of_roster = (
        select(ContactOnRecord.value_key)
        .join(Student, Student.id == ContactOnRecord.student_id)
        .where(scope.condition(Student.school_id))
    )
    of_consents = (
        select(Consent.contact_key)
        .join(Student, Student.id == Consent.student_id)
        .where(scope.condition(Student.school_id), Consent.contact_key.is_not(None))
    )
    return or_(key.in_(of_roster), key.in_(of_consents))


def students_of(
    session: Session, keys: Collection[str], scope: SchoolScope = EVERY_SCHOOL
) -> dict[str, list[Student]]:
    """The students of each contact: on the school's record, or signed for with it."""
    of_roster = select(ContactOnRecord.value_key, ContactOnRecord.student_id).where(
        ContactOnRecord.value_key.in_(keys)
    )
    of_consents = select(Consent.contact_key, Consent.student_id).where(
        Consent.contact_key.in_(keys)
    )
    pairs = {
        (key, student_id)
        for query in (of_roster, of_consents)
        for key, student_id in session.execute(query)
    }
    of_these = (
        select(Student)
        .where(Student.id.in_({student_id for _, student_id in pairs}))
        .where(scope.condition(Student.school_id))
        .options(joinedload(Student.school))
    )
    students = {student.id: student for student in session.scalars(of_these)}
    found: dict[str, list[Student]] = defaultdict(list)
    for key, student_id in sorted(pairs, key=str):
        if student_id in students:
            found[str(key)].append(students[student_id])
    return found


def is_reply_within(session: Session, reply_id: str, scope: SchoolScope) -> bool:
    """Whether there is this reply, from a number of these schools."""
    query = select(InboundMessage.id).where(
        InboundMessage.id == reply_id, is_of(scope, InboundMessage.contact_key)
    )
    return session.scalars(query).first() is not None


def is_flag_within(session: Session, flag_id: str, scope: SchoolScope) -> bool:
    """Whether there is this contact to check, and it is of these schools."""
    query = select(ContactFlag.id).where(
        ContactFlag.id == flag_id, is_of(scope, ContactFlag.contact_key)
    )
    return session.scalars(query).first() is not None


def shared_students(session: Session, key: str) -> list[str]:
    """Students of this contact about whom something may be shared: a consent stands."""
    ids = [student.id for student in students_of(session, {key}).get(key, [])]
    query = select(Consent.student_id).where(
        Consent.student_id.in_(ids), Consent.state.in_(REVOCABLE)
    )
    return sorted(set(session.scalars(query)))
