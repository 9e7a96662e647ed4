"""The record's side: a few hundred students at a time, by the ids of the roster."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.roster.model import Contact, Enrollment, Guardian, SchoolClass, Student
from intake.roster.oneroster.facts import Contacts, GuardianFacts, Recorded, RecordedGuardian

_ByOwner = dict[tuple[str, str | None], set[tuple[ContactKind, str]]]
"""Contacts by student and guardian."""


def recorded(session: Session, external_ids: Collection[str]) -> dict[str, Recorded]:
    """Those that the record has, by the roster's id. Four queries, however many are asked for."""
    students = session.execute(
        select(
            Student.id, Student.external_id, Student.school_id, Student.name, Student.birth_date,
            Student.language, Student.grade, Student.left_on,
        ).where(Student.external_id.in_(external_ids))
    ).all()  # fmt: skip
    ids = [row.id for row in students]
    contacts = _contacts(session, ids)
    guardians = _guardians(session, ids, contacts)
    enrollments: dict[str, dict[str, str]] = defaultdict(dict)
    found = select(Enrollment.student_id, Enrollment.external_id, Enrollment.class_id).where(
        Enrollment.student_id.in_(ids)
    )
    for student_id, external_id, class_id in session.execute(found):
        enrollments[student_id][external_id] = class_id
    return {
        str(row.external_id): Recorded(
            id=row.id,
            external_id=str(row.external_id),
            school_id=row.school_id,
            name=row.name,
            birth_date=row.birth_date,
            language=row.language,
            grade=row.grade,
            left_on=row.left_on,
            contacts=frozenset(contacts[row.id, None]),
            guardians=tuple(guardians[row.id]),
            enrollments=enrollments[row.id],
        )
        for row in students
    }


def known_guardians(session: Session, external_ids: Collection[str]) -> dict[str, GuardianFacts]:
    """What the record knows of guardians whom a delta names without repeating their rows."""
    if not external_ids:
        return {}
    query = select(Guardian.student_id).where(Guardian.external_id.in_(external_ids))
    ids = list(session.scalars(query))
    found = _guardians(session, ids, _contacts(session, ids))
    return {
        one.external_id: one.facts
        for guardians in found.values()
        for one in guardians
        if one.external_id is not None and one.external_id in external_ids
    }


def students_of_guardians(session: Session, external_ids: Collection[str]) -> list[str]:
    """The roster's ids of the students whom these guardians have on the record."""
    query = (
        select(Student.external_id)
        .join(Guardian, Guardian.student_id == Student.id)
        .where(Guardian.external_id.in_(external_ids), Student.external_id.is_not(None))
        .distinct()
    )
    return [one for one in session.scalars(query) if one is not None]


def class_ids(session: Session, external_ids: Collection[str]) -> dict[str, str]:
    """Our ids of classes by the roster's."""
    query = select(SchoolClass.external_id, SchoolClass.id).where(
        SchoolClass.external_id.in_(external_ids)
    )
    return {external_id: class_id for external_id, class_id in session.execute(query)}  # noqa: C416


def _contacts(session: Session, ids: Sequence[str]) -> _ByOwner:
    found: _ByOwner = defaultdict(set)
    query = select(Contact.student_id, Contact.guardian_id, Contact.kind, Contact.value)
    for student_id, guardian_id, kind, value in session.execute(
        query.where(Contact.student_id.in_(ids))
    ):
        found[student_id, guardian_id].add((kind, value))
    return found


def _guardians(
    session: Session,
    ids: Sequence[str],
    contacts: _ByOwner,
) -> dict[str, list[RecordedGuardian]]:
    query = (
        select(
            Guardian.id, Guardian.student_id, Guardian.external_id, Guardian.name,
            Guardian.relationship_kind,
        )
        .where(Guardian.student_id.in_(ids))
        .order_by(Guardian.id)
    )  # fmt: skip
    found: dict[str, list[RecordedGuardian]] = defaultdict(list)
    for row in session.execute(query):
        known: Contacts = frozenset(contacts[row.student_id, row.id])
        facts = GuardianFacts(row.name, row.relationship_kind, known)
        found[row.student_id].append(RecordedGuardian(row.id, row.external_id, facts))
    return found
