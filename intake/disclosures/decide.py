"""The decision: all four conditions of the programme, for each data element.

1. an active consent covers the element, its purpose and the partner's class (34 CFR 99.30);
2. the partner's agreement and the person's training are in force;
3. the partner works at the student's school;
4. the person's role needs to know the element for the purpose.

Whatever is unknown denies. All is computed from dates: no job has to have run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from intake.accounts.api_clients import Reach
from intake.clock import local_date
from intake.consents.decide import WAIVER, AnswerFacts, Reason, purposes_of, standing_among
from intake.consents.holds import is_on_hold
from intake.consents.model import Consent
from intake.disclosures.questions import (
    Answered,
    AskedReason,
    DenyReason,
    ElementDecision,
    Question,
)
from intake.documents.in_force import current
from intake.partners.conditions import (
    PartnerReason,
    Recipient,
    needs_to_know,
    partner_class_of,
    standing_reasons,
)
from intake.partners.facts import PartnerFacts, load_facts
from intake.partners.model import PartnerClass
from intake.roster.model import Student

LARGEST_BATCH = 1000


class TooManyQuestions(ValueError):
    """More than LARGEST_BATCH in one call."""


@dataclass(frozen=True, slots=True)
class _Student:
    """Where a student is, and their answers, newest first."""

    school_id: str
    on_hold: bool
    answers: list[AnswerFacts]
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """What counts among a student's answers at a moment."""

    school_id: str
    reason: Reason
    consent: AnswerFacts | None
    has_left: bool


def decide_disclosures(
    session: Session, questions: Sequence[Question], *, reach: Reach, now: datetime, zone: ZoneInfo
) -> list[Answered]:
    """Decide for each question, in its order. Two queries, however many are asked.

    ``reach``: what lies outside is unknown. Records nothing: see record.py.
    Raises TooManyQuestions.
    """
    if len(questions) > LARGEST_BATCH:
        raise TooManyQuestions(f"at most {LARGEST_BATCH} decisions in one call")
    partners = {one.partner_id for one in questions if reach.has_partner(one.partner_id)}
    facts = load_facts(
        session,
        partner_ids=partners,
        person_ids={one.person_id for one in questions if one.partner_id in partners},
        roles={one.role for one in questions},
    )
    students = _students(session, {one.student_id for one in questions}, reach)
    return [
        _answer(one, students.get(one.student_id), facts, now=now, zone=zone) for one in questions
    ]


_ASKED = aliased(Student)
_STUDENTS = (
    select(
        _ASKED.id, Student.school_id, is_on_hold(Student.id), Student.left_on,
        Consent.id, Consent.version, Consent.state, Consent.unsettled, Consent.relationship_kind,
        Consent.signed_at, Consent.valid_until, Consent.rights_transfer_on, Consent.ended_at,
        Consent.elements, Consent.purposes, Consent.partner_classes,
    )
    # Whoever was merged is asked for by either id, and is one student.
    .join(Student, Student.id == func.coalesce(_ASKED.merged_into_id, _ASKED.id))
    .outerjoin(Consent, and_(Consent.student_id == Student.id, Consent.document == WAIVER))
    .where(_ASKED.id.in_(bindparam("students", expanding=True)))
    .order_by(_ASKED.id, Consent.signed_at.desc())
)  # fmt: skip


def _students(session: Session, student_ids: set[str], reach: Reach) -> dict[str, _Student]:
    """Those that exist within reach."""
    found: dict[str, _Student] = {}
    rows = session.execute(_STUDENTS, {"students": sorted(student_ids)})
    for student_id, school_id, on_hold, left_on, *columns in rows:
        if not reach.has_school(school_id):
            continue
        student = found.setdefault(student_id, _Student(school_id, bool(on_hold), [], left_on))
        if columns[0] is not None:
            student.answers.append(AnswerFacts(*columns))
    return found


def _answer(
    question: Question,
    student: _Student | None,
    facts: PartnerFacts,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Answered:
    at = question.moment(now)
    on = local_date(at, zone)
    standing = None
    if student is not None:
        reason, counting = standing_among(student.answers, on_hold=student.on_hold, on=on, at=at)
        has_left = student.left_on is not None and student.left_on <= on
        standing = _Standing(student.school_id, reason, counting, has_left)
    recipient = question.recipient
    timely = question.is_timely(now)
    against: list[DenyReason] = [
        *([] if timely else [AskedReason.AT_UNUSABLE]),
        *_consent_reasons(standing, question.purpose, partner_class_of(facts, recipient)),
        *standing_reasons(facts, recipient, standing.school_id if standing else None, on=on),
    ]
    elements = tuple(
        ElementDecision(element, (*against, *_element_reasons(standing, facts, recipient, element)))
        for element in dict.fromkeys(question.elements)
    )
    consent = standing.consent if standing else None
    return Answered(
        question,
        elements,
        consent_id=consent.id if consent else None,
        waiver_version=consent.version if consent else None,
        at=at,
    )


def _consent_reasons(
    standing: _Standing | None, purpose: str, partner_class: PartnerClass | None
) -> list[DenyReason]:
    """What of student and consent speaks against it, whatever the element."""
    found: list[DenyReason] = [] if purpose in _purposes() else [AskedReason.PURPOSE_UNKNOWN]
    if standing is None:
        return [*found, AskedReason.STUDENT_UNKNOWN]
    if standing.has_left:
        found.append(AskedReason.STUDENT_LEFT)
    consent = standing.consent
    if standing.reason is not Reason.CONSENTED or consent is None:
        return [*found, standing.reason]
    if partner_class is not None and partner_class not in consent.partner_classes:
        found.append(Reason.PARTNER_CLASS_NOT_COVERED)
    if purpose not in consent.purposes:
        found.append(AskedReason.PURPOSE_NOT_COVERED)
    return found


def _element_reasons(
    standing: _Standing | None, facts: PartnerFacts, recipient: Recipient, element: str
) -> list[DenyReason]:
    """What speaks against this one element."""
    found: list[DenyReason] = []
    if not any(element in elements for elements in _purposes().values()):
        found.append(AskedReason.ELEMENT_UNKNOWN)
    consent = standing.consent if standing and standing.reason is Reason.CONSENTED else None
    if consent is not None:
        named_for = purposes_of(consent.version).get(recipient.purpose, frozenset())
        if element not in consent.elements:
            found.append(Reason.ELEMENT_NOT_COVERED)
        elif element not in named_for:
            found.append(AskedReason.ELEMENT_NOT_FOR_PURPOSE)
    if not needs_to_know(facts, recipient, element):
        found.append(PartnerReason.NO_NEED_TO_KNOW)
    return found


def _purposes() -> Mapping[str, frozenset[str]]:
    """What the waiver in force names."""
    return purposes_of(current(WAIVER).version)
