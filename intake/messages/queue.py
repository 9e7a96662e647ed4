"""Messages enter the queue in the same transaction as what they tell: both or neither."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.messages.contacts import Contact
from intake.messages.model import MessageKind, MessageState, OutgoingMessage
from intake.messages.wording import Purpose, Wording


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


def message_kind(kind: ContactKind) -> MessageKind:
    """How a contact of this kind is reached."""
    return MessageKind.SMS if kind is ContactKind.PHONE else MessageKind.EMAIL


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
) -> OutgoingMessage:
    """Queue one message for the worker; it is due at once.

    ``session_id`` is the signing session it belongs to; after ``useless_after`` it is given
    up instead of sent.
    """
    message = OutgoingMessage(
        kind=kind,
        purpose=purpose,
        session_id=session_id,
        recipient=recipient,
        subject=subject,
        body=body,
        language=language,
        state=MessageState.QUEUED,
        attempts=0,
        next_attempt_at=at,
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
) -> OutgoingMessage:
    """Queue a wording for a contact, by SMS or email as the contact is."""
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
    )


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
    return Delivery.SENT if last.state is MessageState.SENT else Delivery.FAILED


def forget_old_messages(session: Session, *, before: datetime) -> None:
    """Delete sent and failed messages that were queued earlier; their addresses go with them."""
    session.execute(
        delete(OutgoingMessage).where(
            OutgoingMessage.created_at < before,
            OutgoingMessage.state != MessageState.QUEUED,
        )
    )
