"""How many messages of campaigns one number or address gets: enough is enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from intake.messages.model import MessageState, OutgoingMessage

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_COUNTS = (
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class ContactLimits:
    """At most so many in any 24 hours and in any 7 days."""

    per_day: int = 2
    per_week: int = 5

    def free_at(self, times: Iterable[datetime], at: datetime) -> datetime:
        """When the next may go, after those sent at these ``times``; ``at`` if it may go now."""
        newest_first = sorted(times, reverse=True)
        free = at
        for count, window in ((self.per_day, _DAY), (self.per_week, _WEEK)):
            if len(newest_first) >= count:
                free = max(free, newest_first[count - 1] + window)
        return free


def campaign_times(session: Session, message: OutgoingMessage, at: datetime) -> list[datetime]:
    """When this contact got messages of campaigns lately, those under way now included.

    What may have been sent counts as sent.
    """
    query = select(OutgoingMessage.sent_at, OutgoingMessage.settled_at).where(
        OutgoingMessage.contact_key == message.contact_key,
        OutgoingMessage.campaign_id.is_not(None),
        OutgoingMessage.id != message.id,
        or_(
            OutgoingMessage.state.in_(_COUNTS),
            and_(
                OutgoingMessage.state == MessageState.QUEUED,
                OutgoingMessage.claimed_until.is_not(None),
            ),
        ),
    )
    times = [sent_at or settled_at or at for sent_at, settled_at in session.execute(query)]
    return [moment for moment in times if moment > at - _WEEK]
