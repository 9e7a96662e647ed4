"""A student's record of disclosures, and whether it is what the ledger says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.disclosures.model import Disclosure
from intake.roster.identity import all_ids

_BATCH = 500
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)


def disclosures_of(session: Session, student_id: str) -> Sequence[Disclosure]:
    """What a parent or eligible student may inspect (34 CFR 99.32(c)), oldest first.

    Also what was disclosed before two records of the student were joined.
    """
    query = (
        select(Disclosure)
        .where(Disclosure.student_id.in_(all_ids(session, student_id)))
        .order_by(Disclosure.at, Disclosure.id)
    )
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class _Told:
    """A disclosure as the ledger tells it; field names are the table's columns."""

    id: str
    client_id: str | None
    idempotency_key: str
    request_sha256: str
    student_id: str
    consent_id: str
    waiver_version: str
    partner_id: str
    person_id: str
    role: str
    purpose: str
    elements: list[str]
    at: datetime


def disclosure_differences(session: Session) -> Iterator[str]:
    """Disclosures whose rows do not say what the ledger says, one line each. Memory stays flat."""
    for told in _all_told(session):
        if isinstance(told, int):
            yield f"disclosure of event {told} can't be read"
            continue
        row = session.get(Disclosure, told.id)
        if row is None:
            yield f"disclosure {told.id} was deleted; the ledger has it"
            continue
        wrong = [f.name for f in fields(told) if getattr(row, f.name) != getattr(told, f.name)]
        if wrong:
            yield f"disclosure {told.id} differs from the ledger in: {', '.join(wrong)}"
    yield from _unrecorded(session)


def rebuild_disclosures(session: Session) -> int:
    """Write every disclosure anew from the ledger; returns how many rows changed."""
    changed = 0
    for told in _all_told(session):
        if isinstance(told, int):
            continue
        row = session.get(Disclosure, told.id)
        values: dict[str, Any] = {f.name: getattr(told, f.name) for f in fields(told)}
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            continue
        session.merge(Disclosure(**values))
        session.flush()
        changed += 1
    return changed


def _all_told(session: Session) -> Iterator[_Told | int]:
    """Each entry of the ledger about a disclosure; its number where it can't be read."""
    last = 0
    while True:
        query = (
            select(LedgerEvent)
            .where(LedgerEvent.kind == EventKind.DISCLOSED, LedgerEvent.sequence > last)
            .order_by(LedgerEvent.sequence)
            .limit(_BATCH)
        )
        batch = session.scalars(query).all()
        if not batch:
            return
        last = batch[-1].sequence
        ids = [told.id for told in map(_told, batch) if not isinstance(told, int)]
        rows = session.scalars(select(Disclosure).where(Disclosure.id.in_(ids))).all()
        yield from map(_told, batch)
        del rows  # kept until here, so that ``get`` finds each without a query
        session.expunge_all()


def _told(event: LedgerEvent) -> _Told | int:
    try:
        facts = event.values()
        return _Told(
            id=facts["disclosure"],
            client_id=event.actor_id,
            idempotency_key=facts["key"],
            request_sha256=facts["request_sha256"],
            student_id=event.student_id,
            consent_id=facts["consent"],
            waiver_version=facts["version"],
            partner_id=facts["partner"],
            person_id=facts["person"],
            role=facts["role"],
            purpose=facts["purpose"],
            elements=facts["elements"],
            at=event.at,
        )
    except _UNREADABLE:
        return event.sequence


def _unrecorded(session: Session) -> Iterator[str]:
    """Rows that the ledger does not know."""
    named = {told.id for told in _all_told(session) if not isinstance(told, int)}
    for disclosure_id in session.scalars(select(Disclosure.id).order_by(Disclosure.id)):
        if disclosure_id not in named:
            yield f"disclosure {disclosure_id} is not in the ledger"
