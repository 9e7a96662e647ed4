"""Making a campaign's recipients: in batches, each once, resumed wherever a worker died.

A batch and the mark how far it went are one transaction.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intake.campaigns.audience import BATCH, Asked, addresses, answered, next_batch
from intake.campaigns.choose import Choice, choices
from intake.campaigns.languages import offered_now, wanted
from intake.campaigns.model import Campaign, CampaignState, Recipient, RecipientState, Way
from intake.clock import local_date
from intake.config import Settings
from intake.db.base import new_id
from intake.db.engine import Database
from intake.messages.optouts import left_alone_among

BATCHES = 4
"""At a time; then the first messages can leave while the rest is being made."""


def plan_due(
    database: Database,
    settings: Settings,
    *,
    at: datetime,
    is_stopping: Callable[[], bool] = lambda: False,
    size: int = BATCH,
) -> int:
    """Make the next recipients of every running campaign; returns how many batches there were."""
    today = local_date(at, settings.time_zone)
    done = 0
    for _ in range(BATCHES):
        if is_stopping():
            break
        with database.begin() as session:
            campaign = _next(session)
            if campaign is None:
                break
            _plan_batch(session, campaign, today=today, at=at, size=size)
            done += 1
    return done


def _next(session: Session) -> Campaign | None:
    """A campaign that is not planned to its end, unless another worker has it just now."""
    query = (
        select(Campaign)
        .where(Campaign.state == CampaignState.RUNNING, Campaign.planned_at.is_(None))
        .order_by(Campaign.started_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).first()


def _plan_batch(
    session: Session, campaign: Campaign, *, today: date, at: datetime, size: int
) -> None:
    batch = next_batch(session, campaign, after=campaign.planned_after, today=today, size=size)
    if len(batch) < size:
        campaign.planned_at = at
    if not batch:
        return
    campaign.planned_after = batch[-1].student_id
    done = answered(session, campaign, batch)
    asked = [one for one in batch if one.student_id not in done]
    contacts = addresses(session, [one.student_id for one in asked])
    keys = {address.key for own in contacts.values() for address in own}
    stopped = left_alone_among(session, keys)
    offered = offered_now()
    rows = [
        row(campaign, one, choice, offered, at=at)
        for one in asked
        for choice in choices(
            campaign.in_order, contacts.get(one.student_id, []), stopped, is_adult=one.is_adult
        )
    ]
    if rows:
        session.execute(insert(Recipient), rows)


def row(
    campaign: Campaign,
    asked: Asked,
    choice: Choice,
    offered: Collection[str],
    *,
    at: datetime,
) -> dict[str, object]:
    """A recipient as it begins."""
    state = RecipientState.WAITING
    if choice.why is not None:
        state = RecipientState.UNREACHED
    elif choice.way is Way.LETTER:
        state = RecipientState.TO_PRINT
    return {
        "id": new_id(),
        "campaign_id": campaign.id,
        "student_id": asked.student_id,
        "guardian_id": choice.guardian_id,
        "way": choice.way,
        "contact_key": choice.key,
        "language": wanted(asked.language, offered).words,
        "state": state,
        "why": choice.why,
        "step": 0,
        "next_at": at if state is RecipientState.WAITING else None,
    }
