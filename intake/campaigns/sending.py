"""Handing a campaign's messages to the queue, each when its turn has come.

Only as many as the sender takes in a moment are in the queue at once: so a pause is felt at once,
and a receipt or a revocation's notice never waits behind ten thousand invitations. A message, its
link and the mark on the recipient are one transaction. What comes last is looked at first: whether
somebody has answered, the student has left or come of age, the contact is still on record and
wants messages.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.campaigns.audience import Asked
from intake.campaigns.fallback import give_up
from intake.campaigns.languages import offered_now, wanted
from intake.campaigns.model import Campaign, CampaignState, Recipient, RecipientState, Way, Why
from intake.campaigns.situation import Situation
from intake.clock import local_date
from intake.config import Settings
from intake.consents import ledger
from intake.consents.invitations import LINK_LIFETIME, Invited, create_invitations, personal_link
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database
from intake.messages.configured import quiet_hours
from intake.messages.holding import is_not_held
from intake.messages.model import MessageState, OutgoingMessage
from intake.messages.queue import message_kind, notify
from intake.messages.quiet import QuietHours
from intake.messages.wording import campaign_wording

SPACING = timedelta(minutes=15)
"""Between messages to one phone or mailbox: each child of a family has a link of its own."""
POSTPONED = timedelta(days=1)
"""A paper that may be the answer lies before a person: look again tomorrow."""
NOT_GONE = timedelta(hours=1)
"""The message before is still in the queue: look again later."""
SOON = timedelta(minutes=10)
"""What is tried again within it counts as in the queue; what waits for tomorrow does not."""
IN_QUEUE = 100
"""Of each way, of all campaigns together."""
AT_ONCE = 25
"""In one transaction: it holds the ledger's head, for which a family's signature waits."""

_BEYOND = (MessageState.FAILED, MessageState.UNDELIVERED)


def send_due(
    database: Database,
    settings: Settings,
    *,
    at: datetime,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Queue what is due; returns how many recipients were looked at."""
    quiet = quiet_hours(settings)
    if quiet.is_quiet(at):
        return 0
    done = 0
    for way in (Way.SMS, Way.EMAIL):
        with database.read() as session:
            room = IN_QUEUE - _in_queue(session, way, at)
            campaigns = _running(session)
        for campaign_id in campaigns:
            while room > 0 and not is_stopping():
                with database.begin() as session:
                    count = _send_some(
                        session, settings, campaign_id, way, min(room, AT_ONCE), at=at, quiet=quiet
                    )
                if not count:
                    break
                room -= count
                done += count
    return done


def _running(session: Session) -> Sequence[str]:
    query = select(Campaign.id).where(Campaign.state == CampaignState.RUNNING)
    return session.scalars(query.order_by(Campaign.started_at)).all()


def _in_queue(session: Session, way: Way, at: datetime) -> int:
    """Campaigns' messages that the sender has yet to take; those put off don't count."""
    query = select(func.count()).where(
        OutgoingMessage.state == MessageState.QUEUED,
        OutgoingMessage.kind == way.value,
        OutgoingMessage.next_attempt_at <= at + SOON,
        OutgoingMessage.campaign_id.is_not(None),
        is_not_held(),
    )
    return session.scalars(query).one()


