"""What became of a message that was handed over: written down once, and never turned back."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from intake.messages.backoff import MAX_ATTEMPTS, backoff
from intake.messages.claims import Claim
from intake.messages.contacts import Contact
from intake.messages.flags import flag_contact
from intake.messages.model import (
    FINAL,
    TAKEN,
    MessageKind,
    MessageState,
    OutgoingMessage,
    StopChannel,
)
from intake.messages.optouts import STOPPED_ERROR, stop
from intake.messages.queue import contact_kind
from intake.messages.transport import (
    Misconfigured,
    PermanentFailure,
    Sent,
    TemporaryFailure,
    Transport,
)
from intake.messages.waiting import change_queued

MISCONFIGURED_PAUSE = timedelta(seconds=30)

Outcome = Sent | TemporaryFailure | PermanentFailure | Misconfigured


def settle(
    session: Session, claim: Claim, outcome: Outcome, transport: Transport, at: datetime
) -> None:
    """Mark a claimed message with what came of handing it over."""
    message = session.get_one(OutgoingMessage, claim.dispatch.id, with_for_update=True)
    if isinstance(outcome, Sent):
        # True whoever holds the claim by now.
        _mark_sent(message, outcome, transport, at)
        return
    if message.claimed_until != claim.until or message.state is not MessageState.QUEUED:
        return
    message.claimed_until = None
    match outcome:
        case PermanentFailure():
            _refused(session, message, claim, outcome, at)
        case Misconfigured(reason=reason):
            message.attempts -= 1  # not the message's fault; only useless_after ends this
            message.error = reason[:200]
            _pause(session, claim.kind, at + MISCONFIGURED_PAUSE)
        case TemporaryFailure():
            _failed_for_now(session, message, claim, outcome, at)


def _mark_sent(message: OutgoingMessage, sent: Sent, transport: Transport, at: datetime) -> None:
    if message.state not in FINAL:
        message.state = MessageState.SENT  # the provider may have told the rest already
        message.error = None
    message.sent_at = message.sent_at or at
    message.provider_id = sent.provider_id
    message.claimed_until = None
    if not transport.keeps_body:
        message.subject = message.body = ""


def _refused(
    session: Session,
    message: OutgoingMessage,
    claim: Claim,
    refusal: PermanentFailure,
    at: datetime,
) -> None:
    contact = Contact(contact_kind(claim.kind), claim.dispatch.recipient)
    if refusal.is_stop:
        message.state, message.error, message.settled_at = MessageState.STOPPED, STOPPED_ERROR, at
        message.subject = message.body = ""
        session.flush()
        stop(session, contact, channel=StopChannel.PROVIDER, word=refusal.code, at=at)
        return
    _mark_failed(message, refusal.code, at)
    if refusal.flag is not None:
        flag_contact(session, contact, refusal.flag, code=refusal.code, at=at)


def _failed_for_now(
    session: Session,
    message: OutgoingMessage,
    claim: Claim,
    failure: TemporaryFailure,
    at: datetime,
) -> None:
    if message.is_once and failure.maybe_taken:
        message.state, message.settled_at = MessageState.UNKNOWN, at
        message.error = failure.reason[:200]
        message.subject = message.body = ""
        _pause_after_unknown(session, claim.kind, at)
        return
    if claim.attempt >= MAX_ATTEMPTS:
        _mark_failed(message, f"given up: {failure.reason}", at)
        return
    message.error = failure.reason[:200]
    wait = max(backoff(claim.attempt), failure.retry_after or timedelta(0))
    message.next_attempt_at = at + wait
    if failure.retry_after:
        _pause(session, claim.kind, at + failure.retry_after)


def _mark_failed(message: OutgoingMessage, error: str, at: datetime) -> None:
    message.state, message.settled_at = MessageState.FAILED, at
    message.error = error[:200]
    if message.useless_after or message.is_once:
        message.subject = message.body = ""


def _pause(
    session: Session, kind: MessageKind, until: datetime, *, only_once: bool = False
) -> None:
    """Let every waiting message of a kind wait until its provider may be asked again."""
    session.flush()
    condition = and_(
        OutgoingMessage.kind == kind,
        OutgoingMessage.next_attempt_at < until,
        OutgoingMessage.claimed_until.is_(None),
    )
    if only_once:
        condition = and_(condition, OutgoingMessage.is_once)
    change_queued(session, condition, {"next_attempt_at": until})


def _pause_after_unknown(session: Session, kind: MessageKind, at: datetime) -> None:
    """Hold back what must not come twice, longer each time: an outage must not turn a whole
    campaign into messages of which nobody knows whether they were sent."""
    session.flush()
    last_taken = select(func.max(OutgoingMessage.sent_at)).where(
        OutgoingMessage.kind == kind, OutgoingMessage.state.in_(TAKEN)
    )
    in_a_row = select(func.count()).where(
        OutgoingMessage.kind == kind,
        OutgoingMessage.state == MessageState.UNKNOWN,
        OutgoingMessage.settled_at
        > func.coalesce(last_taken.scalar_subquery(), at - timedelta(days=1)),
    )
    count = session.scalar(in_a_row) or 1
    _pause(session, kind, at + backoff(max(count, 1)), only_once=True)
