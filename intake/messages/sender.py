"""The worker's sending: claims what is due, hands it over, writes down how it went.

At least once: a message is claimed in one transaction, sent outside any, and marked in another.
A worker that dies between sending and marking leaves a claim that runs out, and the message is
sent again; a code twice is better than never. A message that ``is_once`` is not: it becomes
UNKNOWN and is shown to staff. Two workers never hold the same claim.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from intake.db.engine import Database
from intake.messages.backoff import MAX_ATTEMPTS
from intake.messages.claims import LEASE, Claim, claim_next, explain_missing, give_up
from intake.messages.limits import ContactLimits
from intake.messages.model import MessageKind
from intake.messages.settling import Outcome, settle
from intake.messages.transport import (
    Misconfigured,
    PermanentFailure,
    Sent,
    TemporaryFailure,
    Transport,
)

__all__ = ["LEASE", "MAX_ATTEMPTS", "send_due"]

_logger = logging.getLogger(__name__)


def send_due(
    database: Database,
    transports: Mapping[MessageKind, Transport],
    *,
    at: datetime,
    limit: int = 50,
    kinds: frozenset[MessageKind] = frozenset(MessageKind),
    limits: ContactLimits | None = None,
    in_flight: int = 1,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send up to ``limit`` due messages of ``kinds``, codes first; returns how many were sent.

    ``transports`` are all that are set up, so that messages of the others can say so. ``limits``
    hold for campaigns. Up to ``in_flight`` are under way at once: most of the time is waiting for
    the provider. No further message is begun once ``is_stopping``.
    A kind whose provider fails is left alone until the next call, so that an outage costs one
    time-out a call and not one a message.
    """
    with database.begin() as session:
        give_up(session, at)
        explain_missing(session, transports)
    run = _Run(
        database=database,
        working={kind: transport for kind, transport in transports.items() if kind in kinds},
        limits=limits or ContactLimits(),
        at=at,
        left=limit,
        is_stopping=is_stopping,
    )
    if in_flight == 1:
        run.work()
        return run.sent
    with ThreadPoolExecutor(in_flight, thread_name_prefix="sending") as pool:
        # The list raises what a thread has raised, when all have ended.
        list(pool.map(lambda _: run.work(), range(in_flight)))
    return run.sent


@dataclass
class _Run:
    """One call of ``send_due``: what its threads share, under the lock."""

    database: Database
    working: dict[MessageKind, Transport]
    limits: ContactLimits
    at: datetime
    left: int
    is_stopping: Callable[[], bool]
    sent: int = 0
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Claim, send and settle, one message after another, while there is anything to do."""
        while (working := self._next_turn()) is not None:
            claim = claim_next(self.database, frozenset(working), self._now(), self.limits)
            if claim is None:
                return
            transport = working[claim.kind]
            outcome = _try(transport, claim)
            with self.database.begin() as session:
                settle(session, claim, outcome, transport, self._now())
            self._count(claim.kind, outcome)

    def _next_turn(self) -> dict[MessageKind, Transport] | None:
        """What still works, or None when this call has done its share."""
        with self.lock:
            if self.left <= 0 or not self.working or self.is_stopping():
                return None
            self.left -= 1
            return dict(self.working)

    def _count(self, kind: MessageKind, outcome: Outcome) -> None:
        with self.lock:
            if isinstance(outcome, Sent):
                self.sent += 1
            elif not isinstance(outcome, PermanentFailure):
                self.working.pop(kind, None)

    def _now(self) -> datetime:
        """``at`` plus the time that has passed since: claims must not be dated in the past."""
        return self.at + timedelta(seconds=time.monotonic() - self.started)


def _try(transport: Transport, claim: Claim) -> Outcome:
    try:
        return transport.send(claim.dispatch)
    except Misconfigured as failure:
        _logger.error("%s messages wait: %s", claim.kind, failure.reason)  # noqa: TRY400
        return failure
    except (TemporaryFailure, PermanentFailure) as failure:
        return failure
    except Exception as failure:
        # A defect of ours must not stop the queue; its text may repeat the address.
        _logger.error(  # noqa: TRY400
            "sending message %s failed unexpectedly: %s", claim.dispatch.id, type(failure).__name__
        )
        return TemporaryFailure(f"unexpected {type(failure).__name__}", maybe_taken=True)
