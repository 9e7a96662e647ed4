"""Nobody is left out: where a message doesn't reach, the next way does, and in the end a letter."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intake.campaigns.audience import Asked, addresses
from intake.campaigns.choose import Choice, choices
from intake.campaigns.languages import offered_now
from intake.campaigns.model import Campaign, Recipient, RecipientState, Way, Why
from intake.campaigns.planning import row
from intake.messages.optouts import left_alone_among

_UNREACHED = (Why.NO_CONTACT, Why.NOT_DELIVERED)


def give_up(
    session: Session,
    campaign: Campaign,
    recipient: Recipient,
    why: Why,
    asked: Asked,
    *,
    at: datetime,
) -> bool:
    """Write no more to this address; whether another way was found.

    The person's next one takes its place; where nobody is reached at all, the letter does.
    """
    is_unreached = why in _UNREACHED
    recipient.state = RecipientState.UNREACHED if is_unreached else RecipientState.STOPPED
    recipient.why, recipient.next_at = why, None
    session.flush()
    if asked.has_left:
        return False
    rows = _other_ways(session, campaign, asked, at=at)
    if rows:
        session.execute(insert(Recipient), rows)
    return bool(rows)


def _other_ways(
    session: Session, campaign: Campaign, asked: Asked, *, at: datetime
) -> list[dict[str, object]]:
    """Recipients for those of the student's people whom none reaches so far."""
    query = select(Recipient).where(
        Recipient.campaign_id == campaign.id, Recipient.student_id == asked.student_id
    )
    there = session.scalars(query).all()
    reached = {one.guardian_id for one in there if one.is_alive and one.way is not Way.LETTER}
    is_reached = any(one.is_alive for one in there)
    own = addresses(session, [asked.student_id]).get(asked.student_id, [])
    stopped = left_alone_among(session, {address.key for address in own})
    # What said STOP stays among them: its owner is not written to another way.
    tried = {one.contact_key for one in there} - stopped
    left = [one for one in own if one.guardian_id not in reached and one.key not in tried]
    found = choices(campaign.in_order, left, stopped, is_adult=asked.is_adult)
    return [
        row(campaign, asked, choice, offered_now(), at=at)
        for choice in found
        if choice.why is None and choice.key not in tried and not _is_spare(choice, is_reached)
    ]


def _is_spare(choice: Choice, is_reached: bool) -> bool:
    """A letter that nobody needs."""
    return choice.way is Way.LETTER and is_reached
