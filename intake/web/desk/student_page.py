"""Everything the page of one student shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forms.choices import Relationship
from intake.consents.dates import is_adult
from intake.consents.decide import Reason, standing
from intake.consents.model import Consent, Hold, Revocation
from intake.consents.revoke import revocable
from intake.messages.contacts import Contact
from intake.messages.model import InboundMessage
from intake.paper.model import ScannedPaper
from intake.roster.model import Contact as KnownContact
from intake.roster.model import Guardian, Student, StudentSource
from intake.roster.scope import SchoolScope

THE_STUDENT = "student"
SOMEBODY_ELSE = "other"
"""What stands for a person in addresses, beside a guardian's id."""
_MOST = 50


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may answer for the student, as the school's record knows them."""

    key: str
    name: str
    relationship: Relationship | None
    """None for somebody whom the record doesn't name."""
    contacts: tuple[Contact, ...] = ()
    """Shown masked: enough to recognise a number that somebody reads out."""


@dataclass(frozen=True, slots=True)
class StudentView:
    """One student with everything that the desk needs."""

    student: Student
    adult: bool
    """Today at the schools; from then on only the student answers."""
    people: tuple[Person, ...]
    reason: Reason
    answer: Consent | None
    """The one that says so."""
    answers: tuple[Consent, ...]
    papers: tuple[ScannedPaper, ...]
    revocations: tuple[Revocation, ...]
    """Cases that are not closed."""
    held_by_paper: bool
    """One that may take permission back waits for a person."""
    held_by_reply: bool
    """The same for an answer to a text message."""
    can_revoke: bool
    """Whether there is something that could be taken back."""

    @property
    def on_roster(self) -> bool:
        """Whether the school's record has the student; nothing is printed for others."""
        return self.student.source is StudentSource.ROSTER

    @property
    def waiting(self) -> tuple[Consent, ...]:
        """Answers that wait until staff say who signed."""
        return tuple(answer for answer in self.answers if answer.unsettled)


def find_student(session: Session, student_id: str, schools: SchoolScope) -> Student | None:
    """The student, or the one whom they were merged into; none of other schools."""
    student = session.get(Student, student_id, options=[joinedload(Student.school)])
    if student is not None and student.merged_into_id is not None:
        student = session.get(Student, student.merged_into_id, options=[joinedload(Student.school)])
    if student is None or not schools.covers(student.school_id):
        return None
    return student


def student_view(session: Session, student: Student, *, today: date) -> StudentView:
    """What the page shows of this student today."""
    reason, answer = standing(session, student.id, on=today)
    adult = is_adult(student.birth_date, today)
    doubts = _doubts(session, student.id)
    replies = set(session.scalars(select(InboundMessage.id).where(InboundMessage.id.in_(doubts))))
    return StudentView(
        student=student,
        adult=adult,
        people=people_on_record(session, student, adult=adult),
        reason=reason,
        answer=answer if isinstance(answer, Consent) else None,
        answers=_answers(session, student.id),
        papers=_papers(session, student.id),
        revocations=_open_cases(session, student.id),
        held_by_paper=bool(doubts - replies),
        held_by_reply=bool(replies),
        can_revoke=bool(revocable(session, student.id)),
    )


def _doubts(session: Session, student_id: str) -> set[str]:
    """Ids of the papers and replies whose holds are in place."""
    query = select(Hold.paper_id).where(Hold.student_id == student_id, Hold.lifted_at.is_(None))
    return set(session.scalars(query))


def _answers(session: Session, student_id: str) -> tuple[Consent, ...]:
    query = select(Consent).where(Consent.student_id == student_id)
    return tuple(session.scalars(query.order_by(Consent.signed_at.desc()).limit(_MOST)))


def _papers(session: Session, student_id: str) -> tuple[ScannedPaper, ...]:
    query = select(ScannedPaper).where(ScannedPaper.student_id == student_id)
    return tuple(session.scalars(query.order_by(ScannedPaper.created_at.desc()).limit(_MOST)))


def _open_cases(session: Session, student_id: str) -> tuple[Revocation, ...]:
    query = select(Revocation).where(
        Revocation.student_id == student_id, Revocation.closed_at.is_(None)
    )
    return tuple(session.scalars(query.order_by(Revocation.signed_at)))


def people_on_record(session: Session, student: Student, *, adult: bool) -> tuple[Person, ...]:
    """Who may answer: before 18 the parents and guardians, from then on the student."""
    known = list(session.scalars(select(KnownContact).where(KnownContact.student_id == student.id)))
    if adult:
        contacts = _contacts(known, None)
        return (Person(THE_STUDENT, student.name, Relationship.ELIGIBLE_STUDENT, contacts),)
    guardians = select(Guardian).where(Guardian.student_id == student.id)
    return tuple(
        Person(one.id, one.name, one.relationship_kind, _contacts(known, one.id))
        for one in sorted(session.scalars(guardians), key=lambda one: (one.name, one.id))
    )


def person_on_record(session: Session, student: Student, key: str, *, adult: bool) -> Person | None:
    """The one behind a key of an address; none where the key names nobody (any more)."""
    if key == SOMEBODY_ELSE:
        return Person(SOMEBODY_ELSE, "", None)
    people = people_on_record(session, student, adult=adult)
    return next((person for person in people if person.key == key), None)


def _contacts(known: Sequence[KnownContact], guardian_id: str | None) -> tuple[Contact, ...]:
    return tuple(Contact(one.kind, one.value) for one in known if one.guardian_id == guardian_id)
