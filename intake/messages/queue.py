"""Messages enter the queue in the same transaction as what they tell: both or neither."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.messages.contacts import Contact
from intake.messages.model import TAKEN, MessageKind, MessageState, OutgoingMessage
from intake.messages.optouts import STOPPED_ERROR, is_held_by_stop, is_stopped, key_of
from intake.messages.quiet import QuietHours
from intake.messages.texts import Purpose
from intake.messages.waiting import end_queued
from intake.messages.wording import Wording

_CANCELLED = "cancelled"


class Delivery(StrEnum):
    """What a page can say about the last code that was sent to a contact."""

    NONE = "none"
    """No code was asked for."""
    ON_ITS_WAY = "on_its_way"
    DELAYED = "delayed"
    """Tried without success, and tried again; another way may be faster."""
    SENT = "sent"
    """The provider took it. A phone that is switched off is not known here."""
    FAILED = "failed"
    """The number or address can't be reached: check it, or use another way."""
    STOPPED = "stopped"
    """The number has said STOP: no code goes there; use another way, or send START."""


def message_kind(kind: ContactKind) -> MessageKind:
    """How a contact of this kind is reached."""
    return MessageKind.SMS if kind is ContactKind.PHONE else MessageKind.EMAIL


def contact_kind(kind: MessageKind) -> ContactKind:
    """The reverse of ``message_kind``."""
    return ContactKind.PHONE if kind is MessageKind.SMS else ContactKind.EMAIL


def queue(
    session: Session,
    *,
    kind: MessageKind,
    purpose: Purpose,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    at: datetime,
    session_id: str | None = None,
    useless_after: datetime | None = None,
    campaign_id: str | None = None,
    is_once: bool = False,
    quiet: QuietHours | None = None,
    wanted_after: datetime | None = None,
) -> OutgoingMessage:
    """Queue one message for the worker; it is due at once, or from ``wanted_after`` on.

    ``session_id`` is the signing session it belongs to; after ``useless_after`` it is given
    up instead of sent. ``is_once``: it never comes twice; what may have been sent and may not have
    becomes UNKNOWN. In ``quiet`` hours it waits. Messages with a ``campaign_id`` keep to the
    limits of a contact (``limits.ContactLimits``). To somebody who wants no messages it is STOPPED
    from the start, without its text: the caller sees that in its state.
    """
    contact = Contact(contact_kind(kind), recipient)
    is_held = is_held_by_stop(kind, is_campaign=campaign_id is not None)
    is_refused = is_held and is_stopped(session, contact)
    due = max(at, wanted_after or at)
    message = OutgoingMessage(
        kind=kind,
        purpose=purpose,
        campaign_id=campaign_id,
        is_once=is_once,
        session_id=session_id,
        recipient=recipient,
        contact_key=key_of(session, contact),
        subject="" if is_refused else subject,
        body="" if is_refused else body,
        language=language,
        state=MessageState.STOPPED if is_refused else MessageState.QUEUED,
        error=STOPPED_ERROR if is_refused else None,
        settled_at=at if is_refused else None,
        attempts=0,
        next_attempt_at=quiet.next_open(due) if quiet else due,
        quiet_hours=quiet.stored if quiet else None,
        useless_after=useless_after,
        created_at=at,
    )
    session.add(message)
    session.flush()
    return message


def notify(
    session: Session,
    contact: Contact,
    wording: Wording,
    *,
    language: str,
    at: datetime,
    session_id: str | None = None,
    useless_after: datetime | None = None,
    campaign_id: str | None = None,
    is_once: bool = False,
    quiet: QuietHours | None = None,
    wanted_after: datetime | None = None,
) -> OutgoingMessage:
    """Queue a wording for a contact, by SMS or email as the contact is; see ``queue``."""
    return queue(
        session,
        kind=message_kind(contact.kind),
        purpose=wording.purpose,
        recipient=contact.value,
        subject=wording.subject,
        body=wording.body,
        language=language,
        at=at,
        session_id=session_id,
        useless_after=useless_after,
        campaign_id=campaign_id,
        is_once=is_once,
        quiet=quiet,
        wanted_after=wanted_after,
    )


def stop_campaign(session: Session, campaign_id: str, *, at: datetime) -> int:
    """End what a campaign still has in the queue; returns how many. What a worker has claimed at
    this moment still goes."""
    return end_queued(session, OutgoingMessage.campaign_id == campaign_id, _CANCELLED, at=at)


def stop_message(session: Session, message_id: str, *, at: datetime) -> bool:
    """End one message that waits, because its reason is gone; False when it is too late."""
    return end_queued(session, OutgoingMessage.id == message_id, _CANCELLED, at=at) == 1


def delivery_state(session: Session, signing_id: str) -> Delivery:
    """How the last code message of a signing session fared, for the page that asks for it."""
    last = session.scalars(
        select(OutgoingMessage)
        .where(
            OutgoingMessage.session_id == signing_id,
            OutgoingMessage.purpose == Purpose.CODE,
        )
        .order_by(OutgoingMessage.created_at.desc())
        .limit(1)
    ).first()
    if last is None:
        return Delivery.NONE
    if last.state is MessageState.QUEUED:
        return Delivery.DELAYED if last.error else Delivery.ON_ITS_WAY
    if last.state is MessageState.STOPPED:
        return Delivery.STOPPED
    return Delivery.SENT if last.state in TAKEN else Delivery.FAILED


def forget_old_messages(session: Session, *, before: datetime) -> None:
    """Delete sent and failed messages that were queued earlier; their addresses go with them."""
    session.execute(
        delete(OutgoingMessage).where(
            OutgoingMessage.created_at < before,
            OutgoingMessage.state != MessageState.QUEUED,
        )
    )
