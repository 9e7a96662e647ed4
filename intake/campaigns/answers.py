"""An answer ends the asking: in the transaction that records it, whoever gave it and wherever.

A subscriber of the ledger: by link, at the desk or on paper, yes or no, one parent or the other.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.campaigns.audience import answered, students
from intake.campaigns.model import Campaign, CampaignState, Recipient, RecipientState, Way
from intake.clock import local_date
from intake.config import Settings
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.db.engine import Subscriber
from intake.messages.queue import stop_message

_ANSWERS = {
    EventKind.SIGNED,
    EventKind.ACTIVATED,
    EventKind.DECLINED,
    EventKind.REVOCATION_RECORDED,
    EventKind.MOVED,
}
_OPEN = (
    RecipientState.WAITING,
    RecipientState.SENT,
    RecipientState.TO_PRINT,
    RecipientState.PRINTED,
    RecipientState.UNREACHED,
)
AGAIN = timedelta(days=1)
"""Until somebody is asked again, whose answer turned out to be nobody's."""


def answer_subscriber(settings: Settings) -> Subscriber:
    """What to add to ``Database.subscribers``."""

    def subscriber(session: Session, event: Any) -> None:
        follow(session, event, settings)

    return subscriber


def follow(session: Session, event: LedgerEvent, settings: Settings) -> None:
    """Ask no more where somebody has answered, and again where it did not count."""
    today = local_date(event.at, settings.time_zone)
    if event.kind in _ANSWERS:
        _end(session, event.student_id, today=today, at=event.at)
    elif event.kind is EventKind.NOT_CONFIRMED:
        _reopen(session, event.student_id, today=today, at=event.at)


def _end(session: Session, student_id: str, *, today: date, at: datetime) -> None:
    for campaign, recipients in _of(session, student_id, _OPEN):
        if not _has_answered(session, campaign, student_id, today):
            continue
        for recipient in recipients:
            recipient.state, recipient.next_at = RecipientState.ANSWERED, None
            if recipient.message_id is not None:
                stop_message(session, recipient.message_id, at=at)


def _reopen(session: Session, student_id: str, *, today: date, at: datetime) -> None:
    """Somebody answered who could not be confirmed: the right person has yet to be heard."""
    for campaign, recipients in _of(session, student_id, (RecipientState.ANSWERED,)):
        if campaign.state not in (CampaignState.RUNNING, CampaignState.PAUSED):
            continue
        if _has_answered(session, campaign, student_id, today):
            continue
        for recipient in recipients:
            _reopen_one(recipient, campaign, at)


def _reopen_one(recipient: Recipient, campaign: Campaign, at: datetime) -> None:
    """Back to where it was before the answer."""
    if recipient.why is not None:
        recipient.state = RecipientState.UNREACHED
    elif recipient.way is Way.LETTER:
        recipient.state = RecipientState.PRINTED if recipient.step else RecipientState.TO_PRINT
    elif recipient.step == 0:
        recipient.state, recipient.next_at = RecipientState.WAITING, at
    else:
        recipient.state = RecipientState.SENT
        if recipient.step <= len(campaign.reminder_days):
            recipient.next_at = at + AGAIN


def _has_answered(session: Session, campaign: Campaign, student_id: str, today: date) -> bool:
    asked = students(session, [student_id], today=today)
    return bool(answered(session, campaign, asked.values()))


def _of(
    session: Session, student_id: str, states: Sequence[RecipientState]
) -> list[tuple[Campaign, list[Recipient]]]:
    """A student's recipients in these states, by campaign. Nearly always there are none."""
    query = (
        select(Recipient)
        .where(Recipient.student_id == student_id, Recipient.state.in_(states))
        .order_by(Recipient.id)
        .with_for_update()
    )
    by_campaign: dict[str, list[Recipient]] = {}
    for recipient in session.scalars(query):
        by_campaign.setdefault(recipient.campaign_id, []).append(recipient)
    return [(session.get_one(Campaign, key), found) for key, found in by_campaign.items()]
