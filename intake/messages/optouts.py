"""Who wants no messages: obeyed when a message is queued and again when it is claimed.

A number that said STOP gets no text message at all, not even a code somebody asks for with it:
the network blocks it anyway, and the page then says so and names other ways. An address that
stopped emails gets none of a campaign; a code or a copy that somebody has just asked for still
comes. Law: 47 U.S.C. 227 and 47 CFR 64.1200(a)(10): any reasonable way to say it counts.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.messages.contacts import Contact
from intake.messages.model import (
    ContactStop,
    InboundMessage,
    Meaning,
    MessageKind,
    OutgoingMessage,
    StopAction,
    StopChannel,
)
from intake.messages.waiting import end_queued
from intake.roster.keys import contact_key

STOPPED_ERROR = "the receiver wants no messages"


def key_of(session: Session, contact: Contact) -> str:
    """The blind index of a contact: the same as on the roster and in consents."""
    return contact_key(session, contact.kind, contact.value)


def is_stopped(session: Session, contact: Contact) -> bool:
    """Whether the newest word on this contact is STOP."""
    return is_key_stopped(session, key_of(session, contact))


def is_key_stopped(session: Session, key: str) -> bool:
    """As ``is_stopped``, by blind index."""
    newest = session.scalars(
        select(ContactStop.action)
        .where(ContactStop.contact_key == key)
        .order_by(ContactStop.id.desc())
        .limit(1)
    ).first()
    return newest is StopAction.STOP


def stopped_among(session: Session, keys: Collection[str]) -> set[str]:
    """Which of these blind indexes are of contacts that want no messages."""
    newest = (
        select(func.max(ContactStop.id))
        .where(ContactStop.contact_key.in_(keys))
        .group_by(ContactStop.contact_key)
    )
    query = select(ContactStop.contact_key).where(
        ContactStop.id.in_(newest), ContactStop.action == StopAction.STOP
    )
    return set(session.scalars(query)) if keys else set()


def left_alone_among(session: Session, keys: Collection[str]) -> set[str]:
    """Which of these campaigns leave alone: who wants no messages, and from where a reply came that
    may take permission back, until a person has read it."""
    query = select(InboundMessage.contact_key).where(
        InboundMessage.contact_key.in_(keys),
        InboundMessage.meaning == Meaning.REVOKE,
        InboundMessage.settled_at.is_(None),
    )
    return stopped_among(session, keys) | set(session.scalars(query) if keys else ())


def stop(
    session: Session,
    contact: Contact,
    *,
    channel: StopChannel,
    at: datetime,
    word: str | None = None,
    by: str | None = None,
) -> None:
    """From now on nothing more goes there, and what waits is ended; again: only written down."""
    _write(session, contact, StopAction.STOP, channel, at=at, word=word, by=by)
    key = key_of(session, contact)
    unwanted = OutgoingMessage.contact_key == key
    if contact.kind is ContactKind.EMAIL:
        unwanted = and_(unwanted, OutgoingMessage.campaign_id.is_not(None))
    end_queued(session, unwanted, STOPPED_ERROR, at=at)


def stop_by_link(session: Session, message_id: str, *, at: datetime) -> bool:
    """The link at the end of a campaign's email was followed; False when nobody knows it any more.

    Whoever has the email has its random id; all that it can do is end further ones.
    """
    message = session.get(OutgoingMessage, message_id)
    if message is None or message.campaign_id is None or message.kind is not MessageKind.EMAIL:
        return False
    contact = Contact(ContactKind.EMAIL, message.recipient)
    if not is_stopped(session, contact):
        stop(session, contact, channel=StopChannel.LINK, at=at)
    return True


def start(
    session: Session,
    contact: Contact,
    *,
    channel: StopChannel,
    at: datetime,
    word: str | None = None,
    by: str | None = None,
) -> None:
    """Messages may go there again; what was ended before stays ended."""
    _write(session, contact, StopAction.START, channel, at=at, word=word, by=by)


def is_held_by_stop(kind: MessageKind, *, is_campaign: bool) -> bool:
    """Whether a stop keeps such a message from being sent: every SMS, and campaigns' emails."""
    return kind is MessageKind.SMS or is_campaign


def _write(
    session: Session,
    contact: Contact,
    action: StopAction,
    channel: StopChannel,
    *,
    at: datetime,
    word: str | None,
    by: str | None,
) -> None:
    session.add(
        ContactStop(
            contact_key=key_of(session, contact),
            contact=contact.stored,
            action=action,
            channel=channel,
            word=word,
            by=by,
            at=at,
        )
    )
    session.flush()
