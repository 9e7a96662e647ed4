"""How it stands with each destination, for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from intake.consents.ledger import LedgerEvent
from intake.sharing.circuit import CircuitState, circuit_state
from intake.sharing.formats import Format
from intake.sharing.model import Destination, Publication, PublicationState


@dataclass(frozen=True, slots=True)
class Standing:
    """One destination at one moment."""

    id: str
    kind: str
    format: Format
    active: bool
    circuit: CircuitState
    open_until: datetime | None
    failures: int
    error: str | None
    filters: Mapping[str, Any]
    waiting: int
    waiting_since: datetime | None
    """When the oldest event that waits was recorded."""
    dead: int
    delivered_at: datetime | None
    """When something last arrived there."""


def standings(session: Session, *, at: datetime) -> Sequence[Standing]:
    """All destinations by name."""
    waiting = _counts(session, PublicationState.PENDING)
    dead = _counts(session, PublicationState.DEAD)
    return [
        Standing(
            id=one.id,
            kind=one.kind,
            format=one.format,
            active=one.active,
            circuit=circuit_state(one, at=at),
            open_until=one.open_until,
            failures=one.failures,
            error=one.error,
            filters=one.filters,
            waiting=waiting.get(one.id, (0, 0))[0],
            waiting_since=_recorded_at(session, waiting[one.id][1]) if one.id in waiting else None,
            dead=dead.get(one.id, (0, 0))[0],
            delivered_at=delivered_at,
        )
        for one, delivered_at in session.execute(_destinations())
    ]


def _destinations() -> Select[Destination, datetime | None]:
    """Each with its last success: one look into the index, however much was delivered."""
    newest = (
        select(Publication.delivered_at)
        .where(Publication.destination_id == Destination.id, Publication.delivered_at.is_not(None))
        .order_by(Publication.delivered_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(Destination, newest).order_by(Destination.id)


def _counts(session: Session, state: PublicationState) -> dict[str, tuple[int, int]]:
    """For each destination: how many, and the first one's place in the ledger."""
    query = (
        select(Publication.destination_id, func.count(), func.min(Publication.sequence))
        .where(Publication.state == state)
        .group_by(Publication.destination_id)
    )
    return {id: (count, first) for id, count, first in session.execute(query)}


def _recorded_at(session: Session, sequence: int) -> datetime | None:
    query = select(LedgerEvent.at).where(LedgerEvent.sequence == sequence)
    return session.scalars(query).one_or_none()
