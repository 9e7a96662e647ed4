"""Nobody is left out: where no message reaches a student's family, a letter is printed."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intake.campaigns.audience import Asked
from intake.campaigns.choose import LETTER_KEY, Choice
from intake.campaigns.model import Campaign, Recipient, RecipientState, Way, Why
from intake.campaigns.planning import row

_LETTER = Choice(None, Way.LETTER, LETTER_KEY)
_UNREACHED = (Why.NO_CONTACT, Why.NOT_DELIVERED)
_WITH_LETTER = (*_UNREACHED, Why.OPTED_OUT, Why.CAME_OF_AGE)


def give_up(
    session: Session, campaign: Campaign, recipient: Recipient, why: Why, asked: Asked
) -> None:
    """Write to this person no more; a letter stands in where nobody else is reached."""
    is_unreached = why in _UNREACHED
    recipient.state = RecipientState.UNREACHED if is_unreached else RecipientState.STOPPED
    recipient.why, recipient.next_at = why, None
    session.flush()
    if why in _WITH_LETTER and Way.LETTER in campaign.in_order and not asked.has_left:
        _offer_letter(session, campaign, asked)


def _offer_letter(session: Session, campaign: Campaign, asked: Asked) -> None:
    rows = _rows(session, campaign.id, asked.student_id)
    if any(row.is_alive for row in rows) or any(row.contact_key == LETTER_KEY for row in rows):
        return
    session.execute(insert(Recipient), [row(campaign, asked, _LETTER, at=campaign.created_at)])


def _rows(session: Session, campaign_id: str, student_id: str) -> Sequence[Recipient]:
    query = select(Recipient).where(
        Recipient.campaign_id == campaign_id, Recipient.student_id == student_id
    )
    return session.scalars(query).all()
