"""Campaigns whose messages wait, however many are queued: looked at whenever one is claimed.

So a pause counts from its commit on: only what a worker is handing over at that moment still goes.
"""

from sqlalchemy import ColumnElement, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.db.base import Base
from intake.messages.model import OutgoingMessage


class MessageHold(Base):
    """A campaign of which nothing may leave."""

    __tablename__ = "message_holds"

    campaign_id: Mapped[str] = mapped_column(String(36), primary_key=True)


def hold_campaign(session: Session, campaign_id: str) -> None:
    """Let nothing of it leave; again: no change."""
    if session.get(MessageHold, campaign_id) is None:
        session.add(MessageHold(campaign_id=campaign_id))
        session.flush()


def release_campaign(session: Session, campaign_id: str) -> None:
    """Let its messages go again."""
    session.execute(delete(MessageHold).where(MessageHold.campaign_id == campaign_id))


def is_not_held() -> ColumnElement[bool]:
    """Whether a message may leave, as far as its campaign goes."""
    held = select(MessageHold.campaign_id)
    return or_(OutgoingMessage.campaign_id.is_(None), OutgoingMessage.campaign_id.not_in(held))
