"""The consent's part of a decision: may this element be shared with this class of partner now?

The partner's own conditions (agreement, training, school, need to know) come on top of it; a
``permit`` here alone never permits a disclosure.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.document import UnknownDocument, load
from intake.consents.dates import has_left
from intake.consents.holds import is_on_hold
from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.roster.model import Student

WAIVER = "ferpa_waiver"


class Reason(StrEnum):
    """Why a decision is what it is; the first that applies."""

    CONSENTED = "consented"
    NO_CONSENT = "no_consent"
    PENDING_VERIFICATION = "pending_verification"
    DECLINED = "declined"
    ON_HOLD = "on_hold"
    """A paper or reply that may be a revocation or refusal waits for a person: in doubt, deny."""
    UNSETTLED_REFUSAL = "unsettled_refusal"
    """Somebody said no, and staff have not yet settled who: in doubt, deny."""
    REVOKED = "revoked"
    EXPIRED = "expired"
    RIGHTS_TRANSFERRED = "rights_transferred"
    SUPERSEDED = "superseded"
    ELEMENT_NOT_COVERED = "element_not_covered"
    PARTNER_CLASS_NOT_COVERED = "partner_class_not_covered"


@dataclass(frozen=True, slots=True)
class Decision:
    """Permit or deny for one data element."""

    element: str
    permit: bool
    reason: Reason
    consent_id: str | None


def decide(
    session: Session,
    student_id: str,
    *,
    elements: Sequence[str],
    partner_class: str,
    on: date,
) -> list[Decision]:
    """Decide for each element, from the newest answers and the calendar."""
    reason, consent = standing(session, student_id, on=on)
    return [_decide_element(element, partner_class, reason, consent) for element in elements]


def standing(session: Session, student_id: str, *, on: date) -> "tuple[Reason, Answer | None]":
    """Where permission stands for a student, and the answer that says so.

    ``on`` is today in the school's zone: an expired or outgrown consent denies even before the
    worker has written so.
    """
    query = (
        select(Consent, is_on_hold(student_id), Student.left_on)
        .join(Student, Student.id == Consent.student_id)
        .where(Consent.student_id == student_id, Consent.document == WAIVER)
        .order_by(Consent.signed_at.desc())
    )
    rows = session.execute(query).all()
    reason, consent = _standing([row[0] for row in rows], on)
    if reason is Reason.CONSENTED and any(row[1] for row in rows):
        reason = Reason.ON_HOLD
    if reason is Reason.CONSENTED and any(has_left(row[2], on) for row in rows):
        reason = Reason.EXPIRED
    return reason, consent


def state_on(consent: "Answer", on: date) -> ConsentState:
    """The state on a day: dates count, whether or not the worker has written them down.

    Where both dates have passed, the earlier one ended it.
    """
    if consent.state not in {ConsentState.ACTIVE, ConsentState.PENDING_VERIFICATION}:
        return consent.state
    by_parent = consent.relationship_kind is not Relationship.ELIGIBLE_STUDENT
    if by_parent and consent.rights_transfer_on <= min(on, consent.valid_until):
        return ConsentState.RIGHTS_TRANSFERRED
    return ConsentState.EXPIRED if on > consent.valid_until else consent.state


_REASONS = {
    ConsentState.ACTIVE: Reason.CONSENTED,
    ConsentState.PENDING_VERIFICATION: Reason.PENDING_VERIFICATION,
    ConsentState.DECLINED: Reason.DECLINED,
    ConsentState.REVOKED: Reason.REVOKED,
    ConsentState.EXPIRED: Reason.EXPIRED,
    ConsentState.SUPERSEDED: Reason.SUPERSEDED,
    ConsentState.RIGHTS_TRANSFERRED: Reason.RIGHTS_TRANSFERRED,
}


def _standing(consents: "Sequence[Answer]", on: date) -> "tuple[Reason, Answer | None]":
    """What counts among a student's consents, newest first."""
    for consent in consents:
        if consent.state is ConsentState.DECLINED and consent.unsettled:
            return Reason.UNSETTLED_REFUSAL, consent
        if state_on(consent, on) is ConsentState.ACTIVE:
            return Reason.CONSENTED, consent
    for consent in consents:
        if not _is_void(consent):
            return _REASONS[state_on(consent, on)], consent
    return Reason.NO_CONSENT, None


def _is_void(consent: "Answer") -> bool:
    """A decline whose signer could not be confirmed says nothing."""
    return consent.state is ConsentState.DECLINED and consent.ended_at is not None


def _decide_element(
    element: str, partner_class: str, reason: Reason, consent: "Answer | None"
) -> Decision:
    consent_id = consent.id if consent else None
    if consent is None or reason is not Reason.CONSENTED:
        return Decision(element, False, reason, consent_id)
    if partner_class not in consent.partner_classes:
        return Decision(element, False, Reason.PARTNER_CLASS_NOT_COVERED, consent_id)
    if element not in consent.elements:
        return Decision(element, False, Reason.ELEMENT_NOT_COVERED, consent_id)
    return Decision(element, True, reason, consent_id)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What of a consent decides; read in bulk, without the people. Fields are the columns."""

    id: str
    version: str
    state: ConsentState
    unsettled: bool
    relationship_kind: Relationship
    signed_at: datetime
    valid_until: date
    rights_transfer_on: date
    ended_at: datetime | None
    elements: list[str]
    purposes: list[str]
    partner_classes: list[str]


Answer = Consent | AnswerFacts


def standing_among(
    answers: Sequence[AnswerFacts], *, on_hold: bool, on: date, at: datetime
) -> tuple[Reason, AnswerFacts | None]:
    """What counts among a student's answers (newest first) at a moment, ``on`` its day.

    A yes signed after that moment says nothing about it; a no, or a hold, does.
    """
    counting = [
        answer
        for answer in answers
        if answer.signed_at <= at or answer.state is not ConsentState.ACTIVE
    ]
    reason, found = _standing(counting, on)
    if on_hold and reason is Reason.CONSENTED:
        reason = Reason.ON_HOLD
    return reason, found if isinstance(found, AnswerFacts) else None


@functools.cache
def purposes_of(version: str) -> Mapping[str, frozenset[str]]:
    """The data elements for each purpose, as this version of the waiver states them.

    34 CFR 99.30(b)(1) and (2): the records and the purpose are consented to together. Empty for
    a version that is not here: then nothing is covered.
    """
    try:
        groups = load(WAIVER, version).structure.element_groups
    except UnknownDocument:
        return MappingProxyType({})
    return MappingProxyType({group.id: frozenset(group.elements) for group in groups})
