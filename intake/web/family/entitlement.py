"""Who may take a consent back online without a receipt: only somebody we can know."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents.model import Consent
from intake.db.keys import keyring
from intake.roster.model import Student
from intake.roster.students import is_contact_on_record, students_described
from intake.web.family.visit import Visit


def student_to_revoke(session: Session, found: Visit) -> str | None:
    """The student whom a revocation by typed details is about, if this contact may revoke.

    The contact must be on the school's record in the stated relationship, or have signed one
    of the student's consents. None says nothing of whether the student is known: the page that
    follows is the same for an unknown student and for somebody else's consent.
    """
    contact = found.contact
    if contact is None:
        return None
    answers = found.answers
    students = students_described(
        session,
        answers["school_id"],
        answers["student_name"],
        date.fromisoformat(answers["birth_date"]),
    )
    relationship = Relationship(answers["relationship"])
    with_consent = [student for student in students if _consents(session, student)]
    for student in [*with_consent, *students]:
        on_record = is_contact_on_record(
            session, student.id, contact.kind, contact.value, relationship=relationship
        )
        if on_record or _has_signed(session, student, contact.stored):
            return student.id
    return None


def _consents(session: Session, student: Student) -> bool:
    query = select(Consent.id).where(Consent.student_id == student.id).limit(1)
    return session.scalars(query).first() is not None


def _has_signed(session: Session, student: Student, stored: str) -> bool:
    key = keyring(session).blind_index("contact", stored)
    query = select(Consent.id).where(Consent.student_id == student.id, Consent.contact_key == key)
    return session.scalars(query.limit(1)).first() is not None
