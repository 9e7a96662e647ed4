"""What every way of sending has in common: one message in, an acknowledgement or a reason out.

Reasons are our own words and the provider's code. What the provider wrote is never kept or
logged: it repeats numbers and addresses.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from intake.messages.model import FlagReason


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One message as a transport sees it."""

    id: str
    """Stays the same when it is tried again, so that receivers can recognise a repetition."""
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    is_campaign: bool = False
    """Emails of campaigns name the way to get no more of them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has taken the message."""

    provider_id: str | None


class Transport(Protocol):
    """Hands messages to a provider."""

    @property
    def keeps_body(self) -> bool:
        """Whether the text stays readable after sending (only in a demonstration)."""

    def send(self, message: Dispatch) -> Sent:
        """Hand over one message, in bounded time.

        Raises TemporaryFailure, PermanentFailure or Misconfigured.
        """


class TemporaryFailure(Exception):
    """Not now: busy, broken, out of reach. Try again."""

    def __init__(
        self, reason: str, retry_after: timedelta | None = None, *, maybe_taken: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        """What the provider asks of everything we send, where it says so."""
        self.maybe_taken = maybe_taken
        """The provider may have the message: its answer was lost. Trying again may send twice."""


class PermanentFailure(Exception):
    """This address can't be reached this way; trying again does not help."""

    def __init__(self, code: str, *, flag: FlagReason | None = None, is_stop: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.flag = flag
        """Why staff should check the number or address."""
        self.is_stop = is_stop
        """The receiver has told the provider to send nothing more."""


class Misconfigured(Exception):
    """The operator's settings are refused; nothing can be sent until they are changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
