"""Campaigns and whom they write to. Addresses are not copied: only their blind indexes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EnumText, UtcDateTime


class Way(StrEnum):
    """How a family is reached."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    """Printed, and handed out by the class; for whom no message reaches."""


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    """Nobody has been written to; a person has yet to see the numbers and confirm them."""
    RUNNING = "running"
    PAUSED = "paused"
    """Nothing leaves, whatever is queued; it can go on."""
    FINISHED = "finished"
    """Every message and every reminder has gone, and every letter is printed."""
    STOPPED = "stopped"
    """A person ended it early; it does not go on."""


class RecipientState(StrEnum):
    """Where one person (or one letter) of a campaign stands."""

    WAITING = "waiting"
    """No message yet: its turn comes at ``next_at``."""
    SENT = "sent"
    """In the queue or beyond it; the message itself says how it fared."""
    TO_PRINT = "to_print"
    PRINTED = "printed"
    ANSWERED = "answered"
    """Somebody answered for the student, yes or no, here or on paper: nobody is reminded."""
    UNREACHED = "unreached"
    """No contact, or the message could not be delivered; ``why`` says which."""
    STOPPED = "stopped"
    """Not written to any more; ``why`` says the reason."""


class Why(StrEnum):
    """Why somebody isn't (or is no longer) written to."""

    NO_CONTACT = "no_contact"
    OPTED_OUT = "opted_out"
    """They answered STOP, or asked staff not to be written to."""
    NOT_DELIVERED = "not_delivered"
    LEFT = "left"
    """The student left school."""
    CAME_OF_AGE = "came_of_age"
    """The student is 18 now: parents are not asked any more."""
    CAMPAIGN_STOPPED = "campaign_stopped"


class CampaignAction(StrEnum):
    """What somebody did to a campaign."""

    CREATED = "created"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    FINISHED = "finished"
    PRINTED = "printed"
    """Letters; ``data`` has how many."""


class Campaign(Base):
    """What is asked, of whom, and how far it is."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    """Of the waiver that families are asked to answer."""
    ways: Mapped[list[str]] = mapped_column(JSON)
    """``Way`` values, the first one that reaches a person is taken; ``letter`` comes last."""
    schools: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Ids; nothing: every school. Likewise the next two."""
    grades: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    languages: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Families' languages by code; an empty text is a language that nobody knows."""
    only_unanswered: Mapped[bool] = mapped_column(Boolean)
    reminder_days: Mapped[list[int]] = mapped_column(JSON)
    """How many days after the first message each reminder goes, in order."""
    state: Mapped[CampaignState] = mapped_column(EnumText(CampaignState))
    numbers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Counts of the preview, see ``preview.Numbers``; no personal data."""
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    planned_after: Mapped[str] = mapped_column(String(36), default="")
    """The last student whose recipients have been made; they are made in order of id."""
    planned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last recipient had been made."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_campaigns_state", "state"),)

    @property
    def in_order(self) -> list[Way]:
        """The ways as such."""
        return [Way(way) for way in self.ways]


class CampaignChange(Base):
    """Who did what to a campaign, and when; only added to."""

    __tablename__ = "campaign_changes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    action: Mapped[CampaignAction] = mapped_column(EnumText(CampaignAction))
    staff_id: Mapped[str | None] = mapped_column(String(36))
    """Nobody where the worker found that all is done."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Counts only."""


class Recipient(Base):
    """One person who is asked about one student, or the letter that stands in for all of them."""

    __tablename__ = "campaign_recipients"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    guardian_id: Mapped[str | None] = mapped_column(String(36))
    """Nobody: the student (from 18 on), or a letter."""
    way: Mapped[Way] = mapped_column(EnumText(Way))
    contact_key: Mapped[str] = mapped_column(String(64))
    """Blind index of the phone or email; ``letter`` for the letter, of which a student has one."""
    language: Mapped[str] = mapped_column(String(12))
    """Of the message; English with a choice of languages where the family's is not known."""
    state: Mapped[RecipientState] = mapped_column(EnumText(RecipientState))
    why: Mapped[Why | None] = mapped_column(EnumText(Why))
    step: Mapped[int] = mapped_column(Integer, default=0)
    """How many messages have gone: 1 is the first one, 2 the first reminder."""
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the next message is due; nothing when none is to follow."""
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invitation_id: Mapped[str | None] = mapped_column(String(36))
    """The newest link; the earlier ones open as well."""
    message_id: Mapped[str | None] = mapped_column(String(36), index=True)
    """The newest message."""
    outcome: Mapped[str | None] = mapped_column(String(32))
    """How that message fared, kept for when the message itself has been forgotten."""

    __table_args__ = (
        # Exactly once: making a campaign's recipients again can't add anybody a second time.
        UniqueConstraint("campaign_id", "student_id", "contact_key"),
        Index("ix_campaign_recipients_due", "campaign_id", "next_at"),
        Index("ix_campaign_recipients_state", "campaign_id", "state", "student_id"),
        # Siblings' messages to one phone are spaced.
        Index("ix_campaign_recipients_contact", "contact_key", "last_at"),
    )

    @property
    def is_alive(self) -> bool:
        """Whether this row still reaches, has reached or will reach somebody."""
        return self.state not in (RecipientState.UNREACHED, RecipientState.STOPPED)
