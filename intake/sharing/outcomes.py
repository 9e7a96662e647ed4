"""How deliveries went: delivered, to be repeated, cancelled, or a dead letter."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from intake.db.engine import Database
from intake.sharing.circuit import record_outcomes
from intake.sharing.claims import RELEASED, Claim, Lease, change
from intake.sharing.connectors import DeliveryFailed
from intake.sharing.model import Publication, PublicationState
from intake.sharing.order import Place, overtaken

LONGEST_BACKOFF = timedelta(minutes=10)
REFUSALS_TO_DIE = 8
"""Attempts after which an event that is refused becomes a dead letter: two minutes or less, so
that a receiver's mistake of a moment makes none."""

_MOST_DOUBLINGS = 10
_SHORTEST_BACKOFF = timedelta(seconds=0.5)
_NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one delivery went; no ``failure`` means that the destination has it."""

    at: datetime
    failure: DeliveryFailed | None = None


def settle(
    database: Database,
    lease: Lease,
    claims: Sequence[Claim],
    outcomes: Mapping[str, Outcome],
    *,
    at: datetime,
    today: date,
) -> None:
    """Write down how it went, for what is still ours; of the rest another worker knows better.

    A claim without an outcome was not tried, and is free again.
    """
    ids = [claim.publication_id for claim in claims]
    delivered = [id for id in ids if id in outcomes and outcomes[id].failure is None]
    untried = [id for id in ids if id not in outcomes]
    failures = {id: outcome for id, outcome in outcomes.items() if outcome.failure}
    with database.begin() as session:
        change(
            session,
            delivered,
            _is_held(lease),
            state=PublicationState.DELIVERED,
            delivered_at=at,
            error=None,
            **RELEASED,
        )
        change(session, untried, _is_held(lease), attempts=Publication.attempts - 1, **RELEASED)
        if failures:
            _settle_failures(session, lease, failures, today=today)
        _count(session, claims, outcomes, at=at)


def _settle_failures(
    session: Session, lease: Lease, failures: Mapping[str, Outcome], *, today: date
) -> None:
    ours = session.scalars(
        select(Publication)
        .where(Publication.id.in_(failures), _is_held(lease))
        .order_by(Publication.id)
        .with_for_update()
    ).all()
    late = overtaken(session, [Place.of(row) for row in ours], today=today)
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


def _is_held(lease: Lease) -> ColumnElement[bool]:
    """Whether the claim is still this lease's: one that ran out may be another worker's by now."""
    return (
        (Publication.state == PublicationState.PENDING)
        & (Publication.claimed_by == lease.worker)
        & (Publication.claimed_until == lease.until)
    )


def _backoff(attempt: int) -> timedelta:
    """Anything from half a second up to 1, 2, 4 … seconds, at most ten minutes: full jitter, for
    what failed together must not come back together (Brooker, "Exponential Backoff and Jitter").
    """
    doublings = min(attempt - 1, _MOST_DOUBLINGS)
    longest = min(timedelta(seconds=2**doublings), LONGEST_BACKOFF)
    return _SHORTEST_BACKOFF + (longest - _SHORTEST_BACKOFF) * random.uniform(0, 1)
