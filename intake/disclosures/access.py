"""Who may inspect a student's record of disclosures (34 CFR 99.32(c), 99.5).

Before 18 it is a parent or guardian; from the 18th birthday on only the student. Who somebody is,
we know by a contact that a one-time code has reached: it must be on the school's record today, or a
signer's whom staff have confirmed.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from forms.choices import ContactKind, Relationship
from intake.consents.dates import is_adult
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent
from intake.consents.states import ActorKind, Assurance, EventKind
from intake.disclosures.model import Disclosure
from intake.roster.keys import contact_key
from intake.roster.model import Student
from intake.roster.students import is_contact_on_record


class MayNotInspect(Exception):
    """The rule says no. Messages hold nothing of a person."""


class RightsTransferred(MayNotInspect):
    """A parent asks, but the student is 18: the right is the student's alone (99.5(a))."""


class NotYetEligible(MayNotInspect):
    """The student asks, but is not 18: until then the right is the parents' (99.3, 99.4)."""


class NotKnown(MayNotInspect):
    """Nobody known to us has this contact; says nothing of whether the student is."""


def check_age(birth_date: date, relationship: Relationship, *, on: date) -> None:
    """Whether the right is a parent's or the student's on this day.

    Raises RightsTransferred, NotYetEligible.
    """
    adult = is_adult(birth_date, on)
    if adult and relationship is not Relationship.ELIGIBLE_STUDENT:
        raise RightsTransferred
    if not adult and relationship is Relationship.ELIGIBLE_STUDENT:
        raise NotYetEligible


def student_to_inspect(
    session: Session,
    students: Sequence[Student],
    *,
    kind: ContactKind,
    value: str,
    relationship: Relationship,
    on: date,
) -> Student:
    """Among the students who fit what was typed, the one whose record this person may inspect.

    ``kind`` and ``value`` are a contact that a code has reached. Where two rows are the same
    student (the roster's, and one that was typed) it is the one with disclosures.
    Raises NotKnown, RightsTransferred, NotYetEligible: the last two only to a known person.
    """
    known = [
        student
        for student in students
        if is_contact_on_record(session, student.id, kind, value, relationship=relationship)
        or _is_confirmed(session, student.id, contact_key(session, kind, value), relationship)
    ]
    if not known:
        raise NotKnown
    for student in known:
        check_age(student.birth_date, relationship, on=on)
    return next((student for student in known if _disclosed(session, student.id)), known[0])


def _is_confirmed(session: Session, student_id: str, key: str, relationship: Relationship) -> bool:
    """Whether the contact is a signer's whom staff have seen, or have confirmed since.

    What somebody unknown has signed vouches for nobody; and whom the record once had and has no
    more, it no longer vouches for.
    """
    by_student = Consent.relationship_kind == Relationship.ELIGIBLE_STUDENT
    confirmed = exists().where(
        LedgerEvent.consent_id == Consent.id,
        LedgerEvent.kind.in_([EventKind.ACTIVATED, EventKind.REFUSAL_CONFIRMED]),
        LedgerEvent.actor_kind == ActorKind.STAFF,
    )
    query = select(Consent.id).where(
        Consent.student_id == student_id,
        Consent.contact_key == key,
        by_student if relationship is Relationship.ELIGIBLE_STUDENT else ~by_student,
        or_(Consent.assurance == Assurance.IN_PERSON, confirmed),
    )
    return session.scalars(query.limit(1)).first() is not None


def _disclosed(session: Session, student_id: str) -> bool:
    query = select(Disclosure.id).where(Disclosure.student_id == student_id).limit(1)
    return session.scalars(query).first() is not None
