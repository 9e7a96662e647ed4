"""The worker's publishing to destinations that take many events at once.

A shipment is claimed in one transaction, handed over outside any, and marked in another. Its name
is kept with its events, so that a worker that dies in between costs nothing: the next one hands
over the same shipment under the same name, and the connector finds it there already.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.db.engine import Database
from intake.sharing.circuit import look_at_circuits
from intake.sharing.claims import Claim, Lease, claim
from intake.sharing.connections import LEASE, LONGEST_DELIVERY, Clock, OpenConnectors, unexpected
from intake.sharing.connectors import Delivery, DeliveryFailed, Letter
from intake.sharing.outcomes import Outcome, settle

SHIPMENT = 500
"""The most events that are handed over together."""


def ship_due(
    database: Database,
    *,
    at: datetime,
    zone: ZoneInfo,
    worker: str,
    allow_private: bool = False,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Hand over what is due, one shipment to each destination; returns how many events arrived.

    The parameters are those of ``publish_due``.
    """
    clock = Clock(at, zone)
    circuits = look_at_circuits(
        database, Delivery.TOGETHER, at=clock.now(), probe_until=clock.now() + LEASE
    )
    arrived = 0
    with OpenConnectors(database, allow_private=allow_private) as connectors:
        for destination_id in sorted(circuits.closed | circuits.probed):
            if is_stopping():
                break
            arrived += _ship(connectors, destination_id, worker, clock)
    return arrived


def _ship(connectors: OpenConnectors, destination_id: str, worker: str, clock: Clock) -> int:
    lease = Lease(worker, clock.now() + LEASE)
    claims = claim(
        connectors.database,
        lease,
        at=clock.now(),
        today=clock.today(),
        limit=SHIPMENT,
        only=destination_id,
        together=True,
    )
    if not claims:
        return 0
    outcomes: dict[str, Outcome] = {}
    for shipment, members in _by_shipment(claims).items():
        late = clock.now() > lease.until - LONGEST_DELIVERY
        if late or destination_id in connectors.unreachable:
            break
        outcomes |= _hand_over(connectors, shipment, members, clock)
    settle(connectors.database, lease, claims, outcomes, at=clock.now(), today=clock.today())
    return sum(outcome.failure is None for outcome in outcomes.values())


def _by_shipment(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """The oldest first: names of shipments sort by time."""
    found: dict[str, list[Claim]] = {}
    for claimed in sorted(claims, key=lambda one: (one.shipment or "", one.event_id)):
        found.setdefault(claimed.shipment or "", []).append(claimed)
    return found


def _hand_over(
    connectors: OpenConnectors, shipment: str, members: Sequence[Claim], clock: Clock
) -> dict[str, Outcome]:
    """How it went for each publication of one shipment."""
    failures: dict[str, DeliveryFailed] = {}
    letters = []
    try:
        for claimed in members:
            try:
                body = connectors.read(claimed)
            except DeliveryFailed as failure:
                failures[claimed.event_id] = failure
                continue
            letters.append(Letter(claimed.event_id, body, is_repeated=claimed.attempt > 1))
        if letters:
            connector = connectors.to(members[0].destination_id)
            failures |= connector.ship(shipment, letters)
    except DeliveryFailed as failure:
        failures |= {letter.event_id: failure for letter in letters}
    except Exception as error:
        failures |= {claimed.event_id: unexpected(error) for claimed in members}
    for claimed in members:
        if (failed := failures.get(claimed.event_id)) is not None:
            connectors.note(claimed, failed)
    at = clock.now()
    return {one.publication_id: Outcome(at, failures.get(one.event_id)) for one in members}
