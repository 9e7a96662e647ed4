"""The worker: messages, publications, expiry, cleaning up. Any number may run."""

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from intake import clock
from intake.consents.signing_sessions import forget_old_sessions
from intake.consents.timely import end_due
from intake.db.limits import forget_attempts
from intake.installation import Installation
from intake.messages.codes import forget_old_codes
from intake.messages.configured import transports_from
from intake.messages.queue import forget_old_messages
from intake.messages.sender import send_due
from intake.sharing.publisher import publish_due

_log = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between looks when nothing is due; a family waits for its code."""
CALENDAR_EVERY = timedelta(hours=1)
KEEP_MESSAGES = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=1)


class Worker:
    """One worker process: ``run`` until ``stop``."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._transports = transports_from(installation.settings)
        self._name = f"{os.getpid()}-{threading.get_ident()}"
        self._stopping = threading.Event()
        self._calendar_at: datetime | None = None

    def run(self) -> None:
        """Work until told to stop. One failing job is logged and does not stop the others."""
        while not self._stopping.is_set():
            if not self.run_once(at=clock.now()):
                self._stopping.wait(POLL)

    def stop(self) -> None:
        """Finish what is under way and return from ``run``."""
        self._stopping.set()

    def run_once(self, *, at: datetime) -> int:
        """Do everything that is due once; returns how many messages and publications went out."""
        done = self._guarded("messages", lambda: self._send(at))
        done += self._guarded("publications", lambda: self._publish(at))
        if self._calendar_at is None or at - self._calendar_at >= CALENDAR_EVERY:
            self._calendar_at = at
            self._guarded("calendar", lambda: self._follow_calendar(at))
        return done

    def _send(self, at: datetime) -> int:
        return send_due(self._installation.database, self._transports, at=at)

    def _publish(self, at: datetime) -> int:
        return publish_due(
            self._installation.database,
            at=at,
            worker=self._name,
            allow_private=self._installation.settings.demo,
        )

    def _follow_calendar(self, at: datetime) -> int:
        database = self._installation.database
        today = clock.local_date(at, self._installation.settings.time_zone)
        after = ""
        while True:
            with database.begin() as session:
                after = end_due(session, today=today, at=at, after=after)
            if not after:
                break
        with database.begin() as session:
            forget_old_sessions(session, before=at)
            forget_old_codes(session, before=at - KEEP_ATTEMPTS)
            forget_old_messages(session, before=at - KEEP_MESSAGES)
            forget_attempts(session, before=at - KEEP_ATTEMPTS)
        return 0

    def _guarded(self, job: str, work: Callable[[], int]) -> int:
        try:
            return work()
        except Exception as error:
            # The type only: the text of a database error can hold what somebody typed.
            _log.error("worker: %s failed (%s); trying again", job, type(error).__name__)
            return 0
