"""The bodies of ``/api/v1/decisions``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from intake.consents.decide import Reason
from intake.disclosures.decide import LARGEST_BATCH
from intake.disclosures.questions import Answered, AskedReason, Question
from intake.partners.conditions import PartnerReason
from intake.web.api.shapes import Says, Schema

_WORD = r"[!-~]+"
"""Printable ASCII without spaces: what ids are made of."""
MOST_ELEMENTS = 64
OWN = "own:"
"""Before a client's own identifier, where our id could stand too."""


def _id(text: str) -> Says:
    return Says(text, pattern=_WORD, longest=64)


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """May this person be told these data elements of this student?"""

    student: Annotated[
        str, _id("Our id, as in published events (partitionkey); or own: and your identifier.")
    ]
    partner: Annotated[str, _id("The partner organisation's id.")]
    person: Annotated[str, _id("The id of the partner's person who wants to know.")]
    role: Annotated[str, _id("In which role, such as tutor.")]
    purpose: Annotated[str, _id("For which purpose of the waiver, such as academic_support.")]
    elements: Annotated[
        tuple[Annotated[str, _id("A data element of the waiver, such as grades.")], ...],
        Says("The data elements that are wanted.", longest=MOST_ELEMENTS),
    ]
    at: Annotated[
        datetime | None,
        Says(
            "As of when; default: now. Denied (at_unusable): more than 5 minutes ahead; with "
            "record also more than 5 ago."
        ),
    ] = None
    record: Annotated[
        bool, Says("Record the disclosure of what is permitted (34 CFR 99.32). Needs a key.")
    ] = False
    idempotency_key: Annotated[
        Annotated[str, Says("A key of your own.", pattern=r"[ -~]+", longest=100)] | None,
        Says("With record: a repeated call under the same key records nothing more."),
    ] = None

    @staticmethod
    def constraints() -> Schema:
        """Record and key come together, or neither does."""
        plain = {"record": {"const": False}, "idempotency_key": {"type": "null"}}
        recorded = {"record": {"const": True}, "idempotency_key": {"type": "string"}}
        return {
            "oneOf": [
                {"properties": plain},
                {"properties": recorded, "required": list(recorded)},
            ]
        }


@dataclass(frozen=True, slots=True)
class DecisionBatch:
    """Many questions in one call; the answers come in their order."""

    decisions: Annotated[tuple[DecisionRequest, ...], Says("The questions.", longest=LARGEST_BATCH)]


class Verdict(StrEnum):
    """The answer to one question."""

    PERMIT = "permit"
    DENY = "deny"


WhyNot = StrEnum(  # type: ignore[misc]
    "WhyNot",
    {
        reason.name: reason.value
        for kind in (AskedReason, PartnerReason, Reason)
        for reason in kind
        if reason is not Reason.CONSENTED
    },
)
"""Every reason of a denial."""


@dataclass(frozen=True, slots=True)
class ElementAnswer:
    """Whether one data element may be disclosed."""

    element: str
    decision: Verdict
    reasons: Annotated[
        tuple[WhyNot, ...], Says("Everything that speaks against it; empty with permit.")
    ]


@dataclass(frozen=True, slots=True)
class ConsentUsed:
    """The consent that was looked at, whatever its state, and the version of its waiver."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class DecisionAnswer:
    """The answer to one question; ``decision`` is permit only if every element is permitted."""

    student: str
    partner: str
    person: str
    role: str
    purpose: str
    at: datetime
    decision: Verdict
    elements: tuple[ElementAnswer, ...]
    consent: ConsentUsed | None
    disclosure: Annotated[
        str | None, Says("The id of the disclosure's record, where there is one.")
    ]


@dataclass(frozen=True, slots=True)
class DecisionAnswers:
    """The answers, in the order of the questions."""

    decisions: tuple[DecisionAnswer, ...]


def question_of(asked: DecisionRequest, own: Mapping[str, str]) -> Question:
    """In the domain's words. ``own``: our ids for the client's identifiers; the rest is unknown."""
    return Question(
        student_id=own.get(asked.student, asked.student),
        partner_id=asked.partner,
        person_id=asked.person,
        role=asked.role,
        purpose=asked.purpose,
        elements=asked.elements,
        at=asked.at,
        record_key=asked.idempotency_key if asked.record else None,
    )


def answer_of(asked: DecisionRequest, answered: Answered) -> DecisionAnswer:
    """In the API's words; the student is named as asked."""
    question = answered.question
    consent = None
    if answered.consent_id is not None and answered.waiver_version is not None:
        consent = ConsentUsed(answered.consent_id, answered.waiver_version)
    return DecisionAnswer(
        student=asked.student,
        partner=question.partner_id,
        person=question.person_id,
        role=question.role,
        purpose=question.purpose,
        at=answered.at,
        decision=_verdict(all(one.permit for one in answered.elements)),
        elements=tuple(
            ElementAnswer(
                one.element,
                _verdict(one.permit),
                tuple(WhyNot(reason.value) for reason in one.reasons),
            )
            for one in answered.elements
        ),
        consent=consent,
        disclosure=answered.disclosure_id,
    )


def _verdict(permit: bool) -> Verdict:
    return Verdict.PERMIT if permit else Verdict.DENY
