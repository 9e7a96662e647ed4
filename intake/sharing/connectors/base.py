"""What every kind of destination has in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Target:
    """Where to deliver, and the secret shared with it."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


class DeliveryFailed(Exception):
    """The event did not arrive, as far as we know. ``reason`` holds nothing of its content."""

    def __init__(
        self,
        reason: str,
        *,
        temporary: bool,
        unreachable: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        """``temporary``: may pass by itself; otherwise somebody has to change something.

        ``unreachable``: the whole destination is down or slow, not only this event's delivery.
        """
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary
        self.unreachable = unreachable
        self.retry_after = retry_after


class Connector(ABC):
    """Delivers events to one destination; used by one thread at a time."""

    kind: ClassVar[str]
    LONGEST_DELIVERY: ClassVar[timedelta]
    """No delivery takes longer, whatever the other side does; leases rely on it."""

    @abstractmethod
    def __init__(self, target: Target, *, allow_private: bool) -> None:
        """``allow_private``: whether the target may be in a private network or on this machine."""

    @abstractmethod
    def deliver(self, event_id: str, body: str, *, at: datetime) -> None:
        """Hand over one event and wait until the destination has it. Raises DeliveryFailed."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
