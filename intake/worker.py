"""The worker: messages, publications, expiry, cleaning up. Any number may run."""

import contextlib
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake import clock
from intake.accounts.api_tokens import forget_ended_tokens
from intake.accounts.challenges import forget_challenges
from intake.accounts.idempotency import forget_answers
from intake.accounts.kiosks import forget_kiosks
from intake.accounts.links import forget_links
from intake.accounts.unused import disable_unused
from intake.campaigns.following import follow_up, keep_outcomes
from intake.campaigns.planning import plan_due
from intake.campaigns.sending import send_due as send_campaigns
from intake.concerns.answering import follow_deliveries
from intake.concerns.reminders import remind_of_concerns
from intake.concerns.retention import forget_questions
from intake.consents.signing_sessions import forget_old_sessions
from intake.consents.timely import end_due
from intake.db.limits import forget_attempts
from intake.documents.in_force import mean_versions_of
from intake.installation import Installation
from intake.looks.chain import forget_old_looks
from intake.messages.codes import forget_old_codes
from intake.messages.configured import contact_limits
from intake.messages.inbound import forget_old_replies
from intake.messages.model import MessageKind
from intake.messages.queue import forget_old_messages
from intake.messages.sender import send_due
from intake.messages.transport import Transport
from intake.paper.batches import BatchBusy, process, unfinished
from intake.paper.folder import WatchedFolder
from intake.paper.reader import read_apart
from intake.paper.reading import Reader
from intake.paper.retention import destroy_due
from intake.paper.review import settle_due
from intake.reminders import remind_of_lapses
from intake.revocations.actions import close_told
from intake.revocations.reminders import remind_due
from intake.sharing.confirmations import complete_overtaken
from intake.sharing.publisher import publish_due
from intake.sharing.receipts import collect_receipts
from intake.sharing.shipments import ship_due

