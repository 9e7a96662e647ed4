"""What a person does to a campaign: make, start, pause, resume, stop it. Each is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forms.text import clean, has_letter
from intake.campaigns.model import (
    Campaign,
    CampaignAction,
    CampaignChange,
    CampaignState,
    Recipient,
    RecipientState,
    Way,
    Why,
)
from intake.messages.holding import hold_campaign, release_campaign
from intake.messages.queue import stop_campaign
from intake.roster.scope import SchoolScope

MOST_REMINDERS = 3
LONGEST_DAYS = 50
"""The last reminder goes while the first link still opens (see ``invitations.LINK_LIFETIME``)."""
NUMBERS_COUNT = timedelta(hours=1)
"""How long the numbers of a preview may be confirmed; then they are counted anew."""


class CampaignError(Exception):
    """A rule says no. Messages hold no personal data."""


class CampaignUnknown(CampaignError, LookupError):
    """There is none with this id, or it is another school's."""


class WrongState(CampaignError):
    """Not in a state in which this can be done; somebody was faster."""

    def __init__(self, state: CampaignState) -> None:
        super().__init__(f"the campaign is {state.value}")
        self.state = state


class NumbersOutdated(CampaignError):
    """What was confirmed is not what was counted last, or it is too old."""


class NobodyToAsk(CampaignError):
    """The filters fit no student who could be reached."""


class CampaignUnusable(CampaignError, ValueError):
    """What was chosen makes no campaign; says which part."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody chose. None: all of them."""

    name: str
    document: str
    version: str
    ways: Sequence[Way]
    reminder_days: Sequence[int] = (5, 12)
    schools: Sequence[str] | None = None
    grades: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    only_unanswered: bool = True


def create(
    session: Session, plan: Plan, *, scope: SchoolScope, staff_id: str, at: datetime
) -> Campaign:
    """A draft: nobody is written to yet. Raises CampaignUnusable.

    Whoever may act for some schools only makes a campaign of theirs.
    """
    name = clean(plan.name)
    if not has_letter(name):
        raise CampaignUnusable("the name needs at least one letter")
    if not plan.ways:
        raise CampaignUnusable("choose at least one way")
    campaign = Campaign(
        name=name[:200],
        document=plan.document,
        version=plan.version,
        ways=[way.value for way in sorted(plan.ways, key=lambda way: way is Way.LETTER)],
        schools=_schools(plan.schools, scope),
        grades=_sorted(plan.grades),
        languages=_sorted(plan.languages),
        only_unanswered=plan.only_unanswered,
        reminder_days=reminder_days(plan.reminder_days),
        state=CampaignState.DRAFT,
        created_at=at,
    )
    session.add(campaign)
    session.flush()
    note(session, campaign, CampaignAction.CREATED, staff_id=staff_id, at=at)
    return campaign


def reminder_days(days: Sequence[int]) -> list[int]:
    """Checked: rising, at most MOST_REMINDERS, the last on day LONGEST_DAYS at the latest.

    Raises CampaignUnusable.
    """
    found = sorted(set(days))
    if len(found) > MOST_REMINDERS:
        raise CampaignUnusable(f"at most {MOST_REMINDERS} reminders")
    if found and not (found[0] > 0 and found[-1] <= LONGEST_DAYS):
        raise CampaignUnusable(f"reminders come 1 to {LONGEST_DAYS} days after the first message")
    return found


