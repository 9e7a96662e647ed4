"""The decision: all four conditions of the programme, for each data element.

1. an active consent covers the element, its purpose and the partner's class (34 CFR 99.30);
2. the partner's agreement and the person's training are in force;
3. the partner works at the student's school;
4. the person's role needs to know the element for the purpose.

Whatever is unknown denies. All is computed from dates: no job has to have run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from intake.accounts.api_clients import Reach
from intake.clock import local_date
from intake.consents.dates import has_left
from intake.consents.decide import WAIVER, AnswerFacts, Reason, purposes_of, standing_among
from intake.disclosures.on_record import StudentFacts, read_record
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
from intake.partners.facts import PartnerFacts
from intake.partners.model import PartnerClass

LARGEST_BATCH = 1000


class TooManyQuestions(ValueError):
    """More than LARGEST_BATCH in one call."""


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
    """Decide for each question, in its order. One query, however many are asked.

    ``reach``: what lies outside is unknown. Records nothing: see record.py.
    Raises TooManyQuestions.
    """
    if len(questions) > LARGEST_BATCH:
        raise TooManyQuestions(f"at most {LARGEST_BATCH} decisions in one call")
    found = read_record(session, questions, reach)
    return [
        _answer(one, found.students.get(one.student_id), found.partners, now=now, zone=zone)
        for one in questions
    ]


def _answer(
    question: Question,
    student: StudentFacts | None,
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
        is_gone = has_left(student.left_on, on)
        standing = _Standing(student.school_id, reason, counting, is_gone)
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
