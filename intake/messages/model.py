"""Messages on their way out, and one-time codes (only their hashes)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer, String
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
    FAILED = "failed"
    """Given up: the address can't be reached, or it is too late. Staff see it."""


class OutgoingMessage(Base):
    """One message. Its text is emptied once it has been sent: codes and links don't stay."""

    __tablename__ = "outgoing_messages"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind))
    purpose: Mapped[str] = mapped_column(String(32))
    """A ``wording.Purpose``: for pages and operators' figures."""
    session_id: Mapped[str | None] = mapped_column(String(36), index=True)
    recipient: Mapped[str] = mapped_column(EncryptedText("outgoing_messages.recipient"))
    subject: Mapped[str] = mapped_column(EncryptedText("outgoing_messages.subject"))
    body: Mapped[str] = mapped_column(EncryptedText("outgoing_messages.body"))
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[MessageState] = mapped_column(EnumText(MessageState))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useless_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A code that arrives after its ten minutes only confuses; then it is not sent any more."""
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(200))
    """What the provider said, without the address."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_outgoing_messages_due", "state", "next_attempt_at"),)


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
