"""What a destination answers once it has worked through what it was sent."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a receipt says of one event."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    """Accepted, and the student's identity is hidden."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a destination says of one event after it has had it for a while."""

    event_id: str
    verdict: Verdict
