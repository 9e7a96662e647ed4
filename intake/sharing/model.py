"""Destinations, the transactional outbox, and confirmations."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EncryptedText, EnumText, UtcDateTime
from intake.sharing.formats import Format

BODY_CONTEXT = "publications.body"


class PublicationState(StrEnum):
    """Where the publication of one event to one destination stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    """A grant whose consent ended before it was sent, or before it was sent again."""
    DEAD = "dead"
    """The destination refuses it for good: a dead letter, for a person to replay or settle."""
    SETTLED = "settled"
    """A person decided that this dead letter need not be sent; the ledger has the reason."""


class Destination(Base):
    """A sharing system that is told about consents."""

    __tablename__ = "destinations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A short name, such as ``reference``."""
    kind: Mapped[str] = mapped_column(String(32))
    """Which connector delivers: ``webhook``, ``sftp_csv``, …"""
    url: Mapped[str] = mapped_column(EncryptedText("destinations.url"))
    secret: Mapped[str] = mapped_column(EncryptedText("destinations.secret"))
    """Standard Webhooks secret (``whsec_…``), for our deliveries and their callbacks; or the
    password or private key of an SFTP account."""
    previous_secret: Mapped[str | None] = mapped_column(
        EncryptedText("destinations.previous_secret")
    )
    """While a Standard Webhooks secret is being changed: both sides may still use the old one."""
    format: Mapped[Format] = mapped_column(
        EnumText(Format), default=Format.CLOUDEVENTS, server_default=Format.CLOUDEVENTS.value
    )
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What the connector needs to know besides; nothing secret."""
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """Which events it is told of: see filters.py."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether it is told of new consents. What it knows already is followed to the end anyway."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    """Keyed hash of the token with which it pulls; nobody can read the token here."""
    feed_position: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The last place that was given out in its feed."""
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Deliveries that failed one after the other: see circuit.py."""
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when nothing is sent; then one delivery is tried."""
    error: Mapped[str | None] = mapped_column(String(200))
    """The last of these failures."""


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
    shipment: Mapped[str | None] = mapped_column(String(40))
    """With which others it was, or is to be, handed over together."""
    position: Mapped[int | None] = mapped_column(BigInteger)
    """Its place in the destination's feed, from the first time that it was read."""
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a receipt said that the destination has worked it in."""

    __table_args__ = (
        UniqueConstraint("event_id", "destination_id"),
        # What waits is always little, however much was delivered.
        Index(
            "ix_publications_waiting",
            "destination_id",
            "sequence",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_publications_due", "state", "next_attempt_at"),
        Index(
            "ix_publications_delivered",
            "destination_id",
            "delivered_at",
            sqlite_where=text("delivered_at IS NOT NULL"),
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
        Index("ix_publications_order", "student_id", "destination_id", "state", "sequence"),
    )


class Confirmation(Base):
    """A destination's word that the student's identity is hidden there."""

    __tablename__ = "confirmations"

    revocation_id: Mapped[str] = mapped_column(ForeignKey("revocations.id"), primary_key=True)
    destination_id: Mapped[str] = mapped_column(ForeignKey("destinations.id"), primary_key=True)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    webhook_id: Mapped[str] = mapped_column(String(100))
