"""What a campaign learns afterwards: messages that did not arrive, and that all is done."""

from datetime import datetime

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import Session

from intake.campaigns.audience import students
from intake.campaigns.control import note, reopen
from intake.campaigns.fallback import give_up
from intake.campaigns.model import (
    Campaign,
    CampaignAction,
    CampaignState,
    Recipient,
    RecipientState,
    Why,
)
from intake.clock import local_date
from intake.config import Settings
from intake.db.engine import Database
from intake.messages.holding import MessageHold, release_campaign
from intake.messages.model import MessageState, OutgoingMessage
from intake.messages.queue import stop_campaign, stop_message

AT_ONCE = 200
_LOST = {
    MessageState.FAILED: Why.NOT_DELIVERED,
    MessageState.UNDELIVERED: Why.NOT_DELIVERED,
    MessageState.STOPPED: Why.OPTED_OUT,
}


def follow_up(database: Database, settings: Settings, *, at: datetime) -> int:
    """Settle what is known by now; returns how many recipients were not reached."""
    with database.read() as session:
        with_losses = session.scalars(_with_losses()).all()
        under_way = session.scalars(_in_state(CampaignState.RUNNING, CampaignState.PAUSED)).all()
        held = select(MessageHold.campaign_id)
        ended = session.scalars(_in_state(CampaignState.STOPPED).where(Campaign.id.in_(held))).all()
    lost = 0
    for campaign_id in with_losses:
        while count := _settle_lost(database, settings, campaign_id, at=at):
            lost += count
    for campaign_id in ended:
        with database.begin() as session:
            _end_leftovers(session, campaign_id, at=at)
    for campaign_id in under_way:
        with database.begin() as session:
            _finish(session, campaign_id, at=at)
    return lost


def _in_state(*states: CampaignState) -> Select[str]:
    return select(Campaign.id).where(Campaign.state.in_(states))


def _with_losses() -> Select[str]:
    """Campaigns, also finished ones, with messages that did not arrive and are not settled yet."""
    return (
        select(Campaign.id)
        .join(Recipient, Recipient.campaign_id == Campaign.id)
        .join(OutgoingMessage, OutgoingMessage.id == Recipient.message_id)
        .where(
            OutgoingMessage.state.in_(tuple(_LOST)),
            Recipient.state == RecipientState.SENT,
            Campaign.state != CampaignState.STOPPED,
        )
        .distinct()
    )


def keep_outcomes(session: Session, *, before: datetime) -> None:
    """Write down how messages fared that are about to be forgotten (queued before then)."""
    newest = (
        select(OutgoingMessage.state)
        .where(OutgoingMessage.id == Recipient.message_id)
        .scalar_subquery()
    )
    old = select(OutgoingMessage.id).where(
        OutgoingMessage.created_at < before,
        OutgoingMessage.campaign_id.is_not(None),
        OutgoingMessage.state != MessageState.QUEUED,
    )
    session.execute(
        update(Recipient)
        .where(Recipient.message_id.in_(old))
        .values(outcome=newest)
        .execution_options(synchronize_session=False)
    )


def _settle_lost(database: Database, settings: Settings, campaign_id: str, *, at: datetime) -> int:
    """A batch of messages that did not arrive, or were held back because somebody said STOP."""
    with database.begin() as session:
        campaign = _locked(session, campaign_id)
        if campaign.state is CampaignState.STOPPED:
            return 0
        query = (
            select(Recipient, OutgoingMessage.state)
            .join(OutgoingMessage, OutgoingMessage.id == Recipient.message_id)
            .where(
                OutgoingMessage.campaign_id == campaign_id,
                OutgoingMessage.state.in_(tuple(_LOST)),
                Recipient.state == RecipientState.SENT,
            )
            .limit(AT_ONCE)
            .with_for_update(of=Recipient, skip_locked=True)
        )
        rows = session.execute(query).all()
        if not rows:
            return 0
        today = local_date(at, settings.time_zone)
        asked = students(session, [recipient.student_id for recipient, _ in rows], today=today)
        goes_on = False
        for recipient, state in rows:
            student = asked[recipient.student_id]
            goes_on |= give_up(session, campaign, recipient, _LOST[state], student, at=at)
            recipient.outcome = state.value
        if goes_on and campaign.state is CampaignState.FINISHED:
            reopen(session, campaign, at=at)
        return len(rows)


def _locked(session: Session, campaign_id: str) -> Campaign:
    """Before any recipient of it: so does whoever pauses, stops or sends."""
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _end_leftovers(session: Session, campaign_id: str, *, at: datetime) -> None:
    """What a worker had claimed when the campaign was stopped, and could not hand over."""
    stop_campaign(session, campaign_id, at=at)
    if not _has_queued(session, campaign_id):
        release_campaign(session, campaign_id)


def _finish(session: Session, campaign_id: str, *, at: datetime) -> None:
    """Say so when nothing more is to be sent."""
    campaign = _locked(session, campaign_id)
    for message_id in _pointless(session, campaign_id):
        stop_message(session, message_id, at=at)
    is_running = campaign.state is CampaignState.RUNNING and campaign.planned_at is not None
    to_come = select(
        exists().where(
            Recipient.campaign_id == campaign_id,
            or_(Recipient.next_at.is_not(None), Recipient.state == RecipientState.TO_PRINT),
        )
    )
    if not is_running or session.scalars(to_come).one() or _has_queued(session, campaign_id):
        return
    campaign.state, campaign.ended_at = CampaignState.FINISHED, at
    note(session, campaign, CampaignAction.FINISHED, staff_id=None, at=at)


def _pointless(session: Session, campaign_id: str) -> list[str]:
    """Messages in the queue whose family has answered while a worker was trying them."""
    query = (
        select(OutgoingMessage.id)
        .join(Recipient, Recipient.message_id == OutgoingMessage.id)
        .where(
            OutgoingMessage.campaign_id == campaign_id,
            OutgoingMessage.state == MessageState.QUEUED,
            or_(
                Recipient.state == RecipientState.ANSWERED,
                Recipient.state == RecipientState.STOPPED,
            ),
        )
    )
    return list(session.scalars(query))


def _has_queued(session: Session, campaign_id: str) -> bool:
    query = select(
        exists().where(
            OutgoingMessage.campaign_id == campaign_id,
            OutgoingMessage.state == MessageState.QUEUED,
        )
    )
    return bool(session.scalars(query).one())
