"""Taking consent back, in writing (34 CFR 99.30; the programme's promise to families)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.errors import AlreadyRevoked, NotEntitled, NothingToRevoke
from intake.consents.ledger import SIGNER, Actor
from intake.consents.model import Consent, Revocation
from intake.consents.narrow import Part, check_part, part_of, without
from intake.consents.states import Channel, ConsentState, EventKind, RevocationBasis
from intake.consents.tokens import new_receipt_code, receipt_key
from intake.db.base import new_id

REVOCABLE = (ConsentState.ACTIVE, ConsentState.PENDING_VERIFICATION)


@dataclass(frozen=True, slots=True)
class RevocationLetter:
    """A signed letter that takes back every consent for a student, or a part of each."""

    id: str
    student_id: str
    signer_name: str
    relationship: Relationship
    contact: str | None
    """Where to tell the family that it is done: ``kind:value``."""
    version: str
    language: str
    text_sha256: str
    channel: Channel
    signed_at: datetime
    signed_on: date
    due_at: datetime
    receipt_code: str
    document_sha256: str
    signing_id: str | None
    part: Part | None = None
    """Nothing: everything is taken back."""


def check_may_revoke(
    session: Session, student_id: str, by: Relationship, *, on: date, part: Part | None = None
) -> None:
    """Whether there is something to take back, and this person may: either parent, or from 18 on
    only the student.

    Raises NothingToRevoke, AlreadyRevoked, NotEntitled; for a part also NotRevocableInPart,
    NothingOfThisToRevoke.
    """
    consents = revocable(session, student_id)
    if not consents:
        latest = latest_revocation(session, student_id)
        if latest is None:
            raise NothingToRevoke
        raise AlreadyRevoked(latest.id, latest.signed_at)
    is_adult = on >= consents[0].rights_transfer_on
    if is_adult != (by is Relationship.ELIGIBLE_STUDENT):
        raise NotEntitled
    if part is not None:
        check_part(consents, part)


def revoke(
    session: Session,
    letter: RevocationLetter,
    *,
    actor: Actor = SIGNER,
    details: Mapping[str, str] | None = None,
) -> Revocation:
    """Withdraw every consent for the student, or a part; decisions deny it from this moment on.

    ``actor`` is a member of staff who records a letter; ``details`` then say how it came.
    A second call for the same signing session returns the first one's revocation.
    Raises what ``check_may_revoke`` raises.
    """
    ledger.hold(session)
    earlier = _revocation_of(session, letter.signing_id)
    if earlier is not None:
        return earlier
    check_may_revoke(
        session, letter.student_id, letter.relationship, on=letter.signed_on, part=letter.part
    )
    revocation = Revocation(
        id=letter.id,
        student_id=letter.student_id,
        signing_id=letter.signing_id,
        basis=RevocationBasis.LETTER,
        version=letter.version,
        language=letter.language,
        text_sha256=letter.text_sha256,
        channel=letter.channel,
        relationship_kind=letter.relationship,
        signer_name=letter.signer_name,
        contact=letter.contact,
        signed_at=letter.signed_at,
        due_at=letter.due_at,
        receipt_key=receipt_key(session, letter.receipt_code),
        receipt_code=letter.receipt_code,
        document_sha256=letter.document_sha256,
        elements=list(letter.part.elements) if letter.part else None,
        partner_classes=list(letter.part.partner_classes) if letter.part else None,
    )
    withdraw(session, revocation, actor=actor, at=letter.signed_at, details=details)
    return revocation


def withdraw_after_refusal(
    session: Session,
    refusal: Consent,
    *,
    due_at: datetime,
    at: datetime,
    actor: Actor = SIGNER,
) -> Revocation | None:
    """A no from an entitled person ends what was in force: in doubt, deny.

    Nothing happens when nothing is in force. The refusal's own sealed document is the evidence.
    """
    if not revocable(session, refusal.student_id):
        return None
    revocation = resting_on(session, refusal, RevocationBasis.LATER_REFUSAL, due_at=due_at, at=at)
    withdraw(session, revocation, actor=actor, at=at)
    return revocation


def resting_on(
    session: Session,
    signed: Consent | Revocation,
    basis: RevocationBasis,
    *,
    due_at: datetime,
    at: datetime,
) -> Revocation:
    """A revocation for which nothing new is signed: its evidence is what was ``signed`` before."""
    code = new_receipt_code()
    return Revocation(
        id=new_id(),
        student_id=signed.student_id,
        signing_id=None,
        basis=basis,
        version=signed.version,
        language=signed.language,
        text_sha256=signed.text_sha256,
        channel=signed.channel,
        relationship_kind=signed.relationship_kind,
        signer_name=signed.signer_name,
        contact=signed.contact,
        signed_at=at,
        due_at=due_at,
        receipt_key=receipt_key(session, code),
        receipt_code=code,
        document_sha256=signed.document_sha256,
    )


def revocable(session: Session, student_id: str) -> list[Consent]:
    """The student's consents in force or waiting, oldest first."""
    query = (
        select(Consent)
        .where(Consent.student_id == student_id, Consent.state.in_(REVOCABLE))
        .order_by(Consent.signed_at)
    )
    return list(session.scalars(query))


