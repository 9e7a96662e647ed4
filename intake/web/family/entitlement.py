"""Who may take a consent back online, or read who received what: only somebody we can know."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents.model import Consent
from intake.consents.revoke import REVOCABLE
from intake.consents.states import ConsentState
from intake.db.keys import keyring
from intake.disclosures.access import NotKnown, student_to_inspect
from intake.roster.model import Student
from intake.roster.students import is_contact_on_record, students_described
from intake.web.family.visit import Visit, today


def student_to_revoke(session: Session, found: Visit) -> str | None:
    """The student whom a revocation by typed details is about, if this contact may revoke.

    The contact must be on the school's record in the stated relationship, or have signed what
    there is to take back. None says nothing of whether the student is known: the page that
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
        if on_record or _has_signed(session, student.id, contact.stored):
            return student.id
    return None


def student_to_list(session: Session, found: Visit) -> Student:
    """The student whose record of disclosures this visit may read today.

    Asked anew for each page: a birthday, or another answer to who somebody is, counts at once.
    Raises MayNotInspect.
    """
    contact, answers = found.contact, found.answers
    if contact is None or found.verified_contact != contact.stored:
        raise NotKnown
    students = students_described(
        session, answers["school_id"], answers["student_name"], found.birth_date
    )
    return student_to_inspect(
        session,
        students,
        kind=contact.kind,
        value=contact.value,
        relationship=Relationship(answers["relationship"]),
        on=today(),
    )


def _consents(session: Session, student: Student) -> bool:
    query = select(Consent.id).where(Consent.student_id == student.id).limit(1)
    return session.scalars(query).first() is not None


def may_take_back(session: Session, consent: Consent) -> bool:
    """Whether this consent's signer may take back online what the student has in force.

    A revocation ends every consent for the student. A signer whom nobody has confirmed yet, who
    may be anybody with a name and a birth date, must not end another signer's that is in force.
    """
    if consent.state is not ConsentState.PENDING_VERIFICATION:
        return consent.state is ConsentState.ACTIVE
    return not _others_in_force(session, consent.student_id, consent.contact_key)


def _has_signed(session: Session, student_id: str, stored: str) -> bool:
    key = keyring(session).blind_index("contact", stored)
    query = select(Consent.state).where(
        Consent.student_id == student_id,
        Consent.contact_key == key,
        # One taken back before is told so on the next page.
        Consent.state.in_([*REVOCABLE, ConsentState.REVOKED]),
    )
    states = set(session.scalars(query))
    if ConsentState.ACTIVE in states:
        return True
    return bool(states) and not _others_in_force(session, student_id, key)


def _others_in_force(session: Session, student_id: str, key: str | None) -> bool:
    query = select(Consent.contact_key).where(
        Consent.student_id == student_id, Consent.state == ConsentState.ACTIVE
    )
    return any(other is None or other != key for other in session.scalars(query))