_log = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between looks when nothing is due; a family waits for its code."""
PAUSE = 5.0
"""Seconds until a job that failed is tried again: a database that is down fills no log."""
GRACE = 25.0
"""Seconds that ``run`` waits for what is under way when it is told to stop: more than the longest
delivery takes, less than service managers wait before they kill."""
SHIP_EVERY = 15.0
"""Seconds between shipments: many events in one file, and a revocation does not wait long."""
RECEIPTS_EVERY = 60.0
PAPERS_EVERY = 2.0
SCANS_EVERY = 1.0
CASES_EVERY = 60.0
CAMPAIGNS_EVERY = 1.0
CAMPAIGNS_FOLLOWED_EVERY = 15.0
CALENDAR_EVERY = 3600.0
AT_ONCE = 200
IN_FLIGHT = {MessageKind.SMS: 8, MessageKind.EMAIL: 4}
"""Messages under way at once: a campaign of ten thousand takes minutes. More would only meet
Twilio's limit of requests at once, and mail servers' limits of connections."""
KEEP_MESSAGES = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Job:
    """One thing that is done again and again, in a thread of its own."""

    name: str
    work: Callable[[datetime], int]
    """Returns how much was done; while it is not nothing, there may be more."""
    rest: float
    """Seconds to wait when nothing was due."""


class Worker:
    """One worker process: ``run`` until ``stop``.

    Text messages, emails, publications, shipments, receipts, cases, campaigns and the calendar each
    have a thread, so that a sharing system or a mail server that answers slowly keeps no family
    waiting for its code.
    """

    def __init__(
        self,
        installation: Installation,
        transports: Mapping[MessageKind, Transport],
        reader: Reader = read_apart,
    ) -> None:
        self._installation = installation
        self._reader = reader
        folder = installation.settings.scan_folder
        self._folder = WatchedFolder(folder) if folder is not None else None
        self._transports = transports
        self._name = f"{os.getpid()}-{uuid.uuid4().hex[:16]}"
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until told to stop, then finish what is under way, for GRACE seconds at most.

        What is left then is safe: its lease runs out, and it is done again.
        """
        threads = [
            threading.Thread(target=self._repeat, args=(job,), name=job.name, daemon=True)
            for job in self._jobs()
        ]
        for thread in threads:
            thread.start()
        leave_at = float("inf")
        while busy := [thread for thread in threads if thread.is_alive()]:
            if self._stopping.is_set():
                leave_at = min(leave_at, time.monotonic() + GRACE)
            if time.monotonic() > leave_at:
                names = ", ".join(thread.name for thread in busy)
                _log.warning("worker: left %s under way; it is done again after its lease", names)
                return
            # Not the event: a signal's handler sets it in this very thread.
            busy[0].join(POLL)

    def stop(self) -> None:
        """Let ``run`` return soon; may be called from a signal's handler."""
        self._stopping.set()

    def _jobs(self) -> list[_Job]:
        messages = [_Job(f"{kind} messages", self._sender(kind), POLL) for kind in MessageKind]
        return [
            *messages,
            _Job("publications", self._publish, POLL),
            _Job("shipments", self._ship, SHIP_EVERY),
            _Job("receipts", self._collect, RECEIPTS_EVERY),
            _Job("papers", self._settle_papers, PAPERS_EVERY),
            _Job("scans", self._read_scans, SCANS_EVERY),
            _Job("cases", self._follow_cases, CASES_EVERY),
            _Job("campaigns", self._run_campaigns, CAMPAIGNS_EVERY),
            _Job("campaigns' results", self._follow_campaigns, CAMPAIGNS_FOLLOWED_EVERY),
            _Job("calendar", self._follow_calendar, CALENDAR_EVERY),
        ]

    def _repeat(self, job: _Job) -> None:
        """Do a job until told to stop. When it fails it is logged and tried again."""
        # Of this thread: what it reads of documents is what is in force.
        mean_versions_of(self._installation.database, self._installation.settings.time_zone)
        while not self._stopping.is_set():
            try:
                wait = 0.0 if job.work(clock.now()) else job.rest
            except Exception as error:
                # The type only: the text of a database error can hold what somebody typed.
                _log.error("worker: %s failed (%s); trying again", job.name, type(error).__name__)
                wait = PAUSE
            self._stopping.wait(wait)

    def _sender(self, kind: MessageKind) -> Callable[[datetime], int]:
        def send(at: datetime) -> int:
            return send_due(
                self._installation.database,
                self._transports,
                at=at,
                limit=AT_ONCE,
                kinds=frozenset({kind}),
                limits=contact_limits(self._installation.settings),
                in_flight=IN_FLIGHT[kind],
                is_stopping=self._stopping.is_set,
            )

        return send

    def _publish(self, at: datetime) -> int:
        return publish_due(
            self._installation.database,
            at=at,
            zone=self._installation.settings.time_zone,
            worker=self._name,
            allow_private=self._installation.settings.demo,
            is_stopping=self._stopping.is_set,
        )

    def _ship(self, at: datetime) -> int:
        return ship_due(
            self._installation.database,
            at=at,
            zone=self._installation.settings.time_zone,
            worker=self._name,
            allow_private=self._installation.settings.demo,
            is_stopping=self._stopping.is_set,
        )

    def _collect(self, at: datetime) -> int:
        collect_receipts(
            self._installation.database,
            at=at,
            allow_private=self._installation.settings.demo,
            is_stopping=self._stopping.is_set,
        )
        return 0  # also what could not be put aside waits for the next time

    def _settle_papers(self, at: datetime) -> int:
        return settle_due(self._installation, at=at)

    def _read_scans(self, at: datetime) -> int:
        """Take in what the scanner wrote, and read what waits, one batch after another."""
        if self._folder is not None:
            self._folder.sweep(self._installation, at=at)
        with self._installation.database.read() as session:
            waiting = unfinished(session, at=at)
        for batch_id in waiting:
            if self._stopping.is_set():
                break
            with contextlib.suppress(BatchBusy):
                process(self._installation, batch_id, self._reader, at=clock.now())
        return 0

    def _follow_cases(self, at: datetime) -> int:
        with self._installation.database.begin() as session:
            complete_overtaken(session, at=at)
        close_told(self._installation.database, at=at)
        remind_due(self._installation.database, self._installation.settings, at=at)
        follow_deliveries(self._installation.database, at=at)
        remind_of_concerns(self._installation.database, self._installation.settings, at=at)
        return 0

    def _run_campaigns(self, at: datetime) -> int:
        """Make recipients and let messages go, a little of both by turns."""
        database, settings = self._installation.database, self._installation.settings
        stopping = self._stopping.is_set
        made = plan_due(database, settings, at=at, is_stopping=stopping)
        send_campaigns(database, settings, at=at, is_stopping=stopping)
        return made

    def _follow_campaigns(self, at: datetime) -> int:
        return follow_up(self._installation.database, self._installation.settings, at=at)

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
            keep_outcomes(session, before=at - KEEP_MESSAGES)
            forget_old_messages(session, before=at - KEEP_MESSAGES)
            keep_replies = timedelta(days=self._installation.settings.reply_days)
            forget_old_replies(session, before=at - keep_replies)
            forget_attempts(session, before=at - KEEP_ATTEMPTS)
            forget_ended_tokens(session, before=at - KEEP_ATTEMPTS)
            forget_answers(session, at=at)
            forget_challenges(session, before=at)
            forget_links(session, before=at)
        self._forget_looks(at)
        with database.begin() as session:
            disable_unused(session, self._installation.settings.staff.unused, at=at)
            forget_kiosks(session, before=at - KEEP_ATTEMPTS)
        destroy_due(self._installation, at=at)
        forget_questions(database, self._installation.settings, at=at)
        remind_of_lapses(database, self._installation.settings, at=at)
        return 0

    def _forget_looks(self, at: datetime) -> None:
        before = at - timedelta(days=self._installation.settings.access_record_days)
        is_more = True
        while is_more and not self._stopping.is_set():
            with self._installation.database.begin() as session:
                is_more = forget_old_looks(session, before=before)
