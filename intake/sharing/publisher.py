"""The worker's publishing: claims what is due, delivers it, writes down how it went.

At least once, and in the ledger's order for each student and destination. A batch is claimed in
one transaction, delivered outside any, and marked in another. A worker that dies in between
leaves a lease that runs out; the event is delivered again under the same webhook-id, and the
receiver drops it.
"""

from collections.abc import Callable, Sequence, Set
from datetime import datetime, timedelta
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
    with OpenConnectors(database, allow_private=allow_private) as connectors:
        for probed in sorted(circuits.probed):
            _, arrived = _publish_batch(connectors, worker, clock, limit=1, only=probed)
            delivered += arrived
        while tried < limit and not is_stopping():
            most = min(BATCH, limit - tried)
            claims, arrived = _publish_batch(
                connectors, worker, clock, limit=most, without=circuits.shut
            )
            if claims is None:
                break
            tried += len(claims)
            delivered += arrived
    return delivered


def _publish_batch(
    connectors: OpenConnectors,
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
        connectors.database,
        lease,
        at=clock.now(),
        today=clock.today(),
        limit=limit,
        without=without | connectors.unreachable,
        only=only,
    )
    if not claims:
        return claims, 0
    outcomes = _deliver_all(connectors, claims, lease, clock)
    settle(connectors.database, lease, claims, outcomes, at=clock.now(), today=clock.today())
    return claims, sum(outcome.failure is None for outcome in outcomes.values())


def _deliver_all(
    connectors: OpenConnectors, claims: Sequence[Claim], lease: Lease, clock: Clock
) -> dict[str, Outcome]:
    """Deliver for a while, well within the lease; what has no outcome was not tried."""
    outcomes: dict[str, Outcome] = {}
    until = min(clock.now() + LONGEST_UNMARKED, lease.until - LONGEST_DELIVERY)
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