def _send_some(
    session: Session,
    settings: Settings,
    campaign_id: str,
    way: Way,
    limit: int,
    *,
    at: datetime,
    quiet: QuietHours,
) -> int:
    """Settle the next few recipients of one campaign."""
    # Shared: several workers send for one campaign; who pauses or stops it waits for them.
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update(read=True)
    campaign = session.scalars(query.execution_options(populate_existing=True)).one()
    if campaign.state is not CampaignState.RUNNING:
        return 0
    # Before any recipient: an answer holds the ledger's head when it comes for them.
    ledger.hold(session)
    due = (
        select(Recipient)
        .where(
            Recipient.campaign_id == campaign_id,
            Recipient.next_at <= at,
            Recipient.way == way,
        )
        .order_by(Recipient.next_at, Recipient.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    recipients = session.scalars(due).all()
    if not recipients:
        return 0
    situation = Situation.of(
        session, campaign, recipients, today=local_date(at, settings.time_zone), since=at - SPACING
    )
    ready = [
        recipient
        for recipient in recipients
        if _is_ready(session, campaign, recipient, situation, at=at)
    ]
    _queue(session, settings, campaign, ready, situation, at=at, quiet=quiet)
    return len(recipients)


def _is_ready(
    session: Session,
    campaign: Campaign,
    recipient: Recipient,
    situation: Situation,
    *,
    at: datetime,
) -> bool:
    """Whether its message goes now; where not, its row says what becomes of it instead."""
    asked = situation.students[recipient.student_id]
    if recipient.student_id in situation.answered:
        recipient.state, recipient.next_at = RecipientState.ANSWERED, None
        return False
    why = _why_not(recipient, asked, situation)
    if why is not None:
        give_up(session, campaign, recipient, why, asked, at=at)
        return False
    later = _later(recipient, situation, at)
    if later is not None:
        recipient.next_at = later
        return False
    situation.written[recipient.contact_key] = at
    return True


def _why_not(recipient: Recipient, asked: Asked, situation: Situation) -> Why | None:
    if asked.has_left:
        return Why.LEFT
    if asked.is_adult is (recipient.guardian_id is not None):
        return Why.CAME_OF_AGE
    if recipient.contact_key in situation.stopped:
        return Why.OPTED_OUT
    if situation.contact(recipient) is None:
        return Why.NO_CONTACT  # it was taken off the record since
    return Why.NOT_DELIVERED if situation.state(recipient) in _BEYOND else None


def _later(recipient: Recipient, situation: Situation, at: datetime) -> datetime | None:
    if recipient.student_id in situation.in_doubt:
        return at + POSTPONED
    if situation.state(recipient) is MessageState.QUEUED:
        return at + NOT_GONE
    held_back = _after_delay(recipient, situation.sent_at(recipient), at)
    if held_back is not None:
        return held_back
    last = situation.written.get(recipient.contact_key)
    return last + SPACING if last is not None else None


def _after_delay(recipient: Recipient, sent_at: datetime | None, at: datetime) -> datetime | None:
    """Where the message before was held back (a pause, an outage), the next comes later too."""
    if sent_at is None or recipient.last_at is None or recipient.next_at is None:
        return None
    if sent_at - recipient.last_at < NOT_GONE:
        return None
    later = sent_at + (recipient.next_at - recipient.last_at)
    recipient.last_at = sent_at
    return later if later > at else None


def _queue(
    session: Session,
    settings: Settings,
    campaign: Campaign,
    recipients: Sequence[Recipient],
    situation: Situation,
    *,
    at: datetime,
    quiet: QuietHours,
) -> None:
    """Make the links, then the messages, and note when the next is due."""
    offered = offered_now()
    languages = {
        recipient.id: wanted(situation.students[recipient.student_id].language, offered)
        for recipient in recipients
    }
    links = create_invitations(
        session,
        [Invited(one.student_id, languages[one.id].link) for one in recipients],
        by=SYSTEM,
        at=at,
        expires_at=at + LINK_LIFETIME,
        campaign_id=campaign.id,
    )
    for recipient, made in zip(recipients, links, strict=True):
        contact = situation.contact(recipient)
        if contact is None:  # looked at a moment ago, in this transaction
            continue
        language = languages[recipient.id]
        message = notify(
            session,
            contact,
            campaign_wording(
                message_kind(contact.kind),
                language.words,
                partnership=settings.partnership,
                link=personal_link(settings.base_url, made.token, language.link),
                is_reminder=recipient.step > 0,
            ),
            language=language.words,
            at=at,
            campaign_id=campaign.id,
            is_once=True,
            quiet=quiet,
        )
        recipient.language = language.words
        recipient.invitation_id, recipient.message_id = made.id, message.id
        recipient.outcome = None
        _count(recipient, campaign.reminder_days, at)


def _count(recipient: Recipient, days: Sequence[int], at: datetime) -> None:
    """One more has gone. The next comes on its day, and not sooner after this one than planned."""
    recipient.state = RecipientState.SENT
    recipient.first_at = recipient.first_at or at
    recipient.last_at = at
    done = recipient.step
    recipient.step += 1
    if done >= len(days):
        recipient.next_at = None
        return
    gap = days[done] - (days[done - 1] if done else 0)
    recipient.next_at = max(
        recipient.first_at + timedelta(days=days[done]), at + timedelta(days=gap)
    )
