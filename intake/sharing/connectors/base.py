"""What every kind of destination has in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from intake.sharing.formats import Format
from intake.sharing.formats.receipt import Receipt


class Delivery(StrEnum):
    """How events get to a kind of destination."""

    ONE_BY_ONE = "one_by_one"
    """The worker hands over each event for itself."""
    TOGETHER = "together"
    """The worker hands over a shipment of events, all or none."""
    FETCHED = "fetched"
    """The destination asks for them; the worker leaves them alone."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to deliver, and the secret shared with it."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What a kind needs to know besides; each connector names its own."""
    previous_secret: str | None = field(default=None, repr=False)
    """Also signed with, while the secret is being changed."""


class InvalidTarget(ValueError):
    """It could never be delivered to; the message says what to change, without the secret."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One event to hand over."""

    event_id: str
    body: str = field(repr=False)
    is_repeated: bool = False
    """Whether an earlier attempt may have arrived."""


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """The receipts that came together, under a name that is told once they are recorded."""

    name: str
    receipts: Sequence[Receipt]


class DeliveryFailed(Exception):
    """The event did not arrive, as far as we know. ``reason`` holds nothing of its content."""

    def __init__(
        self,
        reason: str,
        *,
        temporary: bool,
        unreachable: bool = False,
        retry_after: timedelta | None = None,
        refuses_event: bool = False,
    ) -> None:
        """``temporary``: may pass by itself; otherwise somebody has to change something.

        ``unreachable``: the whole destination is down or slow, not only this event's delivery.
        ``refuses_event``: it is this event that is not taken; others may be.
        """
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary
        self.unreachable = unreachable
        self.retry_after = retry_after
        self.refuses_event = refuses_event


class Connector(ABC):
    """Delivers events to one destination; used by one thread at a time."""

    kind: ClassVar[str]
    delivery: ClassVar[Delivery] = Delivery.ONE_BY_ONE
    formats: ClassVar[tuple[Format, ...]] = (Format.CLOUDEVENTS, Format.FHIR)
    """What it can carry; the first is what it carries unless told otherwise."""
    confirms_signed: ClassVar[bool] = False
    """Whether ``secret`` is a Standard Webhooks secret that also signs confirmations."""
    LONGEST_DELIVERY: ClassVar[timedelta]
    """No delivery takes longer, whatever the other side does; leases rely on it."""

    @abstractmethod
    def __init__(self, target: Target, *, allow_private: bool) -> None:
        """``allow_private``: whether the target may be in a private network or on this machine."""

    @classmethod
    @abstractmethod
    def check(cls, target: Target) -> None:
        """Raise InvalidTarget unless it could be delivered to; nothing is sent."""

    def deliver(self, event_id: str, body: str, *, at: datetime) -> None:
        """Hand over one event and wait until the destination has it. Raises DeliveryFailed.

        Of kinds whose ``delivery`` is ONE_BY_ONE only.
        """
        raise TypeError(f"{self.kind} takes no single events")

    def ship(self, shipment: str, letters: Sequence[Letter]) -> Mapping[str, DeliveryFailed]:
        """Hand over events together, and wait until the destination has them.

        The same ``shipment`` with the same letters never makes two at the destination. Returns
        the events that were left out, by id. Raises DeliveryFailed when none was taken. Of kinds
        whose ``delivery`` is TOGETHER only.
        """
        raise TypeError(f"{self.kind} takes no shipments")

    def receipts(self) -> Sequence[ReceiptFile]:
        """What the destination has said since of what it was sent. Raises DeliveryFailed."""
        return ()

    def forget_receipts(self, name: str) -> None:  # noqa: B027  (most kinds have none)
        """Put a file of ``receipts`` aside: it is recorded. Raises DeliveryFailed."""

    def close(self) -> None:  # noqa: B027  (some hold none)
        """Let go of connections."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
