"""The circuit breaker of each destination (Nygard, "Release It!").

Closed: everything is sent. Open, after several failures in a row: nothing is sent for a while, so
that a system that struggles is left in peace and a worker's time goes to the others. Half-open:
one delivery is tried, by one worker; it closes the circuit, or opens it for longer. The state is
in the destination's row, so that all workers share it and people can see it.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session

from intake.db.engine import Database
from intake.sharing.connectors import CONNECTORS, Delivery, DeliveryFailed
from intake.sharing.model import Destination, Publication, PublicationState

FAILURES_TO_OPEN = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=2)
"""Short, because a revocation waits behind it."""

_MOST_DOUBLINGS = 10


class CircuitState(StrEnum):
    """Whether events are sent to a destination."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """The pause is over; the next delivery decides."""


@dataclass(frozen=True, slots=True)
class Circuits:
    """What a worker may send to, for one call."""

    closed: frozenset[str]
    """Destinations of the kinds asked for to which everything may be sent."""
    shut: frozenset[str]
    """Every other destination."""
    probed: frozenset[str]
    """Of these, the ones to which this worker, and no other, tries one delivery."""


def circuit_state(destination: Destination, *, at: datetime) -> CircuitState:
    """Where a destination's circuit stands."""
    if destination.open_until is None:
        return CircuitState.CLOSED
    return CircuitState.OPEN if destination.open_until > at else CircuitState.HALF_OPEN


def look_at_circuits(
    database: Database, delivery: Delivery, *, at: datetime, probe_until: datetime
) -> Circuits:
    """Which destinations may be sent to now; half-open ones with something due are probed.

    ``probe_until``: when another worker may try, should this one die.
    """
    due = exists().where(
        Publication.destination_id == Destination.id,
        Publication.state == PublicationState.PENDING,
        Publication.next_attempt_at <= at,
    )
    with database.read() as session:
        rows = session.execute(
            select(
                Destination.id,
                Destination.kind,
                Destination.open_until,
                and_(Destination.open_until <= at, due).label("is_to_probe"),
            )
        ).all()
    ours = [row for row in rows if CONNECTORS[row.kind].delivery is delivery]
    closed = frozenset(row.id for row in ours if row.open_until is None)
    return Circuits(
        closed=closed,
        shut=frozenset(row.id for row in rows) - closed,
        probed=frozenset(
            row.id
            for row in ours
            if row.is_to_probe and _take_probe(database, row.id, row.open_until, probe_until)
        ),
    )


def record_outcomes(
    session: Session,
    destination_id: str,
    failures: Iterable[DeliveryFailed | None],
    *,
    at: datetime,
) -> None:
    """Count what happened, in order; None is a success. An event that is refused for itself
    says nothing about the destination."""
    counted = [failure for failure in failures if failure is None or not failure.refuses_event]
    if not counted:
        return
    if None in counted:
        _close(session, destination_id)
    since = list(counted)
    while None in since:
        since = since[since.index(None) + 1 :]
    if since and since[-1] is not None:
        _fail(session, destination_id, len(since), since[-1], at=at)


def _take_probe(
    database: Database, destination_id: str, until: datetime, probe_until: datetime
) -> bool:
    """Whether the probe is ours: only one worker finds the row as it was read."""
    with database.begin() as session:
        taken = session.execute(
            update(Destination)
            .where(Destination.id == destination_id, Destination.open_until == until)
            .values(open_until=probe_until)
            .returning(Destination.id)
        )
        return taken.first() is not None


def _close(session: Session, destination_id: str) -> None:
    session.execute(
        update(Destination)
        .where(Destination.id == destination_id, Destination.failures > 0)
        .values(failures=0, open_until=None, error=None)
        .execution_options(synchronize_session=False)
    )


def _fail(
    session: Session, destination_id: str, count: int, last: DeliveryFailed, *, at: datetime
) -> None:
    destination = session.get_one(Destination, destination_id, with_for_update={"key_share": True})
    destination.failures += count
    destination.error = last.reason[:200]
    if destination.failures >= FAILURES_TO_OPEN:
        destination.open_until = at + _pause(destination.failures - FAILURES_TO_OPEN)


def _pause(failures_more: int) -> timedelta:
    """Twice as long each time, anything from half of it up to all of it by chance."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(failures_more, _MOST_DOUBLINGS)
    return min(doubled, LONGEST_PAUSE) * random.uniform(0.5, 1)
