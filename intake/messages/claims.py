"""Which message is sent next: claimed for a while, so that nobody else takes it meanwhile.

What may not go now is set aside here: to somebody who wants no messages, in quiet hours, beyond a
contact's limits, too late, or given up.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, defer

from intake.db.engine import Database
from intake.db.keys import CannotDecrypt
from intake.db.locks import one_at_a_time
from intake.messages.backoff import MAX_ATTEMPTS, backoff
from intake.messages.holding import is_not_held
from intake.messages.limits import ContactLimits, campaign_times
from intake.messages.model import MessageKind, MessageState, OutgoingMessage
from intake.messages.optouts import STOPPED_ERROR, is_held_by_stop, is_key_stopped
from intake.messages.quiet import QuietHours
from intake.messages.transport import Dispatch, Transport
from intake.messages.waiting import change_queued

LEASE = timedelta(minutes=5)
"""Longer than any transport takes for one message, its time-outs included."""
NOT_SET_UP = {
    MessageKind.SMS: "no SMS account is set up",
    MessageKind.EMAIL: "no email server is set up",
}
_AT_ONCE = 100
"""How many are set aside in one transaction: on SQLite nobody else can write meanwhile."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that is this worker's until its lease ends."""

    dispatch: Dispatch
    kind: MessageKind
    until: datetime
    """Also what tells this claim from a later one of another worker."""
    attempt: int


class _Look(Enum):
    NOTHING = auto()
    AGAIN = auto()


def claim_next(
    database: Database, kinds: frozenset[MessageKind], at: datetime, limits: ContactLimits
) -> Claim | None:
    """Take the next due message for LEASE; nobody else gets it meanwhile.

    PostgreSQL skips rows that another worker is taking; SQLite lets one writer at a time in.
    """
    found: Claim | _Look = _Look.AGAIN
    while found is _Look.AGAIN:
        with database.begin() as session:
            found = _look(session, kinds, at, limits)
    return found if isinstance(found, Claim) else None


def _look(
    session: Session, kinds: frozenset[MessageKind], at: datetime, limits: ContactLimits
) -> Claim | _Look:
    for _ in range(_AT_ONCE):
        message = _next_due(session, kinds, at)
        if message is None:
            return _Look.NOTHING
        if _ends(session, message, at) or _waits_for_morning(session, message, at):
            session.flush()
            continue
        if _is_too_much(session, message, at, limits):
            return _Look.AGAIN  # its contact's lock goes with this transaction
        claim = _claimed(message, at)
        if claim is not None:
            return claim
        session.flush()
    return _Look.AGAIN


def _next_due(
    session: Session, kinds: frozenset[MessageKind], at: datetime
) -> OutgoingMessage | None:
    """The next message to send, what is encrypted not read yet: codes first, then by age."""
    due = (
        select(OutgoingMessage)
        .where(is_free(at), OutgoingMessage.next_attempt_at <= at)
        .where(OutgoingMessage.kind.in_(kinds), is_not_held())
        .order_by(OutgoingMessage.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .options(
            defer(OutgoingMessage.recipient),
            defer(OutgoingMessage.subject),
            defer(OutgoingMessage.body),
        )
    )
    # Two questions, each with its own index: sorting ten thousand for each message is too slow.
    urgent = session.scalars(due.where(OutgoingMessage.useless_after.is_not(None))).first()
    return urgent or session.scalars(due).first()


def _ends(session: Session, message: OutgoingMessage, at: datetime) -> bool:
    """Whether it will never be sent: unwanted, or it has stopped a worker time and again."""
    is_campaign = message.campaign_id is not None
    if (
        message.contact_key is not None
        and is_held_by_stop(message.kind, is_campaign=is_campaign)
        and is_key_stopped(session, message.contact_key)
    ):
        message.state, message.error = MessageState.STOPPED, STOPPED_ERROR
        message.subject = message.body = ""
    elif message.attempts >= MAX_ATTEMPTS:
        message.state, message.error = MessageState.FAILED, "given up: no attempt was ever finished"
    else:
        return False
    message.claimed_until, message.settled_at = None, at
    return True


def _waits_for_morning(session: Session, message: OutgoingMessage, at: datetime) -> bool:
    """Put off to the end of its quiet hours, with every other that keeps the same hours."""
    if message.quiet_hours is None:
        return False
    opens = QuietHours.from_stored(message.quiet_hours).next_open(at)
    if opens <= at:
        return False
    change_queued(
        session,
        and_(
            OutgoingMessage.quiet_hours == message.quiet_hours,
            OutgoingMessage.next_attempt_at < opens,
            OutgoingMessage.claimed_until.is_(None),
        ),
        {"next_attempt_at": opens},
    )
    message.claimed_until, message.next_attempt_at = None, opens
    return True


def _is_too_much(
    session: Session, message: OutgoingMessage, at: datetime, limits: ContactLimits
) -> bool:
    """Whether its contact has had enough of campaigns for now; then it waits."""
    if message.campaign_id is None or message.contact_key is None:
        return False
    one_at_a_time(session, f"campaign messages to {message.contact_key}")
    free = limits.free_at(campaign_times(session, message, at), at)
    if free <= at:
        return False
    quiet = QuietHours.from_stored(message.quiet_hours) if message.quiet_hours else None
    message.next_attempt_at = quiet.next_open(free) if quiet else free
    return True


def _claimed(message: OutgoingMessage, at: datetime) -> Claim | None:
    message.attempts += 1
    try:
        dispatch = Dispatch(
            id=message.id,
            recipient=message.recipient,
            subject=message.subject,
            body=message.body,
            language=message.language,
            is_campaign=message.campaign_id is not None,
        )
    except CannotDecrypt as error:
        # One message that can't be read must not keep the others from being sent.
        _logger.error("message %s waits: %s", message.id, error)  # noqa: TRY400
        message.error = f"can't be read: {error}"[:200]
        message.next_attempt_at = at + backoff(message.attempts)
        return None
    message.claimed_until = at + LEASE
    return Claim(dispatch, message.kind, message.claimed_until, message.attempts)


def give_up(session: Session, at: datetime) -> None:
    """End what is too late to be of use, and show what a worker has left half done."""
    change_queued(
        session,
        and_(is_free(at), OutgoingMessage.useless_after <= at),
        {
            "state": MessageState.FAILED,
            "claimed_until": None,
            "error": "too late to be of use",
            "subject": "",
            "body": "",
            "settled_at": at,
        },
    )
    change_queued(
        session,
        and_(OutgoingMessage.is_once, OutgoingMessage.claimed_until <= at),
        {
            "state": MessageState.UNKNOWN,
            "claimed_until": None,
            "error": "the worker was stopped while it sent this",
            "subject": "",
            "body": "",
            "settled_at": at,
        },
    )


def explain_missing(session: Session, transports: Mapping[MessageKind, Transport]) -> None:
    """Say on the waiting messages themselves that their way of sending is not set up."""
    for kind in MessageKind:
        if kind in transports:
            continue
        reason = NOT_SET_UP[kind]
        change_queued(
            session,
            and_(OutgoingMessage.kind == kind, OutgoingMessage.error.is_distinct_from(reason)),
            {"error": reason},
        )


def is_free(at: datetime) -> ColumnElement[bool]:
    """Whether a worker may take it: nobody has it, or whoever had it is gone and it may be sent
    again."""
    is_left = and_(OutgoingMessage.claimed_until <= at, OutgoingMessage.is_once.is_(False))
    return and_(
        OutgoingMessage.state == MessageState.QUEUED,
        or_(OutgoingMessage.claimed_until.is_(None), is_left),
    )
