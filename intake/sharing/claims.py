"""Who delivers what, and how it went: the outbox's part of publishing.

Only the first waiting publication of a student at a destination can be claimed, so nothing
overtakes it, on however many workers. PostgreSQL skips rows that another worker is taking;
SQLite lets one writer at a time in.
"""

import random
import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    and_,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session, aliased

from intake.db.engine import Database
from intake.sharing.circuit import record_outcomes
from intake.sharing.connectors import DeliveryFailed
from intake.sharing.events import PublishedType
from intake.sharing.model import Publication, PublicationState

LONGEST_BACKOFF = timedelta(minutes=10)
REFUSALS_TO_DIE = 8
"""Attempts after which an event that is refused becomes a dead letter: two minutes or less, so
that a receiver's mistake of a moment makes none."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When the worker delivers what a destination fetches for itself."""

_MOST_DOUBLINGS = 10
_SHORTEST_BACKOFF = timedelta(seconds=0.5)
_NO_WAIT = timedelta(0)
_RELEASED = {"claimed_by": None, "claimed_until": None}
_CANCELLED = {"state": PublicationState.CANCELLED, **_RELEASED}


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one delivery went; no ``failure`` means that the destination has it."""

    at: datetime
    failure: DeliveryFailed | None = None


def claim(
    database: Database,
    lease: Lease,
    *,
    at: datetime,
    limit: int,
    without: Set[str] = frozenset(),
    only: str | None = None,
    together: bool = False,
) -> list[Claim] | None:
    """Take due publications for the length of the lease, at most one for each student.

    ``without`` are destinations to leave alone; ``only`` is the one to look at. ``together``:
    they become a shipment, but for those that were in one already. Nothing when none is due; an
    empty list when all that were due turned out to be overtaken.
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
                Publication.attempts,
                Publication.shipment,
                type_coerce(Publication.body, LargeBinary).label("sealed_body"),
            )
            .where(
                Publication.state == PublicationState.PENDING,
                Publication.next_attempt_at <= at,
                Publication.claimed_until.is_(None) | (Publication.claimed_until <= at),
                chosen,
                ~_has_earlier_waiting(),
            )
            .order_by(Publication.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not found:
            return None
        late = overtaken(session, [row.id for row in found])
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
        _change(session, sorted(late), **_CANCELLED)
        _change(
            session,
            [claim.publication_id for claim in claims],
            attempts=Publication.attempts + 1,
            claimed_by=lease.worker,
            claimed_until=lease.until,
            shipment=func.coalesce(Publication.shipment, shipment),
        )
        return claims


def settle(
    database: Database,
    lease: Lease,
    claims: Sequence[Claim],
    outcomes: Mapping[str, Outcome],
    *,
    at: datetime,
) -> None:
    """Write down how it went, for what is still ours; of the rest another worker knows better.

    A claim without an outcome was not tried, and is free again.
    """
    ids = [claim.publication_id for claim in claims]
    delivered = [id for id in ids if id in outcomes and outcomes[id].failure is None]
    untried = [id for id in ids if id not in outcomes]
    failures = {id: outcome for id, outcome in outcomes.items() if outcome.failure}
    with database.begin() as session:
        _change(
            session,
            delivered,
            _is_held(lease),
            state=PublicationState.DELIVERED,
            delivered_at=at,
            error=None,
            **_RELEASED,
        )
        _change(session, untried, _is_held(lease), attempts=Publication.attempts - 1, **_RELEASED)
        if failures:
            _settle_failures(session, lease, failures)
        _count(session, claims, outcomes, at=at)


def _settle_failures(session: Session, lease: Lease, failures: Mapping[str, Outcome]) -> None:
    ours = session.scalars(
        select(Publication)
        .where(Publication.id.in_(failures), _is_held(lease))
        .order_by(Publication.id)
        .with_for_update()
    ).all()
    late = overtaken(session, [row.id for row in ours])
    waits: dict[str, timedelta] = {}
    for row in ours:
        outcome = failures[row.id]
        if outcome.failure is None:
            continue
        row.error = outcome.failure.reason[:200]
        # What went together comes back together, so that it makes the same shipment again.
        wait = waits.setdefault(row.shipment or row.id, _backoff(row.attempts))
        row.next_attempt_at = outcome.at + max(wait, outcome.failure.retry_after or _NO_WAIT)
        row.claimed_by = row.claimed_until = None
        if row.id in late:
            row.state = PublicationState.CANCELLED
        elif _is_final(outcome.failure, row.attempts):
            row.state = PublicationState.DEAD


def _is_final(failure: DeliveryFailed, attempts: int) -> bool:
    """Whether trying again is of no use until a person has looked at it."""
    return failure.refuses_event and not failure.temporary and attempts >= REFUSALS_TO_DIE


def _count(
    session: Session, claims: Sequence[Claim], outcomes: Mapping[str, Outcome], *, at: datetime
) -> None:
    """Tell each destination's circuit how it went there, in the order of the deliveries."""
    by_destination: dict[str, list[DeliveryFailed | None]] = {}
    shipments: set[str] = set()
    for claimed in claims:
        outcome = outcomes.get(claimed.publication_id)
        if outcome is None:
            continue
        if claimed.shipment is not None and outcome.failure is not None:
            # One failure, however many events were in it.
            if claimed.shipment in shipments:
                continue
            shipments.add(claimed.shipment)
        by_destination.setdefault(claimed.destination_id, []).append(outcome.failure)
    for destination_id in sorted(by_destination):
        record_outcomes(session, destination_id, by_destination[destination_id], at=at)


def _change(
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


def _is_held(lease: Lease) -> ColumnElement[bool]:
    """Whether the claim is still this lease's: one that ran out may be another worker's by now."""
    return (
        (Publication.state == PublicationState.PENDING)
        & (Publication.claimed_by == lease.worker)
        & (Publication.claimed_until == lease.until)
    )


def _has_earlier_waiting() -> ColumnElement[bool]:
    """Whether the same destination still waits for an earlier event of the same student.

    A dead letter holds back later grants, until a person has looked at it: it may be an ending.
    It holds back no ending, and nothing that says that a part was taken back.
    """
    earlier = aliased(Publication)
    waits = earlier.state == PublicationState.PENDING
    is_dead = earlier.state == PublicationState.DEAD
    gives_more = and_(Publication.type == PublishedType.GIVEN, Publication.revocation_id.is_(None))
    return exists().where(
        earlier.destination_id == Publication.destination_id,
        earlier.student_id == Publication.student_id,
        earlier.state.in_((PublicationState.PENDING, PublicationState.DEAD)),
        or_(waits, and_(is_dead, gives_more)),
        earlier.sequence < Publication.sequence,
    )


def overtaken(session: Session, publication_ids: Sequence[str]) -> set[str]:
    """Grants whose consent has ended since, or of which a part was taken back: what they say must
    not travel (again)."""
    later = aliased(Publication)
    query = select(Publication.id).where(
        Publication.id.in_(publication_ids),
        Publication.type == PublishedType.GIVEN,
        exists().where(
            later.consent_id == Publication.consent_id,
            later.destination_id == Publication.destination_id,
            or_(later.type != PublishedType.GIVEN, later.sequence > Publication.sequence),
        ),
    )
    return set(session.scalars(query))


def _backoff(attempt: int) -> timedelta:
    """Anything from half a second up to 1, 2, 4 … seconds, at most ten minutes: full jitter, for
    what failed together must not come back together (Brooker, "Exponential Backoff and Jitter").
    """
    doublings = min(attempt - 1, _MOST_DOUBLINGS)
    longest = min(timedelta(seconds=2**doublings), LONGEST_BACKOFF)
    return _SHORTEST_BACKOFF + (longest - _SHORTEST_BACKOFF) * random.uniform(0, 1)


def _new_shipment(at: datetime) -> str:
    """A name that sorts by time."""
    return f"{at:%Y%m%dT%H%M%S%fZ}-{uuid.uuid4().hex[:8]}"
