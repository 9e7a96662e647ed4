"""How things stand for a few recipients, read at once: what decides whether their message goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.campaigns.audience import Asked, answered, in_doubt, students
from intake.campaigns.model import Campaign, Recipient
from intake.messages.contacts import Contact
from intake.messages.flags import unusable_among
from intake.messages.model import MessageState, OutgoingMessage
from intake.messages.optouts import left_alone_among
from intake.roster.model import Contact as ContactOnRecord


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts about a few recipients and their students."""

    students: dict[str, Asked]
    answered: set[str]
    """Ids of students."""
    in_doubt: set[str]
    stopped: set[str]
    """Keys of contacts that are left alone."""
    written: dict[str, datetime]
    """When a campaign last wrote to a contact, where that is not long ago."""
    _contacts: dict[tuple[str, str | None, str], Contact]
    _messages: dict[str, tuple[MessageState, datetime | None]]

    @classmethod
    def of(
        cls,
        session: Session,
        campaign: Campaign,
        recipients: Sequence[Recipient],
        *,
        today: date,
        since: datetime,
    ) -> "Situation":
        """Read it; contacts are decrypted only here."""
        ids = {recipient.student_id for recipient in recipients}
        keys = {recipient.contact_key for recipient in recipients}
        found = students(session, ids, today=today)
        return cls(
            students=found,
            answered=answered(session, campaign, found.values()),
            in_doubt=in_doubt(session, ids),
            stopped=left_alone_among(session, keys),
            written=_written(session, keys, since),
            _contacts=_contacts(session, ids, keys),
            _messages=_messages(session, [one.message_id for one in recipients if one.message_id]),
        )

    def contact(self, recipient: Recipient) -> Contact | None:
        """Where to write, if that is still this person's on record, and not known to be wrong."""
        return self._contacts.get(
            (recipient.student_id, recipient.guardian_id, recipient.contact_key)
        )

    def state(self, recipient: Recipient) -> MessageState | None:
        """How the message before fared, if there was one."""
        if recipient.message_id in self._messages:
            return self._messages[recipient.message_id][0]
        return MessageState(recipient.outcome) if recipient.outcome else None

    def sent_at(self, recipient: Recipient) -> datetime | None:
        """When the message before really left the queue, where that is known."""
        return self._messages.get(recipient.message_id or "", (None, None))[1]


def _written(session: Session, keys: set[str], since: datetime) -> dict[str, datetime]:
    query = (
        select(Recipient.contact_key, func.max(Recipient.last_at))
        .where(Recipient.contact_key.in_(keys), Recipient.last_at > since)
        .group_by(Recipient.contact_key)
    )
    return {key: last for key, last in session.execute(query) if last is not None}


def _contacts(
    session: Session, ids: set[str], keys: set[str]
) -> dict[tuple[str, str | None, str], Contact]:
    usable = keys - unusable_among(session, keys)
    query = select(ContactOnRecord).where(
        ContactOnRecord.student_id.in_(ids), ContactOnRecord.value_key.in_(usable)
    )
    return {
        (one.student_id, one.guardian_id, one.value_key): Contact(one.kind, one.value)
        for one in session.scalars(query)
    }


def _messages(
    session: Session, ids: Sequence[str]
) -> dict[str, tuple[MessageState, datetime | None]]:
    query = select(OutgoingMessage.id, OutgoingMessage.state, OutgoingMessage.sent_at)
    rows = session.execute(query.where(OutgoingMessage.id.in_(ids)))
    return {message_id: (state, sent_at) for message_id, state, sent_at in rows}
