"""Signing a waiver: the answer is yes (a consent) or no (a decline)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from forms.document import DocumentText
from intake.consents import ledger
from intake.consents.dates import eighteenth_birthday, is_adult
from intake.consents.errors import AlreadyAnswered, StudentIsAdult, StudentTooYoung
from intake.consents.ledger import SIGNER, Actor
from intake.consents.model import Consent, Invitation
from intake.consents.revoke import withdraw_after_refusal
from intake.consents.states import Assurance, Channel, ConsentState, EventKind
from intake.consents.tokens import receipt_key
from intake.roster.keys import stored_contact_key


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, and how we know."""

    name: str
    relationship: Relationship
    assurance: Assurance
    contact: str | None
    """``kind:value`` of the contact that a one-time code reached."""


@dataclass(frozen=True, slots=True)
class SignedText:
    """What was signed: 34 CFR 99.30(b) wants records, purpose and parties named."""

    document: str
    version: str
    language: str
    sha256: str
    elements: tuple[str, ...]
    purposes: tuple[str, ...]
    partner_classes: tuple[str, ...]

    @classmethod
    def of(cls, text: DocumentText) -> "SignedText":
        """All that a waiver names, as it was shown."""
        return cls(
            document=text.name,
            version=text.version,
            language=text.language,
            sha256=text.sha256,
            elements=text.element_ids,
            purposes=text.purpose_ids,
            partner_classes=text.partner_class_ids,
        )


@dataclass(frozen=True, slots=True)
class WaiverAnswer:
    """A waiver with its answer, ready to be recorded. ``id`` becomes the consent's."""

    id: str
    student_id: str
    birth_date: date
    signer: Signer
    text: SignedText
    granted: bool
    channel: Channel
    signed_at: datetime
    signed_on: date
    """The same moment's day in the school's zone."""
    valid_until: date
    receipt_code: str
    document_sha256: str
    signing_id: str | None
    invitation_id: str | None


def check_eligible(relationship: Relationship, birth_date: date, *, on: date) -> None:
    """Before 18 a parent or guardian signs, from 18 on the student (34 CFR 99.3, 99.5(a)).

    Raises StudentTooYoung, StudentIsAdult.
    """
    if is_adult(birth_date, on):
        if relationship is not Relationship.ELIGIBLE_STUDENT:
            raise StudentIsAdult
    elif relationship is Relationship.ELIGIBLE_STUDENT:
        raise StudentTooYoung


def record_answer(
    session: Session,
    answer: WaiverAnswer,
    *,
    due_at: datetime,
    actor: Actor = SIGNER,
    details: Mapping[str, str] | None = None,
) -> Consent:
    """Write a waiver's answer: one consent per signing session, one answer per invitation.

    ``actor`` is a member of staff who records what somebody said or wrote; ``details`` then say
    how they know, on the ledger.

    A second call for the same signing session returns the first one's consent (double tap).
    A yes from a contact on record is active at once and supersedes what was signed before; any
    other yes waits for staff. A no from a contact on record withdraws what was in force
    (``due_at``: until when sharing systems must have hidden the identity).

    Raises AlreadyAnswered, StudentTooYoung, StudentIsAdult.
    """
    ledger.hold(session)
    earlier = _consent_of(session, answer.signing_id)
    if earlier is not None:
        return earlier
    check_eligible(answer.signer.relationship, answer.birth_date, on=answer.signed_on)
    _answer_invitation(session, answer)
    consent = _new_consent(session, answer)
    session.add(consent)
    session.flush()
    at, told = answer.signed_at, dict(details or {})
    if not answer.granted:
        record_fact(session, consent, EventKind.DECLINED, actor=actor, at=at, **told)
        if not consent.unsettled:
            withdraw_after_refusal(session, consent, due_at=due_at, at=at, actor=actor)
    elif consent.unsettled:
        record_fact(session, consent, EventKind.SIGNED, actor=actor, at=at, **told)
    else:
        activate(session, consent, actor=actor, at=at, **told)
    return consent


