"""The current state as the ledger tells it: to check the tables, and to rebuild them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from forms.choices import Relationship
from intake.consents.holds import rebuild_holds
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent
from intake.consents.states import Assurance, Channel, ConsentState, EventKind

_BATCH = 500
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What altered events raise: values that are none, facts that are missing."""
_WITH_FACTS = {
    EventKind.SIGNED,
    EventKind.ACTIVATED,
    EventKind.DECLINED,
    EventKind.REFUSAL_CONFIRMED,
    EventKind.NOT_CONFIRMED,
}
_ENDINGS = {
    EventKind.REVOKED: ConsentState.REVOKED,
    EventKind.EXPIRED: ConsentState.EXPIRED,
    EventKind.SUPERSEDED: ConsentState.SUPERSEDED,
    EventKind.RIGHTS_TRANSFERRED: ConsentState.RIGHTS_TRANSFERRED,
}


@dataclass(slots=True)
class Projected:
    """Everything of a consent that isn't personal; field names are the table's columns."""

    student_id: str
    signing_id: str | None
    document: str
    version: str
    language: str
    text_sha256: str
    elements: list[str]
    purposes: list[str]
    partner_classes: list[str]
    granted: bool
    state: ConsentState
    assurance: Assurance
    unsettled: bool
    channel: Channel
    relationship_kind: Relationship
    signed_at: datetime
    valid_until: date
    ended_at: datetime | None
    receipt_key: str
    document_sha256: str
    revocation_id: str | None


def project(events: Iterable[LedgerEvent]) -> Projected | None:
    """Fold one consent's events, in order, into its state; nothing when there are none."""
    consent: Projected | None = None
    for event in events:
        if event.kind in _WITH_FACTS:
            consent = _with_facts(event, consent)
        elif consent is not None and event.kind is EventKind.NARROWED:
            _narrow(consent, event)
        elif consent is not None and event.kind in _ENDINGS:
            consent.state = _ENDINGS[event.kind]
            consent.unsettled = False
            consent.ended_at = event.at
            consent.revocation_id = event.revocation_id or consent.revocation_id
        elif consent is not None and event.kind is EventKind.MOVED:
            consent.student_id = event.student_id
    return consent


def _narrow(consent: Projected, event: LedgerEvent) -> None:
    left = event.values()
    consent.elements = left["elements"]
    consent.purposes = left["purposes"]
    consent.partner_classes = left["partner_classes"]


def _with_facts(event: LedgerEvent, before: Projected | None) -> Projected:
    facts: dict[str, Any] = event.values()
    granted = bool(facts["granted"])
    state = ConsentState.DECLINED
    if granted:
        state = {
            EventKind.SIGNED: ConsentState.PENDING_VERIFICATION,
            EventKind.ACTIVATED: ConsentState.ACTIVE,
            EventKind.NOT_CONFIRMED: ConsentState.EXPIRED,
        }[event.kind]
    return Projected(
        student_id=event.student_id,
        signing_id=facts["signing"],
        document=facts["document"],
        version=facts["version"],
        language=facts["language"],
        text_sha256=facts["text_sha256"],
        elements=facts["elements"],
        purposes=facts["purposes"],
        partner_classes=facts["partner_classes"],
        granted=granted,
        state=state,
        assurance=Assurance(facts["assurance"]),
        unsettled=facts["unsettled"],
        channel=Channel(facts["channel"]),
        relationship_kind=Relationship(facts["relationship"]),
        signed_at=datetime.fromisoformat(facts["signed_at"]),
        valid_until=date.fromisoformat(facts["valid_until"]),
        ended_at=event.at if event.kind is EventKind.NOT_CONFIRMED else None,
        receipt_key=facts["receipt_key"],
        document_sha256=facts["document_sha256"],
        revocation_id=before.revocation_id if before else None,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A consent whose row does not say what the ledger says."""

    consent_id: str
    message: str


def differences(session: Session) -> Iterator[Difference]:
    """Compare every consent with the ledger. Memory stays flat.

    A consent that only the ledger knows (its row was deleted) is found as well.
    """
    for rows in _batches(session):
        truth, unreadable = _projected(session, [row.id for row in rows])
        for row in rows:
            if row.id in unreadable:
                yield Difference(row.id, f"consent {row.id}: its events can't be read")
                continue
            told = truth.get(row.id)
            if told is None:
                yield Difference(row.id, f"consent {row.id} is not in the ledger")
                continue
            wrong = [f.name for f in fields(told) if getattr(row, f.name) != getattr(told, f.name)]
            if wrong:
                yield Difference(
                    row.id, f"consent {row.id} differs from the ledger in: {', '.join(wrong)}"
                )
        session.expunge_all()
    gone = (
        select(LedgerEvent.consent_id)
        .where(LedgerEvent.consent_id.is_not(None), ~LedgerEvent.consent_id.in_(select(Consent.id)))
        .distinct()
    )
    for consent_id in session.scalars(gone):
        yield Difference(consent_id or "", f"consent {consent_id} was deleted; the ledger has it")


def rebuild(session: Session) -> int:
    """Write every consent's state, and every hold, anew from the ledger; how many rows changed.

    What isn't in the ledger, who the people are, stays as it is.
    """
    changed = 0
    for rows in _batches(session):
        truth, _ = _projected(session, [row.id for row in rows])
        for row in rows:
            told = truth.get(row.id)
            if told is None:
                continue
            for field in fields(told):
                if getattr(row, field.name) != getattr(told, field.name):
                    setattr(row, field.name, getattr(told, field.name))
            changed += session.is_modified(row)
        session.flush()
        session.expunge_all()
    return changed + rebuild_holds(session)


def _batches(session: Session) -> Iterator[Sequence[Consent]]:
    last = ""
    while True:
        # Only what the ledger knows too: who the people are is encrypted, and is read elsewhere.
        query = (
            select(Consent)
            .options(load_only(*(getattr(Consent, field.name) for field in fields(Projected))))
            .where(Consent.id > last)
            .order_by(Consent.id)
            .limit(_BATCH)
        )
        rows = session.scalars(query).all()
        if not rows:
            return
        last = rows[-1].id
        yield rows


def _projected(session: Session, ids: Sequence[str]) -> tuple[dict[str, Projected], set[str]]:
    """The state of each consent that the ledger knows; and those whose events can't be read."""
    try:
        return _project_all(session, ids), set()
    except _UNREADABLE:
        truth: dict[str, Projected] = {}
        unreadable = set()
        for consent_id in ids:
            try:
                truth |= _project_all(session, [consent_id])
            except _UNREADABLE:
                unreadable.add(consent_id)
        return truth, unreadable


def _project_all(session: Session, ids: Sequence[str]) -> dict[str, Projected]:
    query = (
        select(LedgerEvent)
        .where(LedgerEvent.consent_id.in_(ids))
        .order_by(LedgerEvent.consent_id, LedgerEvent.sequence)
    )
    by_consent: dict[str, list[LedgerEvent]] = {}
    for event in session.scalars(query):
        by_consent.setdefault(event.consent_id or "", []).append(event)
    projected = ((consent_id, project(found)) for consent_id, found in by_consent.items())
    return {consent_id: state for consent_id, state in projected if state is not None}
