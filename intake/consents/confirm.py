"""Staff settle who signed, where the school's record did not know the contact."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.answer import activate, record_fact
from intake.consents.errors import NotEligibleToSign, NothingToConfirm, RevokedSince
from intake.consents.ledger import Actor
from intake.consents.model import Consent
from intake.consents.revoke import latest_refusal, latest_revocation, withdraw_after_refusal
from intake.consents.states import ActorKind, ConsentState, EventKind


class ConfirmationMethod(StrEnum):
    """How staff know who signed."""

    CALLED_NUMBER_ON_RECORD = "called_number_on_record"
    SAW_IDENTITY_DOCUMENT = "saw_identity_document"
    KNOWS_THE_PERSON = "knows_the_person"


def confirm_signer(
    session: Session,
    consent_id: str,
    *,
    staff_id: str,
    method: ConfirmationMethod,
    due_at: datetime,
    at: datetime,
    today: date,
) -> Consent:
    """Say who signed: a waiting yes comes into force, a no withdraws what was in force.

    Which student a family meant is said before: see ``intake/matching/confirming.py``.
    Raises NothingToConfirm, RevokedSince, NotEligibleToSign.
    """
    ledger.hold(session)
    consent = _unsettled(session, consent_id)
    actor = Actor(ActorKind.STAFF, staff_id)
    if consent.granted:
        _check_still_stands(session, consent, today=today)
        activate(session, consent, actor=actor, at=at, method=method.value)
        return consent
    consent.unsettled = False
    record_fact(
        session, consent, EventKind.REFUSAL_CONFIRMED, actor=actor, at=at, method=method.value
    )
    withdraw_after_refusal(session, consent, due_at=due_at, at=at, actor=actor)
    return consent


def reject_signer(session: Session, consent_id: str, *, staff_id: str, at: datetime) -> Consent:
    """Say that it could not be confirmed who signed: the answer has no effect.

    Raises NothingToConfirm.
    """
    ledger.hold(session)
    consent = _unsettled(session, consent_id)
    consent.unsettled = False
    # A decline keeps its state, but with an end it no longer counts as a refusal.
    consent.ended_at = at
    if consent.granted:
        consent.state = ConsentState.EXPIRED
    actor = Actor(ActorKind.STAFF, staff_id)
    record_fact(session, consent, EventKind.NOT_CONFIRMED, actor=actor, at=at)
    return consent


def _unsettled(session: Session, consent_id: str) -> Consent:
    consent = session.get(Consent, consent_id, with_for_update=True)
    if consent is None or not consent.unsettled:
        raise NothingToConfirm
    return consent


def _check_still_stands(session: Session, consent: Consent, *, today: date) -> None:
    """A no that came later, from anybody entitled, or the 18th birthday ends a waiting yes."""
    is_adult = today >= consent.rights_transfer_on
    if is_adult != (consent.relationship_kind is Relationship.ELIGIBLE_STUDENT):
        raise NotEligibleToSign
    revocation = latest_revocation(session, consent.student_id)
    if revocation is not None and revocation.signed_at >= consent.signed_at:
        raise RevokedSince
    refusal = latest_refusal(session, consent.student_id)
    if refusal is not None and refusal.signed_at >= consent.signed_at:
        raise RevokedSince