def find(session: Session, campaign_id: str, scope: SchoolScope, *, lock: bool = False) -> Campaign:
    """A campaign whose schools are all in scope. Raises CampaignUnknown."""
    query = select(Campaign).where(Campaign.id == campaign_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    campaign = session.scalars(query).one_or_none()
    if campaign is None or not is_covered(campaign, scope):
        raise CampaignUnknown
    return campaign


def is_covered(campaign: Campaign, scope: SchoolScope) -> bool:
    """Whether somebody may see it: no student of another school is in it."""
    if campaign.schools is None:
        return scope.ids is None
    return all(scope.covers(school) for school in campaign.schools)


def listed(session: Session, scope: SchoolScope) -> list[Campaign]:
    """Every campaign in scope, newest first."""
    query = select(Campaign).order_by(Campaign.created_at.desc())
    return [campaign for campaign in session.scalars(query) if is_covered(campaign, scope)]


def start(
    session: Session, campaign: Campaign, *, confirmed: str, staff_id: str, at: datetime
) -> None:
    """Let it run; the worker does the rest.

    ``confirmed`` is the ``counted_at`` (ISO) of the numbers that the person saw. Raises
    WrongState, NumbersOutdated, NobodyToAsk.
    """
    _need(campaign, CampaignState.DRAFT)
    counted = campaign.counted_at
    if counted is None or counted.isoformat() != confirmed or at - counted > NUMBERS_COUNT:
        raise NumbersOutdated
    numbers = campaign.numbers or {}
    if not any(sum(ways.values()) for ways in numbers.get("ways", {}).values()):
        raise NobodyToAsk
    campaign.state = CampaignState.RUNNING
    campaign.started_at = at
    note(session, campaign, CampaignAction.STARTED, staff_id=staff_id, at=at, data=numbers)


def pause(session: Session, campaign: Campaign, *, staff_id: str, at: datetime) -> None:
    """From this commit on nothing of it leaves; what a worker is handing over just now still does.

    Raises WrongState.
    """
    _need(campaign, CampaignState.RUNNING)
    campaign.state = CampaignState.PAUSED
    hold_campaign(session, campaign.id)
    note(session, campaign, CampaignAction.PAUSED, staff_id=staff_id, at=at)


def resume(session: Session, campaign: Campaign, *, staff_id: str, at: datetime) -> None:
    """Go on where it was. Raises WrongState."""
    _need(campaign, CampaignState.PAUSED)
    campaign.state = CampaignState.RUNNING
    release_campaign(session, campaign.id)
    note(session, campaign, CampaignAction.RESUMED, staff_id=staff_id, at=at)


def stop(session: Session, campaign: Campaign, *, staff_id: str, at: datetime) -> None:
    """End it for good: what waits is not sent; links that have gone still open.

    Raises WrongState.
    """
    _need(campaign, CampaignState.DRAFT, CampaignState.RUNNING, CampaignState.PAUSED)
    campaign.state = CampaignState.STOPPED
    campaign.ended_at = at
    # Also held: one that a worker has claimed just now, and can't hand over, is not tried again.
    hold_campaign(session, campaign.id)
    stop_campaign(session, campaign.id, at=at)
    not_yet = Recipient.state.in_((RecipientState.WAITING, RecipientState.TO_PRINT))
    ended = {"state": RecipientState.STOPPED, "why": Why.CAMPAIGN_STOPPED, "next_at": None}
    of_it = update(Recipient).where(Recipient.campaign_id == campaign.id)
    options = {"synchronize_session": False}
    session.execute(of_it.where(not_yet).values(ended).execution_options(**options))
    session.execute(
        of_it.where(Recipient.next_at.is_not(None))
        .values(next_at=None)
        .execution_options(**options)
    )
    note(session, campaign, CampaignAction.STOPPED, staff_id=staff_id, at=at)


def note(
    session: Session,
    campaign: Campaign,
    action: CampaignAction,
    *,
    staff_id: str | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write down what happened to it."""
    session.add(
        CampaignChange(
            campaign_id=campaign.id, action=action, staff_id=staff_id, at=at, data=dict(data or {})
        )
    )
    session.flush()


def changes(session: Session, campaign_id: str) -> list[CampaignChange]:
    """All that was done to it, oldest first."""
    query = select(CampaignChange).where(CampaignChange.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(CampaignChange.at, CampaignChange.id)))


def _need(campaign: Campaign, *states: CampaignState) -> None:
    if campaign.state not in states:
        raise WrongState(campaign.state)


def _schools(chosen: Sequence[str] | None, scope: SchoolScope) -> list[str] | None:
    if chosen is None:
        return None if scope.ids is None else sorted(scope.ids)
    if not chosen or not all(scope.covers(school) for school in chosen):
        raise CampaignUnusable("choose at least one of your schools")
    return sorted(set(chosen))


def _sorted(chosen: Sequence[str] | None) -> list[str] | None:
    return None if chosen is None else sorted(set(chosen))
