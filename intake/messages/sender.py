"""The worker's sending: claims what is due, hands it over, writes down how it went.

At least once: a message is claimed in one transaction, sent outside any, and marked in another.
A worker that dies between sending and marking leaves a claim that runs out, and the message is
sent again; a code twice is better than never. Two workers never hold the same claim.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, defer

from intake.db.engine import Database
from intake.db.keys import CannotDecrypt
from intake.messages.model import MessageKind, MessageState, OutgoingMessage
from intake.messages.transport import (
    Dispatch,
    Misconfigured,
    PermanentFailure,
    Sent,
    TemporaryFailure,
    Transport,
)

LEASE = timedelta(minutes=5)
"""Longer than any transport takes for one message, its time-outs included."""
BACKOFF = (
    *(timedelta(seconds=s) for s in (2, 8, 30)),
    *(timedelta(minutes=m) for m in (2, 10, 30)),
)
LONGEST_BACKOFF = timedelta(hours=1)
MAX_ATTEMPTS = 30
"""With the backoff about a day."""
MISCONFIGURED_PAUSE = timedelta(seconds=30)

NOT_SET_UP = {
    MessageKind.SMS: "no SMS account is set up",
    MessageKind.EMAIL: "no email server is set up",
}

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    dispatch: Dispatch
    kind: MessageKind
    until: datetime
    """Also what tells this claim from a later one of another worker."""
    attempt: int


@dataclass(slots=True)
class _Clock:
    """``at`` plus the time that has passed since: claims must not be dated in the past."""

    at: datetime
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.started)


def send_due(
    database: Database,
    transports: Mapping[MessageKind, Transport],
    *,
    at: datetime,
    limit: int = 50,
    kinds: frozenset[MessageKind] = frozenset(MessageKind),
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send up to ``limit`` due messages of ``kinds``, codes first; returns how many were sent.

    ``transports`` are all that are set up, so that messages of the others can say so. No further
    message is begun once ``is_stopping``.
    A kind whose provider fails is left alone until the next call, so that an outage costs one
    time-out a call and not one a message.
    """
    clock = _Clock(at)
    working = {kind: transport for kind, transport in transports.items() if kind in kinds}
    with database.begin() as session:
        _give_up(session, at)
        _explain_missing(session, transports)
    sent = 0
    for _ in range(limit):
        if is_stopping():
            break
        claim = _claim(database, frozenset(working), clock.now())
        if claim is None:
            break
        outcome = _try(working[claim.kind], claim)
        with database.begin() as session:
            _settle(session, claim, outcome, working[claim.kind], clock.now())
        if isinstance(outcome, Sent):
            sent += 1
        elif not isinstance(outcome, PermanentFailure):
            del working[claim.kind]
    return sent


Outcome = Sent | TemporaryFailure | PermanentFailure | Misconfigured


def _try(transport: Transport, claim: _Claim) -> Outcome:
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
        return TemporaryFailure(f"unexpected {type(failure).__name__}")


def _claim(database: Database, kinds: frozenset[MessageKind], at: datetime) -> _Claim | None:
    """Take the next due message for LEASE; nobody else gets it meanwhile.

    PostgreSQL skips rows that another worker is taking; SQLite lets one writer at a time in.
    """
    with database.begin() as session:
        while (message := _next_due(session, kinds, at)) is not None:
            message.attempts += 1
            try:
                dispatch = _dispatch(message)
            except CannotDecrypt as error:
                # One message that can't be read must not keep the others from being sent.
                _logger.error("message %s waits: %s", message.id, error)  # noqa: TRY400
                message.error = f"can't be read: {error}"[:200]
                message.next_attempt_at = at + _backoff(message.attempts)
                session.flush()
                continue
            message.claimed_until = at + LEASE
            return _Claim(dispatch, message.kind, message.claimed_until, message.attempts)
    return None


