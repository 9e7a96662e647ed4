"""Faults on demand, so that tests, and people, can see what the sender does about them."""

import socket
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Response, request


class FaultMode(StrEnum):
    """How this system misbehaves."""

    OK = "ok"
    ERROR = "500"
    """Refuses every event, unprocessed."""
    REFUSAL = "400"
    """The same, and says that the event itself is wrong."""
    SLOW = "slow"
    """Takes in the event, and answers ``seconds`` later."""
    DROP = "drop"
    """Takes in the event, and cuts the connection instead of answering."""
    DUPLICATE = "duplicate"
    """Works through every event twice, and sends every confirmation twice."""
    REORDER = "reorder"
    """Lays an event aside, and works through it after the one that comes next."""
    UNCONFIRMED = "unconfirmed"
    """Hides identities, and never confirms."""
    WRONG_SIGNATURE = "wrong_signature"
    """Hides identities, and signs its confirmations with another secret."""


MEANINGS = {
    FaultMode.OK: "No fault",
    FaultMode.ERROR: "Answers 500 to every event, without taking it in",
    FaultMode.REFUSAL: "Answers 400: says that the event itself is wrong",
    FaultMode.SLOW: "Takes in events, and answers after some seconds",
    FaultMode.DROP: "Takes in events, and cuts the connection instead of answering",
    FaultMode.DUPLICATE: "Works through every event twice, and confirms twice",
    FaultMode.REORDER: "Works through two events in the reverse order",
    FaultMode.UNCONFIRMED: "Hides identities, and never confirms",
    FaultMode.WRONG_SIGNATURE: "Signs its confirmations with a wrong secret",
}

_REFUSING = {FaultMode.ERROR, FaultMode.REFUSAL}
Arrival = tuple[str, dict[str, Any]]
"""A webhook-id and its event."""


@dataclass(slots=True)
class Faults:
    """The present misbehaviour; ``student_id`` restricts a refusal to one student's events."""

    mode: FaultMode = FaultMode.OK
    seconds: float = 1.0
    student_id: str | None = None
    laid_aside: list[Arrival] = field(default_factory=list)

    def refusal(self, student_id: str) -> int | None:
        """The status with which this student's event is refused."""
        if self.mode not in _REFUSING or self.student_id not in {None, student_id}:
            return None
        return int(self.mode)

    def in_order(self, arrival: Arrival) -> list[Arrival]:
        """What to work through now that this has arrived."""
        if self.mode is FaultMode.DUPLICATE:
            return [arrival, arrival]
        if self.mode is FaultMode.REORDER and not self.laid_aside:
            self.laid_aside.append(arrival)
            return []
        return [arrival, *self.take_laid_aside()]

    def take_laid_aside(self) -> list[Arrival]:
        """What is still to be worked through."""
        found, self.laid_aside = self.laid_aside, []
        return found

    def before_answer(self, answer: Response) -> Response:
        """Wait, or cut the connection, after the event has been taken in."""
        if self.mode is FaultMode.SLOW:
            time.sleep(self.seconds)
        elif self.mode is FaultMode.DROP:
            connection = request.environ.get("werkzeug.socket")
            if isinstance(connection, socket.socket):
                connection.shutdown(socket.SHUT_RDWR)
        return answer
