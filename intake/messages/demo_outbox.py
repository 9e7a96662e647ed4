"""The demonstration's outbox: nothing leaves the machine, and everything can be read on a page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.messages.model import TAKEN, MessageKind, OutgoingMessage
from intake.messages.transport import Dispatch, Sent


class DemoOutbox:
    """Takes every message at once; the body stays for the demonstration's page."""

    keeps_body = True

    def send(self, message: Dispatch) -> Sent:
        """Nothing to do: the queue's own row is what the page shows."""
        return Sent(None)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One message on the demonstration's page."""

    id: str
    kind: MessageKind
    purpose: str
    recipient: str
    subject: str
    body: str
    language: str
    sent_at: datetime


def recent(session: Session, limit: int = 20) -> list[OutboxEntry]:
    """The messages sent last, newest first."""
    messages = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.state.in_(TAKEN))
        .order_by(OutgoingMessage.sent_at.desc(), OutgoingMessage.created_at.desc())
        .limit(limit)
    )
    return [
        OutboxEntry(
            id=message.id,
            kind=message.kind,
            purpose=message.purpose,
            recipient=message.recipient,
            subject=message.subject,
            body=message.body,
            language=message.language,
            sent_at=message.sent_at or message.created_at,
        )
        for message in messages
    ]
