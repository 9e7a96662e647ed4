"""Who delivers what: the outbox's part of publishing. How it went is in outcomes.py.

Only the first waiting publication of a student at a destination can be claimed, so nothing
overtakes it, on however many workers. PostgreSQL skips rows that another worker is taking;
SQLite lets one writer at a time in.
"""

import uuid
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, LargeBinary, func, select, type_coerce, update
from sqlalchemy.orm import Session

from intake.db.engine import Database
from intake.sharing.model import Publication, PublicationState
from intake.sharing.order import Place, has_earlier_waiting, overtaken

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When the worker delivers what a destination fetches for itself."""

RELEASED = {"claimed_by": None, "claimed_until": None}
_CANCELLED = {"state": PublicationState.CANCELLED, **RELEASED}


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a batch, and until when; together they tell one claim from a later one."""

    worker: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One publication that nobody else touches until the lease ends."""

    publication_id: str
    destination_id: str
    event_id: str
    sealed_body: bytes = field(repr=False)
    """Still encrypted: one that can't be read must not keep the others from being delivered."""
    attempt: int = 1
    shipment: str | None = None
    """What is handed over together; stays the same when it has to be repeated."""


def claim(
    database: Database,
    lease: Lease,
    *,
    at: datetime,
    today: date,
    limit: int,
    without: Set[str] = frozenset(),
    only: str | None = None,
    together: bool = False,
) -> list[Claim] | None:
    """Take due publications for the length of the lease, at most one for each student.

    ``today`` in the school's zone: what has ended by it is not sent. ``without`` are destinations
    to leave alone; ``only`` is the one to look at. ``together``: they become a shipment, but for
    those that were in one already. Nothing when none is due; an empty list when all that were due
    turned out to be overtaken.
    """
    chosen: ColumnElement[bool] = Publication.destination_id.not_in(sorted(without))
    if only is not None:
        chosen = Publication.destination_id == only
    with database.begin() as session:
        found = session.execute(
            select(
                Publication.id,
                Publication.destination_id,
                Publication.event_id,
                Publication.consent_id,
                Publication.type,
                Publication.sequence,
                Publication.attempts,
                Publication.shipment,
                type_coerce(Publication.body, LargeBinary).label("sealed_body"),
            )
            .where(
                Publication.state == PublicationState.PENDING,
                Publication.next_attempt_at <= at,
                Publication.claimed_until.is_(None) | (Publication.claimed_until <= at),
                chosen,
                ~has_earlier_waiting(),
            )
            .order_by(Publication.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not found:
            return None
        late = overtaken(
            session,
            [
                Place(row.id, row.destination_id, row.consent_id, row.type, row.sequence)
                for row in found
            ],
            today=today,
        )
        shipment = _new_shipment(at) if together else None
        claims = [
            Claim(
                row.id,
                row.destination_id,
                row.event_id,
                row.sealed_body,
                row.attempts + 1,
                row.shipment or shipment,
            )
            for row in found
            if row.id not in late
        ]
        change(session, sorted(late), **_CANCELLED)
        change(
            session,
            [claim.publication_id for claim in claims],
            attempts=Publication.attempts + 1,
            claimed_by=lease.worker,
            claimed_until=lease.until,
            shipment=func.coalesce(Publication.shipment, shipment),
        )
        return claims


def change(
    session: Session, ids: Sequence[str], *conditions: ColumnElement[bool], **values: object
) -> None:
    """One statement for many rows."""
    if ids:
        session.execute(
            update(Publication)
            .where(Publication.id.in_(ids), *conditions)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _new_shipment(at: datetime) -> str:
    """A name that sorts by time."""
    return f"{at:%Y%m%dT%H%M%S%fZ}-{uuid.uuid4().hex[:8]}"
