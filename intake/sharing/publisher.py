"""The worker's publishing: claims what is due, delivers it, writes down how it went.

At least once, and in the ledger's order for each student and destination. A batch is claimed in
one transaction, delivered outside any, and marked in another. It holds at most one event of each
student, so that several can be on their way at once. A worker that dies in between leaves a lease
that runs out; the event is delivered again under the same webhook-id, and the receiver drops it.
"""

from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from intake.db.engine import Database
from intake.sharing.circuit import look_at_circuits
from intake.sharing.claims import Claim, Lease, claim
from intake.sharing.connections import LEASE, LONGEST_DELIVERY, Clock, OpenConnectors, unexpected
from intake.sharing.connectors import Delivery, DeliveryFailed
from intake.sharing.outcomes import Outcome, settle

BATCH = 200
"""Claimed and marked together: two commits for so many deliveries. What a worker that dies has
sent of them is sent again."""
LIMIT = 1000
"""Events of one call: circuits are looked at and connections opened once for them."""
LANES = 3
"""Deliveries of one worker that are on their way at once, each on a connection of its own."""
LONGEST_UNMARKED = timedelta(seconds=2)
"""With a slow destination a batch is marked earlier, and the rest of it is free again."""


def publish_due(
    database: Database,
    *,
    at: datetime,
    zone: ZoneInfo,
    worker: str,
    limit: int = LIMIT,
    allow_private: bool = False,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Deliver up to ``limit`` due events; returns how many arrived.

    ``zone`` is the schools': by its date consents end. ``worker`` names this process and thread
    (64 characters). One student's failure does not hold up other students; a destination that is
    down or does not answer is left alone until the next call. What is refused for good becomes a
    dead letter; nothing else is given up.
    ``allow_private``: see Connector. No further batch is begun once ``is_stopping``.
    """
    clock = Clock(at, zone)
    delivered = tried = 0
    circuits = look_at_circuits(
        database, Delivery.ONE_BY_ONE, at=clock.now(), probe_until=clock.now() + LEASE
    )
    with _Lanes(database, allow_private=allow_private) as lanes:
        for probed in sorted(circuits.probed):
            _, arrived = _publish_batch(lanes, worker, clock, limit=1, only=probed)
            delivered += arrived
        while tried < limit and not is_stopping():
            most = min(BATCH, limit - tried)
            claims, arrived = _publish_batch(
                lanes, worker, clock, limit=most, without=circuits.shut
            )
            if claims is None:
                break
            tried += len(claims)
            delivered += arrived
    return delivered


class _Lanes:
    """Connectors side by side, and a thread for each."""

    def __init__(self, database: Database, *, allow_private: bool) -> None:
        self.database = database
        self.unreachable: set[str] = set()
        self._stack = ExitStack()
        self._pool = self._stack.enter_context(ThreadPoolExecutor(LANES, "deliveries"))
        self._lanes = [
            self._stack.enter_context(
                OpenConnectors(database, allow_private=allow_private, unreachable=self.unreachable)
            )
            for _ in range(LANES)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def deliver(self, claims: Sequence[Claim], clock: Clock, until: datetime) -> dict[str, Outcome]:
        """Deliver for a while; what has no outcome was not tried.

        One event goes to each destination first: what is down is not called by all at once.
        """
        first: dict[str, Claim] = {}
        for claimed in claims:
            first.setdefault(claimed.destination_id, claimed)
        outcomes = _deliver_some(self._lanes[0], list(first.values()), clock, until)
        rest = [one for one in claims if first[one.destination_id] is not one]
        parts = [rest[number::LANES] for number in range(LANES)]
        running = [
            self._pool.submit(_deliver_some, lane, part, clock, until)
            for lane, part in zip(self._lanes, parts, strict=True)
            if part
        ]
        for found in running:
            outcomes |= found.result()
        return outcomes


def _publish_batch(
    lanes: _Lanes,
    worker: str,
    clock: Clock,
    *,
    limit: int,
    without: Set[str] = frozenset(),
    only: str | None = None,
) -> tuple[list[Claim] | None, int]:
    """Claim, deliver, write down. Returns what was claimed (see ``claim``), how many arrived."""
    lease = Lease(worker, clock.now() + LEASE)
    claims = claim(
        lanes.database,
        lease,
        at=clock.now(),
        today=clock.today(),
        limit=limit,
        without=without | lanes.unreachable,
        only=only,
    )
    if not claims:
        return claims, 0
    until = min(clock.now() + LONGEST_UNMARKED, lease.until - LONGEST_DELIVERY)
    outcomes = lanes.deliver(claims, clock, until)
    settle(lanes.database, lease, claims, outcomes, at=clock.now(), today=clock.today())
    return claims, sum(outcome.failure is None for outcome in outcomes.values())


def _deliver_some(
    connectors: OpenConnectors, claims: Sequence[Claim], clock: Clock, until: datetime
) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for claimed in claims:
        if clock.now() > until:
            break
        if claimed.destination_id in connectors.unreachable:
            continue
        failure = _deliver(connectors, claimed, clock)
        outcomes[claimed.publication_id] = Outcome(clock.now(), failure)
        if failure is not None:
            connectors.note(claimed, failure)
    return outcomes


def _deliver(connectors: OpenConnectors, claimed: Claim, clock: Clock) -> DeliveryFailed | None:
    try:
        connector = connectors.to(claimed.destination_id)
        connector.deliver(claimed.event_id, connectors.read(claimed), at=clock.now())
    except DeliveryFailed as failure:
        return failure
    except Exception as failure:
        return unexpected(failure)
    return None
