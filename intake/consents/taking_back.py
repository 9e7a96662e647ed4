"""Who may take a consent back online: only somebody we can know."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from intake.consents.model import Consent
from intake.consents.revoke import REVOCABLE
from intake.consents.states import ConsentState
from intake.roster.keys import contact_key
from intake.roster.model import Student
from intake.roster.students import is_contact_on_record


def student_to_revoke(
    session: Session,
    students: Iterable[Student],
    *,
    kind: ContactKind,
    value: str,
    relationship: Relationship,
) -> str | None:
    """Among the students who fit what was typed, the one for whom this person may revoke.

    ``kind`` and ``value`` are a contact that a code has reached: it must be on the school's record
    in the stated relationship, or have signed what there is to take back. None says nothing of
    whether the student is known: what follows is the same for an unknown student and for somebody
    else's consent.
    """
    candidates = list(students)
    with_consent = [student for student in candidates if _has_consents(session, student)]
    for student in [*with_consent, *candidates]:
        on_record = is_contact_on_record(
            session, student.id, kind, value, relationship=relationship
        )
        if on_record or _has_signed(session, student.id, contact_key(session, kind, value)):
            return student.id
    return None


def may_take_back(session: Session, consent: Consent) -> bool:
    """Whether this consent's signer may take back online what the student has in force.

    A revocation ends every consent for the student. A signer whom nobody has confirmed yet, who
    may be anybody with a name and a birth date, must not end another signer's that is in force.
    """
    if consent.state is not ConsentState.PENDING_VERIFICATION:
        return consent.state is ConsentState.ACTIVE
    return not _others_in_force(session, consent.student_id, consent.contact_key)


def _has_consents(session: Session, student: Student) -> bool:
    query = select(Consent.id).where(Consent.student_id == student.id).limit(1)
    return session.scalars(query).first() is not None


def _has_signed(session: Session, student_id: str, key: str) -> bool:
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
