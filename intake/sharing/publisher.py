"""The worker's publishing: claims what is due, delivers it, writes down how it went.

At least once, and in the ledger's order for each student and destination: only the first
waiting publication of a student can be claimed, so nothing overtakes it, on however many
workers. It is claimed in one transaction, delivered outside any, and marked in another. A
worker that dies in between leaves a lease that runs out; the event is delivered again under the
same webhook-id, and the receiver drops it.
"""

import logging
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from intake.db.engine import Database
from intake.sharing.connectors import CONNECTORS, Connector, DeliveryFailed, Target
from intake.sharing.events import PublishedType
from intake.sharing.model import Destination, Publication, PublicationState

LEASE = timedelta(seconds=60)
BATCH = 16
"""Claimed and marked together: two commits for so many deliveries."""
LONGEST_BACKOFF = timedelta(minutes=10)
LONGEST_DELIVERY = max(connector.LONGEST_DELIVERY for connector in CONNECTORS.values()) + timedelta(
    seconds=10
)
"""What a lease must still hold for a delivery to begin; ten seconds more are for the name service
and the commit."""
NO_WAIT = timedelta(0)

_MOST_DOUBLINGS = 10

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """One publication that nobody else touches until the lease ends."""

    publication_id: str
    destination_id: str
    event_id: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Lease:
    """Who holds a batch, and until when; together they tell one claim from a later one."""

    worker: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one delivery went; no ``failure`` means that the destination has it."""

    at: datetime
    failure: DeliveryFailed | None = None


@dataclass(slots=True)
class _Clock:
    """``at`` plus the time that has passed since: leases must not be dated in the past."""

    at: datetime
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.started)


def publish_due(
    database: Database,
    *,
    at: datetime,
    worker: str,
    limit: int = 50,
    allow_private: bool = False,
) -> int:
    """Deliver up to ``limit`` due events; returns how many arrived.

    ``worker`` names this process and thread (64 characters). One student's failure does not
    hold up other students; a destination that is down or does not answer is left alone until
    the next call. Nothing is ever given up. ``allow_private``: see Connector.
    """
    clock = _Clock(at)
    delivered = tried = 0
    with _Connectors(database, allow_private=allow_private) as connectors:
        while tried < limit:
            lease = _Lease(worker, clock.now() + LEASE)
            claims = _claim(
                database,
                lease,
                at=clock.now(),
                limit=min(BATCH, limit - tried),
                without=connectors.unreachable,
            )
            if claims is None:
                break
            outcomes = _deliver_all(connectors, claims, lease, clock)
            _settle(database, lease, claims, outcomes)
            tried += len(claims)
            delivered += sum(outcome.failure is None for outcome in outcomes.values())
    return delivered


class _Connectors:
    """A connector for each destination of one call, opened when first needed."""

    def __init__(self, database: Database, *, allow_private: bool) -> None:
        self.unreachable: set[str] = set()
        self._database = database
        self._allow_private = allow_private
        self._open: dict[str, Connector] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "_Connectors":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def to(self, destination_id: str) -> Connector:
        """The connector to this destination."""
        if destination_id not in self._open:
            with self._database.read() as session:
                found = session.get_one(Destination, destination_id)
            connector = CONNECTORS[found.kind](
                Target(found.url, found.secret), allow_private=self._allow_private
            )
            self._open[destination_id] = self._stack.enter_context(connector)
        return self._open[destination_id]


def _claim(
    database: Database, lease: _Lease, *, at: datetime, limit: int, without: set[str]
) -> list[_Claim] | None:
    """Take due publications for the length of the lease, at most one for each student.

    Nothing when none is due; an empty list when all that were due turned out to be overtaken.
    PostgreSQL skips rows that another worker is taking; SQLite lets one writer at a time in.
    """
    with database.begin() as session:
        found = session.scalars(
            select(Publication)
            .where(
                Publication.state == PublicationState.PENDING,
                Publication.next_attempt_at <= at,
                Publication.claimed_until.is_(None) | (Publication.claimed_until <= at),
                Publication.destination_id.not_in(sorted(without)),
                ~_has_earlier_waiting(),
            )
            .order_by(Publication.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not found:
            return None
        overtaken = _overtaken(session, found)
        claims = []
        for publication in found:
            if publication.id in overtaken:
                _cancel(publication)
                continue
            publication.attempts += 1
            publication.claimed_by = lease.worker
            publication.claimed_until = lease.until
            claims.append(
                _Claim(
                    publication_id=publication.id,
                    destination_id=publication.destination_id,
                    event_id=publication.event_id,
                    body=publication.body,
                )
            )
        return claims


def _has_earlier_waiting() -> ColumnElement[bool]:
    """Whether the same destination still waits for an earlier event of the same student."""
    earlier = aliased(Publication)
    return exists().where(
        earlier.destination_id == Publication.destination_id,
        earlier.student_id == Publication.student_id,
        earlier.state == PublicationState.PENDING,
        earlier.sequence < Publication.sequence,
    )


def _overtaken(session: Session, publications: Sequence[Publication]) -> set[str]:
    """Grants whose consent has ended since: names must not travel (again)."""
    grants = {
        (publication.destination_id, publication.consent_id): publication.id
        for publication in publications
        if publication.type == PublishedType.GIVEN
    }
    if not grants:
        return set()
    endings = select(Publication.destination_id, Publication.consent_id).where(
        Publication.consent_id.in_([consent_id for _, consent_id in grants]),
        Publication.type != PublishedType.GIVEN,
    )
    ended = {(destination, consent) for destination, consent in session.execute(endings)}
    return {id for key, id in grants.items() if key in ended}


def _deliver_all(
    connectors: _Connectors, claims: Sequence[_Claim], lease: _Lease, clock: _Clock
) -> dict[str, _Outcome]:
    """Deliver while the lease surely lasts; what has no outcome was not tried."""
    outcomes: dict[str, _Outcome] = {}
    for claim in claims:
        if clock.now() + LONGEST_DELIVERY > lease.until:
            break
        if claim.destination_id in connectors.unreachable:
            continue
        failure = _deliver(connectors, claim, clock)
        outcomes[claim.publication_id] = _Outcome(clock.now(), failure)
        if failure is None:
            continue
        if failure.unreachable:
            connectors.unreachable.add(claim.destination_id)
        level = logging.WARNING if failure.temporary else logging.ERROR
        _logger.log(
            level,
            "event %s did not reach %s: %s",
            claim.event_id,
            claim.destination_id,
            failure.reason,
        )
    return outcomes


def _deliver(connectors: _Connectors, claim: _Claim, clock: _Clock) -> DeliveryFailed | None:
    try:
        connector = connectors.to(claim.destination_id)
        connector.deliver(claim.event_id, claim.body, at=clock.now())
    except DeliveryFailed as failure:
        return failure
    except Exception as failure:
        # A defect of ours must not stop the others; its text may repeat the body.
        return DeliveryFailed(f"unexpected {type(failure).__name__}", temporary=False)
    return None


def _settle(
    database: Database,
    lease: _Lease,
    claims: Sequence[_Claim],
    outcomes: Mapping[str, _Outcome],
) -> None:
    """Write down how it went, for what is still ours; of the rest another worker knows better."""
    with database.begin() as session:
        ours = session.scalars(
            select(Publication)
            .where(
                Publication.id.in_([claim.publication_id for claim in claims]),
                Publication.state == PublicationState.PENDING,
                Publication.claimed_by == lease.worker,
                Publication.claimed_until == lease.until,
            )
            .order_by(Publication.id)
            .with_for_update()
        ).all()
        overtaken = _overtaken(session, ours)
        for publication in ours:
            publication.claimed_by = publication.claimed_until = None
            outcome = outcomes.get(publication.id)
            if outcome is None:
                publication.attempts -= 1
            elif outcome.failure is None:
                publication.state = PublicationState.DELIVERED
                publication.delivered_at = outcome.at
                publication.error = None
            else:
                publication.error = outcome.failure.reason[:200]
                wait = max(_backoff(publication.attempts), outcome.failure.retry_after or NO_WAIT)
                publication.next_attempt_at = outcome.at + wait
                if publication.id in overtaken:
                    _cancel(publication)


def _cancel(publication: Publication) -> None:
    publication.state = PublicationState.CANCELLED
    publication.claimed_by = publication.claimed_until = None


def _backoff(attempt: int) -> timedelta:
    """1, 2, 4 … seconds, at most ten minutes, up to a quarter less by chance: what failed
    together must not come back together."""
    doublings = min(attempt - 1, _MOST_DOUBLINGS)
    return min(timedelta(seconds=2**doublings), LONGEST_BACKOFF) * random.uniform(0.75, 1)
