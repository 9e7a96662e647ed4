"""Faults on demand, so that tests can see what the sender does about them."""

import socket
import time
from dataclasses import dataclass
from enum import StrEnum

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
    UNCONFIRMED = "unconfirmed"
    """Hides identities, and never confirms."""


_REFUSING = {FaultMode.ERROR, FaultMode.REFUSAL}


@dataclass(slots=True)
class Faults:
    """The present misbehaviour; ``student_id`` restricts a refusal to one student's events."""

    mode: FaultMode = FaultMode.OK
    seconds: float = 1.0
    student_id: str | None = None

    def refusal(self, student_id: str) -> int | None:
        """The status with which this student's event is refused."""
        if self.mode not in _REFUSING or self.student_id not in {None, student_id}:
            return None
        return int(self.mode)

    def before_answer(self, answer: Response) -> Response:
        """Wait, or cut the connection, after the event has been taken in."""
        if self.mode is FaultMode.SLOW:
            time.sleep(self.seconds)
        elif self.mode is FaultMode.DROP:
            connection = request.environ.get("werkzeug.socket")
            if isinstance(connection, socket.socket):
                connection.shutdown(socket.SHUT_RDWR)
        return answer
