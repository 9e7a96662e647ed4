"""What happened to a revocation, from the ledger: who, what, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import names_of
from intake.consents.confirm import ConfirmationMethod
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import ActorKind, EventKind
from intake.revocations.model import ToldHow


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of the ledger, with what it says beside its kind."""

    sequence: int
    at: datetime
    kind: EventKind
    actor_kind: ActorKind
    actor: str
    """The name of staff, the id of a destination, or nothing."""
    destination: str
    owner: str
    """The name of whom the case was given to."""
    method: ConfirmationMethod | None
    """How staff knew who signed."""
    how: ToldHow | None
    reason: str
    reference: str
    evidence: str
    """The id of a file."""


def history(session: Session, revocation: Revocation) -> Sequence[HistoryEntry]:
    """Every entry about this revocation, oldest first; those of its consents' endings too."""
    is_check = and_(
        LedgerEvent.student_id == revocation.student_id,
        LedgerEvent.kind == EventKind.IDENTITY_CHECKED,
    )
    query = (
        select(LedgerEvent)
        .where(or_(LedgerEvent.revocation_id == revocation.id, is_check))
        .order_by(LedgerEvent.sequence)
    )
    events = [
        (event, event.values())
        for event in session.scalars(query)
        if event.revocation_id or event.values().get("signing") == revocation.signing_id
    ]
    names = _names(session, events)
    return [_entry(event, data, names) for event, data in events]


def _entry(event: LedgerEvent, data: dict[str, Any], names: dict[str, str]) -> HistoryEntry:
    method, how = data.get("method"), data.get("how")
    return HistoryEntry(
        sequence=event.sequence,
        at=event.at,
        kind=event.kind,
        actor_kind=event.actor_kind,
        actor=names.get(event.actor_id or "", event.actor_id or ""),
        destination=str(data.get("destination", "")),
        owner=names.get(str(data.get("owner", "")), ""),
        method=ConfirmationMethod(method) if method else None,
        how=ToldHow(how) if how else None,
        reason=str(data.get("reason", data.get("note", ""))),
        reference=str(data.get("reference", "")),
        evidence=str(data.get("evidence", "")),
    )


def _names(session: Session, events: list[tuple[LedgerEvent, dict[str, Any]]]) -> dict[str, str]:
    ids = {event.actor_id for event, _ in events} | {data.get("owner") for _, data in events}
    return names_of(session, ids)
