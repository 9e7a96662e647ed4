"""Messages on their way out and in, wishes to get none, numbers to check, one-time codes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EncryptedText, EnumText, UtcDateTime


class MessageKind(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"


class MessageState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    """The provider has taken it."""
    DELIVERED = "delivered"
    """The provider has said that it arrived."""
    UNDELIVERED = "undelivered"
    """The provider took it and then could not deliver it. Staff see it."""
    FAILED = "failed"
    """Given up: the address can't be reached, or it is too late. Staff see it."""
    UNKNOWN = "unknown"
    """May have been sent: the worker or the provider's answer was lost on the way. It is shown to
    staff and not sent again, as only a message that must never come twice gets here."""
    STOPPED = "stopped"
    """Never sent, or cancelled: the receiver wants no messages, or staff ended the campaign."""


TAKEN = frozenset({MessageState.SENT, MessageState.DELIVERED})
"""The message is on its way or there, as far as anybody knows."""
FINAL = frozenset({MessageState.DELIVERED, MessageState.UNDELIVERED})
"""The provider's last word; the first such one stays."""


class OutgoingMessage(Base):
    """One message. Its text is emptied once it has been sent: codes and links don't stay."""

    __tablename__ = "outgoing_messages"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind))
    purpose: Mapped[str] = mapped_column(String(32))
    """A ``wording.Purpose``: for pages and operators' figures."""
    campaign_id: Mapped[str | None] = mapped_column(String(36), index=True)
    is_once: Mapped[bool] = mapped_column(Boolean, default=False)
    """Rather not at all than twice: see ``MessageState.UNKNOWN``."""
    session_id: Mapped[str | None] = mapped_column(String(36), index=True)
    recipient: Mapped[str] = mapped_column(EncryptedText("outgoing_messages.recipient"))
    contact_key: Mapped[str | None] = mapped_column(String(64))
    """Finds an address again: ``roster.keys.contact_key``. Messages older than it have none."""
    subject: Mapped[str] = mapped_column(EncryptedText("outgoing_messages.subject"))
    body: Mapped[str] = mapped_column(EncryptedText("outgoing_messages.body"))
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[MessageState] = mapped_column(EnumText(MessageState))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    quiet_hours: Mapped[str | None] = mapped_column(String(80))
    """A ``quiet.QuietHours`` in which it is held back; codes have none."""
    useless_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A code that arrives after its ten minutes only confuses; then it is not sent any more."""
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(200))
    """What the provider said, without the address."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it became what it is, unless by being sent: see ``sent_at``."""

    __table_args__ = (
        Index("ix_outgoing_messages_due", "state", "kind", "next_attempt_at"),
        Index(
            "ix_outgoing_messages_urgent",
            "state",
            "kind",
            "next_attempt_at",
            postgresql_where=text("useless_after IS NOT NULL"),
            sqlite_where=text("useless_after IS NOT NULL"),
        ),
        Index("ix_outgoing_messages_claimed", "state", "claimed_until"),
        Index("ix_outgoing_messages_contact", "contact_key", "created_at"),
        Index("ix_outgoing_messages_provider", "provider_id"),
    )


class StopAction(StrEnum):
    """What somebody wants of the messages to an address."""

    STOP = "stop"
    START = "start"


class StopChannel(StrEnum):
    """How we learned of it."""

    SMS = "sms"
    """A word sent to our number."""
    PROVIDER = "provider"
    """Twilio refused or handled it: it keeps its own list."""
    DESK = "desk"
    """Staff wrote it down for them."""
    LINK = "link"
    """The link at the end of an email."""


class ContactStop(Base):
    """One wish about the messages to one address; never changed or deleted, the newest counts."""

    __tablename__ = "contact_stops"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contact_key: Mapped[str] = mapped_column(String(64), index=True)
    contact: Mapped[str] = mapped_column(EncryptedText("contact_stops.contact"))
    """``kind:value``."""
    action: Mapped[StopAction] = mapped_column(EnumText(StopAction))
    channel: Mapped[StopChannel] = mapped_column(EnumText(StopChannel))
    word: Mapped[str | None] = mapped_column(EncryptedText("contact_stops.word"))
    """Which word of the table was found in their message, or Twilio's code."""
    by: Mapped[str | None] = mapped_column(String(200))
    """Who of the staff wrote it down."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FlagReason(StrEnum):
    """Why a number or address should be checked."""

    UNREACHABLE = "unreachable"
    """Switched off or out of reach when we tried (30003)."""
    NOT_IN_USE = "not_in_use"
    """Nobody's, or not what it was (30005, 21211, SMTP 550)."""
    NO_TEXTS = "no_texts"
    """A landline, or a number that takes no SMS (30006, 21614)."""
    WRONG_PERSON = "wrong_person"
    """Somebody answered that it is not theirs."""


class ContactFlag(Base):
    """A number or address that staff should check; at most one is open per contact."""

    __tablename__ = "contact_flags"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    contact_key: Mapped[str] = mapped_column(String(64))
    contact: Mapped[str] = mapped_column(EncryptedText("contact_flags.contact"))
    """``kind:value``."""
    reason: Mapped[FlagReason] = mapped_column(EnumText(FlagReason))
    code: Mapped[str] = mapped_column(String(40))
    """The provider's code."""
    times: Mapped[int] = mapped_column(Integer, default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        Index(
            "uq_contact_flags_open",
            "contact_key",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
            sqlite_where=text("settled_at IS NULL"),
        ),
        Index("ix_contact_flags_settled", "settled_at", "last_at"),
    )


class Meaning(StrEnum):
    """What a reply to one of our text messages seems to say."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    REVOKE = "revoke"
    """May want permission back: a doubt for a person, never a revocation by itself."""
    WRONG_PERSON = "wrong_person"
    OTHER = "other"


class InboundMessage(Base):
    """A reply to one of our text messages."""

    __tablename__ = "inbound_messages"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(String(64), unique=True)
    contact_key: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(EncryptedText("inbound_messages.sender"))
    """``phone:`` and the number."""
    body: Mapped[str] = mapped_column(EncryptedText("inbound_messages.body"))
    meaning: Mapped[Meaning] = mapped_column(EnumText(Meaning))
    language: Mapped[str] = mapped_column(String(12))
    """In which we answer."""
    reply: Mapped[str] = mapped_column(EncryptedText("inbound_messages.reply"))
    """What we answered, so that a repeated call gets the same; empty: nothing."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a person, or the rule for STOP, START and HELP, was done with it."""
    settled_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        Index("ix_inbound_messages_contact", "contact_key", "received_at"),
        Index("ix_inbound_messages_settled", "settled_at", "received_at"),
    )


class OneTimeCode(Base):
    """A six-digit code for one signing session and one contact."""

    __tablename__ = "one_time_codes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(String(36), index=True)
    contact: Mapped[str] = mapped_column(EncryptedText("one_time_codes.contact"))
    code_key: Mapped[str] = mapped_column(String(64))
    """Keyed hash of session, contact and code."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
