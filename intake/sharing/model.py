"""Destinations, the transactional outbox, and confirmations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EncryptedText, EnumText, UtcDateTime

BODY_CONTEXT = "publications.body"


class PublicationState(StrEnum):
    """Where the publication of one event to one destination stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    """A grant whose consent ended before it was sent, or before it was sent again."""


class Destination(Base):
    """A sharing system that is told about consents."""

    __tablename__ = "destinations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A short name, such as ``reference``."""
    kind: Mapped[str] = mapped_column(String(32))
    """Which connector delivers: ``webhook``."""
    url: Mapped[str] = mapped_column(EncryptedText("destinations.url"))
    secret: Mapped[str] = mapped_column(EncryptedText("destinations.secret"))
    """Standard Webhooks secret (``whsec_…``), for our deliveries and their callbacks."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether it is told of new consents. What it knows already is followed to the end anyway."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Publication(Base):
    """One ledger event on its way to one destination, in the ledger's order per student."""

    __tablename__ = "publications"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(String(36))
    destination_id: Mapped[str] = mapped_column(ForeignKey("destinations.id"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    """The ledger's sequence: the order of delivery within ``student_id``."""
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    consent_id: Mapped[str | None] = mapped_column(String(36), index=True)
    revocation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    type: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(EncryptedText(BODY_CONTEXT), deferred=True)
    """The CloudEvent, exactly as it is sent; read and decrypted only when asked for."""
    state: Mapped[PublicationState] = mapped_column(EnumText(PublicationState))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("event_id", "destination_id"),
        Index("ix_publications_due", "state", "next_attempt_at"),
        Index("ix_publications_order", "student_id", "destination_id", "state", "sequence"),
    )


class Confirmation(Base):
    """A destination's word that the student's identity is hidden there."""

    __tablename__ = "confirmations"

    revocation_id: Mapped[str] = mapped_column(ForeignKey("revocations.id"), primary_key=True)
    destination_id: Mapped[str] = mapped_column(ForeignKey("destinations.id"), primary_key=True)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    webhook_id: Mapped[str] = mapped_column(String(100))
