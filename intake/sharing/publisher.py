"""The worker's publishing: claims what is due, delivers it, writes down how it went.

At least once, and in the ledger's order for each student and destination. A batch is claimed in
one transaction, delivered outside any, and marked in another. A worker that dies in between
leaves a lease that runs out; the event is delivered again under the same webhook-id, and the
receiver drops it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from intake.db.engine import Database
from intake.sharing.claims import Claim, Lease, Outcome, claim, settle
from intake.sharing.connectors import CONNECTORS, Connector, DeliveryFailed, Target
from intake.sharing.model import BODY_CONTEXT, Destination

LEASE = timedelta(seconds=60)
BATCH = 50
"""Claimed and marked together: two commits for so many deliveries."""
LONGEST_UNMARKED = timedelta(seconds=2)
"""With a slow destination a batch is marked earlier, and the rest of it is free again."""
LONGEST_DELIVERY = max(connector.LONGEST_DELIVERY for connector in CONNECTORS.values()) + timedelta(
    seconds=10
)
"""What a lease must still hold for a delivery to begin; ten seconds more are for the name service
and the commit."""

_logger = logging.getLogger(__name__)


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
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Deliver up to ``limit`` due events; returns how many arrived.

    ``worker`` names this process and thread (64 characters). One student's failure does not
    hold up other students; a destination that is down or does not answer is left alone until
    the next call. Nothing is ever given up. ``allow_private``: see Connector. No further batch
    is begun once ``is_stopping``.
    """
    clock = _Clock(at)
    delivered = tried = 0
    with _Connectors(database, allow_private=allow_private) as connectors:
        while tried < limit and not is_stopping():
            lease = Lease(worker, clock.now() + LEASE)
            claims = claim(
                database,
                lease,
                at=clock.now(),
                limit=min(BATCH, limit - tried),
                without=connectors.unreachable,
            )
            if claims is None:
                break
            outcomes = _deliver_all(connectors, claims, lease, clock)
            settle(database, lease, claims, outcomes, at=clock.now())
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

    def __enter__(self) -> Self:
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

    def read(self, claimed: Claim) -> str:
        """The body as it is sent. Raises CannotDecrypt."""
        return self._database.keyring.decrypt(claimed.sealed_body, BODY_CONTEXT).decode()


def _deliver_all(
    connectors: _Connectors, claims: Sequence[Claim], lease: Lease, clock: _Clock
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
            _note(connectors, claimed, failure)
    return outcomes


def _deliver(connectors: _Connectors, claimed: Claim, clock: _Clock) -> DeliveryFailed | None:
    try:
        connector = connectors.to(claimed.destination_id)
        connector.deliver(claimed.event_id, connectors.read(claimed), at=clock.now())
    except DeliveryFailed as failure:
        return failure
    except Exception as failure:
        # A defect of ours must not stop the others; its text may repeat the body.
        return DeliveryFailed(f"unexpected {type(failure).__name__}", temporary=False)
    return None


def _note(connectors: _Connectors, claimed: Claim, failure: DeliveryFailed) -> None:
    if failure.unreachable:
        connectors.unreachable.add(claimed.destination_id)
    _logger.log(
        logging.WARNING if failure.temporary else logging.ERROR,
        "event %s did not reach %s: %s",
        claimed.event_id,
        claimed.destination_id,
        failure.reason,
    )