def _next_due(
    session: Session, kinds: frozenset[MessageKind], at: datetime
) -> OutgoingMessage | None:
    """The next message to send, what is encrypted not read yet."""
    return session.scalars(
        select(OutgoingMessage)
        .where(_is_free(at), OutgoingMessage.next_attempt_at <= at)
        .where(OutgoingMessage.kind.in_(kinds))
        .order_by(OutgoingMessage.useless_after.is_(None), OutgoingMessage.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .options(
            defer(OutgoingMessage.recipient),
            defer(OutgoingMessage.subject),
            defer(OutgoingMessage.body),
        )
    ).first()


def _dispatch(message: OutgoingMessage) -> Dispatch:
    """What the transport is given; raises CannotDecrypt."""
    return Dispatch(
        id=message.id,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        language=message.language,
    )


def _settle(
    session: Session, claim: _Claim, outcome: Outcome, transport: Transport, at: datetime
) -> None:
    message = session.get_one(OutgoingMessage, claim.dispatch.id, with_for_update=True)
    if isinstance(outcome, Sent):
        # True whoever holds the claim by now.
        _mark_sent(message, outcome, transport, at)
        return
    if message.claimed_until != claim.until or message.state is not MessageState.QUEUED:
        return
    message.claimed_until = None
    match outcome:
        case PermanentFailure(code=code):
            _mark_failed(message, code)
        case Misconfigured(reason=reason):
            message.attempts -= 1  # not the message's fault; only useless_after ends this
            message.error = reason[:200]
            _pause(session, claim.kind, at + MISCONFIGURED_PAUSE)
        case TemporaryFailure(reason=reason, retry_after=retry_after):
            if claim.attempt >= MAX_ATTEMPTS:
                _mark_failed(message, f"given up: {reason}")
                return
            message.error = reason[:200]
            message.next_attempt_at = at + max(_backoff(claim.attempt), retry_after or timedelta(0))
            if retry_after:
                _pause(session, claim.kind, at + retry_after)


def _mark_sent(message: OutgoingMessage, sent: Sent, transport: Transport, at: datetime) -> None:
    message.state = MessageState.SENT
    message.sent_at = at
    message.provider_id = sent.provider_id
    message.error = None
    message.claimed_until = None
    if not transport.keeps_body:
        message.subject = message.body = ""


def _mark_failed(message: OutgoingMessage, error: str) -> None:
    message.state = MessageState.FAILED
    message.error = error[:200]
    if message.useless_after:
        message.subject = message.body = ""


def _backoff(attempt: int) -> timedelta:
    """The wait after this many attempts, a quarter longer or shorter by chance, so that
    messages that failed together don't come back together."""
    wait = BACKOFF[attempt - 1] if attempt <= len(BACKOFF) else LONGEST_BACKOFF
    return wait * random.uniform(0.75, 1.25)


def _pause(session: Session, kind: MessageKind, until: datetime) -> None:
    """Let every waiting message of a kind wait until its provider may be asked again."""
    session.flush()
    _change_queued(
        session,
        and_(
            OutgoingMessage.kind == kind,
            OutgoingMessage.next_attempt_at < until,
            OutgoingMessage.claimed_until.is_(None),
        ),
        {"next_attempt_at": until},
    )


def _give_up(session: Session, at: datetime) -> None:
    """End what is too late to be of use, and what has stopped a worker time and again."""
    ended = {"state": MessageState.FAILED, "claimed_until": None}
    _change_queued(
        session,
        and_(_is_free(at), OutgoingMessage.useless_after <= at),
        ended | {"error": "too late to be of use", "subject": "", "body": ""},
    )
    _change_queued(
        session,
        and_(_is_free(at), OutgoingMessage.attempts >= MAX_ATTEMPTS),
        ended | {"error": "given up: no attempt was ever finished"},
    )


def _explain_missing(session: Session, transports: Mapping[MessageKind, Transport]) -> None:
    """Say on the waiting messages themselves that their way of sending is not set up."""
    for kind in MessageKind:
        if kind in transports:
            continue
        reason = NOT_SET_UP[kind]
        _change_queued(
            session,
            and_(OutgoingMessage.kind == kind, OutgoingMessage.error.is_distinct_from(reason)),
            {"error": reason},
        )


def _change_queued(
    session: Session, condition: ColumnElement[bool], values: dict[str, Any]
) -> None:
    """Change every queued message that fits, except those another worker is changing: it knows
    better, and two workers that wait for each other's rows would be a deadlock."""
    fitting = (
        select(OutgoingMessage.id)
        .where(OutgoingMessage.state == MessageState.QUEUED, condition)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.id.in_(fitting))
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _is_free(at: datetime) -> ColumnElement[bool]:
    return and_(
        OutgoingMessage.state == MessageState.QUEUED,
        or_(OutgoingMessage.claimed_until.is_(None), OutgoingMessage.claimed_until <= at),
    )
