"""What publishing one by one and in shipments share: time, open connectors, what is noted."""

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from intake.clock import local_date
from intake.db.engine import Database
from intake.db.keys import CannotDecrypt
from intake.sharing.claims import Claim
from intake.sharing.connectors import CONNECTORS, Connector, DeliveryFailed
from intake.sharing.destinations import target_of
from intake.sharing.formats import Format, rendered
from intake.sharing.model import BODY_CONTEXT, Destination

LEASE = timedelta(seconds=60)
LONGEST_DELIVERY = max(connector.LONGEST_DELIVERY for connector in CONNECTORS.values()) + timedelta(
    seconds=10
)
"""What a lease must still hold for a delivery to begin; ten seconds more are for the name service
and the commit."""

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Clock:
    """``at`` plus the time that has passed since: leases must not be dated in the past."""

    at: datetime
    zone: ZoneInfo
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The time now."""
        return self.at + timedelta(seconds=time.monotonic() - self.started)

    def today(self) -> date:
        """The day at the schools."""
        return local_date(self.now(), self.zone)


class OpenConnectors:
    """A connector for each destination of one call, opened when first needed. For one thread."""

    def __init__(
        self, database: Database, *, allow_private: bool, unreachable: set[str] | None = None
    ) -> None:
        """``unreachable``: shared with those that work beside it."""
        self.database = database
        self.unreachable: set[str] = set() if unreachable is None else unreachable
        """Destinations to leave alone until the next call."""
        self._allow_private = allow_private
        self._open: dict[str, tuple[Connector, Format]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def to(self, destination_id: str) -> Connector:
        """The connector to this destination."""
        return self._opened(destination_id)[0]

    def read(self, claimed: Claim) -> str:
        """The body as it is sent. Raises DeliveryFailed where it can't be read."""
        form = self._opened(claimed.destination_id)[1]
        try:
            plain = self.database.keyring.decrypt(claimed.sealed_body, BODY_CONTEXT)
            return rendered(plain.decode(), form)
        except (CannotDecrypt, ValueError, KeyError) as error:
            # The type only: the text may repeat the body.
            raise DeliveryFailed(
                f"unexpected {type(error).__name__}", temporary=False, refuses_event=True
            ) from None

    def note(self, claimed: Claim, failure: DeliveryFailed) -> None:
        """Log it, and leave the destination alone where it is of no use to go on."""
        if failure.unreachable:
            self.unreachable.add(claimed.destination_id)
        _logger.log(
            logging.WARNING if failure.temporary else logging.ERROR,
            "event %s did not reach %s: %s",
            claimed.event_id,
            claimed.destination_id,
            failure.reason,
        )

    def _opened(self, destination_id: str) -> tuple[Connector, Format]:
        if destination_id not in self._open:
            with self.database.read() as session:
                found = session.get_one(Destination, destination_id)
            may = self._allow_private or found.options.get("allow_private") is True
            connector = CONNECTORS[found.kind](target_of(found), allow_private=may)
            self._open[destination_id] = self._stack.enter_context(connector), found.format
        return self._open[destination_id]


def unexpected(error: Exception) -> DeliveryFailed:
    """A defect of ours must not stop the others; its text may repeat the body."""
    return DeliveryFailed(f"unexpected {type(error).__name__}", temporary=False)
