"""How far a campaign is, in numbers: by what became of each person, and by student."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from intake.campaigns.model import Campaign, Recipient, RecipientState, Way, Why
from intake.messages.model import MessageState, OutgoingMessage


class Standing(StrEnum):
    """What can be said of one recipient; each is counted under exactly one."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENT = "sent"
    """The provider took it; whether it arrived is not known (yet)."""
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    """The provider's answer was lost: it may have arrived. It is not sent again."""
    FAILED = "failed"
    TO_PRINT = "to_print"
    PRINTED = "printed"
    ANSWERED = "answered"
    NO_CONTACT = "no_contact"
    OPTED_OUT = "opted_out"
    LEFT = "left"
    """Left school, or came of age."""
    CANCELLED = "cancelled"
    """The campaign was stopped before their turn."""


_OF_MESSAGE = {
    MessageState.QUEUED: Standing.QUEUED,
    MessageState.SENT: Standing.SENT,
    MessageState.DELIVERED: Standing.DELIVERED,
    MessageState.UNDELIVERED: Standing.FAILED,
    MessageState.FAILED: Standing.FAILED,
    MessageState.UNKNOWN: Standing.UNKNOWN,
    MessageState.STOPPED: Standing.CANCELLED,
}
_OF_STATE = {
    RecipientState.WAITING: Standing.WAITING,
    RecipientState.TO_PRINT: Standing.TO_PRINT,
    RecipientState.PRINTED: Standing.PRINTED,
    RecipientState.ANSWERED: Standing.ANSWERED,
}
_OF_REASON = {
    Why.NO_CONTACT: Standing.NO_CONTACT,
    Why.OPTED_OUT: Standing.OPTED_OUT,
    Why.NOT_DELIVERED: Standing.FAILED,
    Why.LEFT: Standing.LEFT,
    Why.CAME_OF_AGE: Standing.LEFT,
    Why.CAMPAIGN_STOPPED: Standing.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign's numbers at one moment."""

    standings: Mapping[Standing, int]
    by_way: Mapping[Way, int]
    students: int
    answered_students: int
    reminders: int
    """How many reminders have gone (to the queue) so far."""
    is_planned: bool
    """Whether every recipient has been made; until then the total still grows."""

    @property
    def total(self) -> int:
        """Everybody who is to be written to, was, or can't be."""
        return sum(self.standings.values())

    @property
    def gone(self) -> int:
        """Whose first message or letter has gone, or who needs none."""
        still = (Standing.WAITING, Standing.QUEUED, Standing.TO_PRINT)
        return self.total - sum(self.standings.get(one, 0) for one in still)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "recipients": self.total,
            "students": self.students,
            "students_answered": self.answered_students,
            "reminders": self.reminders,
            "all_made": self.is_planned,
            "standings": {one.value: self.standings.get(one, 0) for one in Standing},
            "ways": {way.value: self.by_way.get(way, 0) for way in Way},
        }


def progress(session: Session, campaign: Campaign) -> Progress:
    """Count; two statements, whatever the size."""
    fared = func.coalesce(OutgoingMessage.state, Recipient.outcome)
    query = (
        select(Recipient.state, Recipient.why, Recipient.way, fared, func.count())
        .outerjoin(OutgoingMessage, OutgoingMessage.id == Recipient.message_id)
        .where(Recipient.campaign_id == campaign.id)
        .group_by(Recipient.state, Recipient.why, Recipient.way, fared)
    )
    standings: Counter[Standing] = Counter()
    by_way: Counter[Way] = Counter()
    for state, why, way, message, number in session.execute(query):
        standings[standing(state, why, message)] += number
        by_way[way] += number
    is_answered = Recipient.state == RecipientState.ANSWERED
    in_all = select(
        func.count(distinct(Recipient.student_id)),
        func.count(distinct(case((is_answered, Recipient.student_id)))),
        func.coalesce(func.sum(case((Recipient.step > 1, Recipient.step - 1), else_=0)), 0),
    ).where(Recipient.campaign_id == campaign.id)
    students, answered, reminders = session.execute(in_all).one()
    return Progress(
        standings, by_way, students, answered, int(reminders), campaign.planned_at is not None
    )


def answers(session: Session) -> dict[str, tuple[int, int]]:
    """Of every campaign: how many students are asked about, and for how many there is an answer."""
    is_answered = Recipient.state == RecipientState.ANSWERED
    query = select(
        Recipient.campaign_id,
        func.count(distinct(Recipient.student_id)),
        func.count(distinct(case((is_answered, Recipient.student_id)))),
    ).group_by(Recipient.campaign_id)
    return {key: (students, done) for key, students, done in session.execute(query)}


def standing(state: RecipientState, why: Why | None, message: str | None) -> Standing:
    """What is said of a recipient in this state whose newest message fared so."""
    if state in _OF_STATE:
        return _OF_STATE[state]
    if why is not None:
        return _OF_REASON[why]
    return _OF_MESSAGE[MessageState(message)] if message else Standing.SENT