def latest_revocation(session: Session, student_id: str) -> Revocation | None:
    """The student's newest revocation of everything."""
    query = (
        select(Revocation)
        .where(Revocation.student_id == student_id, Revocation.elements.is_(null()))
        .order_by(Revocation.signed_at.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def latest_refusal(session: Session, student_id: str) -> Consent | None:
    """The student's newest no that counts: staff know whose it is, and it has not been ended."""
    query = (
        select(Consent)
        .where(
            Consent.student_id == student_id,
            Consent.state == ConsentState.DECLINED,
            Consent.unsettled.is_(False),
            Consent.ended_at.is_(None),
        )
        .order_by(Consent.signed_at.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def withdraw(
    session: Session,
    revocation: Revocation,
    *,
    actor: Actor,
    at: datetime,
    details: Mapping[str, str] | None = None,
) -> None:
    """End whatever the student has in force or waiting, and record why."""
    session.add(revocation)
    session.flush()
    for consent in revocable(session, revocation.student_id):
        if revocation.is_partial:
            _take_part(session, consent, revocation, actor=actor, at=at)
        else:
            _take_all(session, consent, revocation, actor=actor, at=at)
    data = {
        "signing": revocation.signing_id,
        "basis": revocation.basis.value,
        "version": revocation.version,
        "language": revocation.language,
        "text_sha256": revocation.text_sha256,
        "channel": revocation.channel.value,
        "relationship": revocation.relationship_kind.value,
        "due_at": revocation.due_at.isoformat(),
        "receipt_key": revocation.receipt_key,
        "document_sha256": revocation.document_sha256,
        "elements": revocation.elements,
        "partner_classes": revocation.partner_classes,
        **(details or {}),
    }
    ledger.record(
        session,
        EventKind.REVOCATION_RECORDED,
        at=at,
        actor=actor,
        student_id=revocation.student_id,
        revocation_id=revocation.id,
        data=data,
    )


def _take_all(
    session: Session, consent: Consent, revocation: Revocation, *, actor: Actor, at: datetime
) -> None:
    consent.state = ConsentState.REVOKED
    consent.unsettled = False
    consent.ended_at = at
    consent.revocation_id = revocation.id
    ledger.record(
        session,
        EventKind.REVOKED,
        at=at,
        actor=actor,
        student_id=consent.student_id,
        consent_id=consent.id,
        revocation_id=revocation.id,
        data={"basis": revocation.basis.value},
    )


def _take_part(
    session: Session, consent: Consent, revocation: Revocation, *, actor: Actor, at: datetime
) -> None:
    left = without(consent, part_of(revocation))
    if left is None:
        _take_all(session, consent, revocation, actor=actor, at=at)
        return
    consent.elements = left.elements
    consent.purposes = left.purposes
    consent.partner_classes = left.partner_classes
    ledger.record(
        session,
        EventKind.NARROWED,
        at=at,
        actor=actor,
        student_id=consent.student_id,
        consent_id=consent.id,
        revocation_id=revocation.id,
        data={
            "basis": revocation.basis.value,
            "elements": left.elements,
            "purposes": left.purposes,
            "partner_classes": left.partner_classes,
        },
    )


def _revocation_of(session: Session, signing_id: str | None) -> Revocation | None:
    if signing_id is None:
        return None
    query = select(Revocation).where(Revocation.signing_id == signing_id)
    return session.scalars(query).one_or_none()