def activate(
    session: Session, consent: Consent, *, actor: Actor, at: datetime, **details: str
) -> None:
    """Put a consent in force; it supersedes those signed before it for the same student.

    Where a newer signature is in force already, this one is superseded by it instead.
    """
    others = _in_force(session, consent)
    newer = [other for other in others if other.signed_at > consent.signed_at]
    if newer:
        supersede(session, consent, by=newer[-1], actor=actor, at=at)
        return
    for older in others:
        supersede(session, older, by=consent, actor=actor, at=at)
    consent.state = ConsentState.ACTIVE
    consent.unsettled = False
    record_fact(session, consent, EventKind.ACTIVATED, actor=actor, at=at, **details)


def record_fact(
    session: Session,
    consent: Consent,
    kind: EventKind,
    *,
    actor: Actor,
    at: datetime,
    **details: str,
) -> None:
    """Append an entry that carries the whole consent, without who the people are."""
    ledger.record(
        session,
        kind,
        at=at,
        actor=actor,
        student_id=consent.student_id,
        consent_id=consent.id,
        data={**facts(consent), **details},
    )


def facts(consent: Consent) -> dict[str, object]:
    """What the ledger keeps of a consent: everything but who the people are."""
    return {
        "signing": consent.signing_id,
        "document": consent.document,
        "version": consent.version,
        "language": consent.language,
        "text_sha256": consent.text_sha256,
        "elements": consent.elements,
        "purposes": consent.purposes,
        "partner_classes": consent.partner_classes,
        "granted": consent.granted,
        "assurance": consent.assurance.value,
        "unsettled": consent.unsettled,
        "channel": consent.channel.value,
        "relationship": consent.relationship_kind.value,
        "signed_at": consent.signed_at.isoformat(),
        "valid_until": consent.valid_until.isoformat(),
        "receipt_key": consent.receipt_key,
        "document_sha256": consent.document_sha256,
    }


def supersede(
    session: Session, consent: Consent, *, by: Consent, actor: Actor, at: datetime
) -> None:
    """End a consent in whose place a newer one stands."""
    consent.state = ConsentState.SUPERSEDED
    consent.unsettled = False
    consent.ended_at = at
    ledger.record(
        session,
        EventKind.SUPERSEDED,
        at=at,
        actor=actor,
        student_id=consent.student_id,
        consent_id=consent.id,
        data={"superseded_by": by.id},
    )


def _consent_of(session: Session, signing_id: str | None) -> Consent | None:
    if signing_id is None:
        return None
    return session.scalars(select(Consent).where(Consent.signing_id == signing_id)).one_or_none()


def _answer_invitation(session: Session, answer: WaiverAnswer) -> None:
    if answer.invitation_id is None:
        return
    invitation = session.get_one(Invitation, answer.invitation_id, with_for_update=True)
    if invitation.answered_by_id is not None:
        raise AlreadyAnswered(invitation.answered_by_id)
    invitation.answered_by_id = answer.id


def _new_consent(session: Session, answer: WaiverAnswer) -> Consent:
    signer = answer.signer
    unsettled = signer.assurance is Assurance.SELF_ASSERTED
    waiting = ConsentState.PENDING_VERIFICATION if unsettled else ConsentState.ACTIVE
    contact_key = stored_contact_key(session, signer.contact) if signer.contact else None
    return Consent(
        id=answer.id,
        student_id=answer.student_id,
        signing_id=answer.signing_id,
        document=answer.text.document,
        version=answer.text.version,
        language=answer.text.language,
        text_sha256=answer.text.sha256,
        elements=list(answer.text.elements),
        purposes=list(answer.text.purposes),
        partner_classes=list(answer.text.partner_classes),
        granted=answer.granted,
        state=waiting if answer.granted else ConsentState.DECLINED,
        assurance=signer.assurance,
        unsettled=unsettled,
        channel=answer.channel,
        relationship_kind=signer.relationship,
        signer_name=signer.name,
        contact=signer.contact,
        contact_key=contact_key,
        signed_at=answer.signed_at,
        valid_until=answer.valid_until,
        rights_transfer_on=eighteenth_birthday(answer.birth_date),
        receipt_key=receipt_key(session, answer.receipt_code),
        receipt_code=answer.receipt_code,
        document_sha256=answer.document_sha256,
    )


def _in_force(session: Session, consent: Consent) -> list[Consent]:
    query = (
        select(Consent)
        .where(
            Consent.student_id == consent.student_id,
            Consent.document == consent.document,
            Consent.state == ConsentState.ACTIVE,
            Consent.id != consent.id,
        )
        .order_by(Consent.signed_at)
    )
    return list(session.scalars(query))
