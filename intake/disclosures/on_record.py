"""What a decision looks at: students, answers, partners, in one round trip to the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, and_, bindparam, func, select, union_all
from sqlalchemy.orm import Session, aliased

from intake.accounts.api_clients import Reach
from intake.consents.decide import WAIVER, AnswerFacts
from intake.consents.holds import is_on_hold
from intake.consents.model import Consent
from intake.disclosures.questions import Question
from intake.partners.facts import PartnerFacts, add_fact, fact_selects, written
from intake.roster.model import Student


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """Where a student is, and their answers, newest first."""

    school_id: str
    on_hold: bool
    answers: list[AnswerFacts]
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Everything about the students, partners, people and roles of some questions."""

    students: dict[str, StudentFacts] = field(default_factory=dict)
    """Those that exist within reach, by the id that was asked for."""
    partners: PartnerFacts = field(default_factory=PartnerFacts)


_ASKED = aliased(Student)
_ANSWER = "answer"
_STUDENTS = (
    # The six columns that partners' facts have too stand first.
    select(
        written(_ANSWER), _ASKED.id, Student.school_id, Consent.version,
        Student.left_on, Consent.valid_until,
        is_on_hold(Student.id),
        Consent.id, Consent.state, Consent.unsettled, Consent.relationship_kind,
        Consent.signed_at, Consent.rights_transfer_on, Consent.ended_at,
        Consent.elements, Consent.purposes, Consent.partner_classes,
    )
    # Whoever was merged is asked for by either id, and is one student.
    .join(Student, Student.id == func.coalesce(_ASKED.merged_into_id, _ASKED.id))
    .outerjoin(Consent, and_(Consent.student_id == Student.id, Consent.document == WAIVER))
    .where(_ASKED.id.in_(bindparam("students", expanding=True)))
)  # fmt: skip
_WIDTH = len(_STUDENTS.selected_columns)
# Students first: a union has the types of its first part.
_QUERY: CompoundSelect[Any] = union_all(_STUDENTS, *fact_selects(_WIDTH))


def read_record(session: Session, questions: Sequence[Question], reach: Reach) -> OnRecord:
    """One query, however many are asked; what lies outside of ``reach`` is not looked for."""
    asked = [one for one in questions if reach.has_partner(one.partner_id)]
    values = {
        "students": sorted({one.student_id for one in questions}),
        "partners": sorted({one.partner_id for one in asked}),
        "people": sorted({one.person_id for one in asked}),
        "roles": sorted({one.role for one in questions}),
    }
    found = OnRecord()
    # By the connection: rows without objects need nothing of the session.
    for row in session.connection().execute(_QUERY, values):
        if row[0] != _ANSWER:
            add_fact(found.partners, row)
        elif reach.has_school(row[2]):
            _add_student(found.students, row)
    for student in found.students.values():
        student.answers.sort(key=lambda answer: answer.signed_at, reverse=True)
    return found


def _add_student(students: dict[str, StudentFacts], row: Sequence[Any]) -> None:
    _, student_id, school_id, version, left_on, valid_until, on_hold, *columns = row
    student = students.setdefault(student_id, StudentFacts(school_id, bool(on_hold), [], left_on))
    if columns[0] is None:
        return
    id, state, unsettled, relationship_kind, signed_at, transfer_on, ended_at, *lists = columns
    student.answers.append(
        AnswerFacts(
            id, version, state, unsettled, relationship_kind, signed_at, valid_until,
            transfer_on, ended_at, *lists,
        )
    )  # fmt: skip
