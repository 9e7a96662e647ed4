"""The partner's conditions of a disclosure: agreement, training, school, need to know.

Each is read off its dates on the day: nothing has to run for a lapse to deny.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from intake.partners.facts import PartnerFacts, Span
from intake.partners.model import PartnerClass


class PartnerReason(StrEnum):
    """Why a partner's person may not be told."""

    PARTNER_UNKNOWN = "partner_unknown"
    PERSON_UNKNOWN = "person_unknown"
    """Nobody has this id, or they work for another partner."""
    ROLE_UNKNOWN = "role_unknown"
    """Nobody has said what this role needs to know."""
    AGREEMENT_MISSING = "agreement_missing"
    AGREEMENT_EXPIRED = "agreement_expired"
    TRAINING_MISSING = "training_missing"
    TRAINING_EXPIRED = "training_expired"
    NOT_AT_SCHOOL = "not_at_school"
    """Neither the partner nor the person has been assigned to the student's school."""
    ASSIGNMENT_ENDED = "assignment_ended"
    ROLE_NOT_HELD = "role_not_held"
    NO_NEED_TO_KNOW = "no_need_to_know"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would be told, as what, and why."""

    partner_id: str
    person_id: str
    role: str
    purpose: str


def partner_class_of(facts: PartnerFacts, recipient: Recipient) -> PartnerClass | None:
    """The class of parties that the consent must name; none for an unknown partner."""
    return facts.classes.get(recipient.partner_id)


def standing_reasons(
    facts: PartnerFacts, recipient: Recipient, school_id: str | None, *, on: date
) -> list[PartnerReason]:
    """Everything that speaks against this recipient, whatever the element; empty when nothing does.

    ``school_id``: the student's; without one nobody works there.
    """
    if recipient.partner_id not in facts.classes:
        return [PartnerReason.PARTNER_UNKNOWN]
    reasons = _lapse(
        facts.agreements.get(recipient.partner_id, ()),
        on,
        missing=PartnerReason.AGREEMENT_MISSING,
        lapsed=PartnerReason.AGREEMENT_EXPIRED,
    )
    if facts.employers.get(recipient.person_id) != recipient.partner_id:
        return [*reasons, PartnerReason.PERSON_UNKNOWN]
    reasons += _lapse(
        facts.trainings.get(recipient.person_id, ()),
        on,
        missing=PartnerReason.TRAINING_MISSING,
        lapsed=PartnerReason.TRAINING_EXPIRED,
    )
    reasons += _lapse(
        _assigned(facts, recipient, school_id),
        on,
        missing=PartnerReason.NOT_AT_SCHOOL,
        lapsed=PartnerReason.ASSIGNMENT_ENDED,
    )
    held = facts.roles.get((recipient.person_id, recipient.role), ())
    if not any(span.covers(on) for span in held):
        reasons.append(PartnerReason.ROLE_NOT_HELD)
    if facts.needs_of(recipient.role) is None:
        reasons.append(PartnerReason.ROLE_UNKNOWN)
    return reasons


def needs_to_know(facts: PartnerFacts, recipient: Recipient, element: str) -> bool:
    """Whether the role needs this element for this purpose."""
    needs = facts.needs_of(recipient.role) or {}
    return element in needs.get(recipient.purpose, ())


def _assigned(facts: PartnerFacts, recipient: Recipient, school_id: str | None) -> list[Span]:
    found = facts.assignments.get((recipient.partner_id, school_id or ""), ())
    return [one.span for one in found if one.person_id in {None, recipient.person_id}]


def _lapse(
    spans: Sequence[Span], on: date, *, missing: PartnerReason, lapsed: PartnerReason
) -> list[PartnerReason]:
    """Nothing when one counts on the day; ``lapsed`` when one did before, else ``missing``."""
    if any(span.covers(on) for span in spans):
        return []
    return [lapsed if any(span.first <= on for span in spans) else missing]
