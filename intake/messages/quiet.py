"""Hours in which no reminder is sent: families sleep, and some days are kept free.

Reckoned on the school's clock, with its changes to and from summer time: 08:00 is 08:00 there.
Law: 47 CFR 64.1200(c)(1) forbids telephone solicitations before 8 a.m. and after 9 p.m. at the
called party's place. A school's messages are none; we keep to it all the same, an hour earlier.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begins`` to ``ends`` each day, over midnight where it begins later than it ends.

    ``begins`` equal to ``ends``: no hours, only the days. ``days`` (0 is Monday) are quiet whole.
    """

    zone: ZoneInfo
    begins: time = time(20)
    ends: time = time(8)
    days: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if len(self.days) >= len(_DAYS):
            raise ValueError("a week without any day to send on")

    def is_quiet(self, at: datetime) -> bool:
        """Whether nothing may be sent at this moment."""
        local = at.astimezone(self.zone)
        return local.weekday() in self.days or self._is_hour(local.time())

    def next_open(self, at: datetime) -> datetime:
        """This moment, or the first after it at which something may be sent; in UTC."""
        moment = at.astimezone(UTC)
        while self.is_quiet(moment):
            moment = self._next_change(moment)
        return moment

    def _is_hour(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def _next_change(self, at: datetime) -> datetime:
        """The next local midnight or end of the hours, whichever comes first.

        An hour that the clock skips in spring is passed over to the first moment after it; of one
        that comes twice in autumn the first counts.
        """
        local = at.astimezone(self.zone)
        today = local.date()
        candidates = [
            datetime.combine(day, clock, self.zone).astimezone(UTC)
            for day in (today, today + timedelta(days=1))
            for clock in (time(0), self.ends)
        ]
        return min(moment for moment in candidates if moment > at)

    @property
    def stored(self) -> str:
        """One line that a message keeps: zone, hours, days."""
        hours = f"{self.begins:%H:%M}-{self.ends:%H:%M}"
        return " ".join([self.zone.key, hours, *(_DAYS[day] for day in sorted(self.days))])

    @classmethod
    def from_stored(cls, text: str) -> "QuietHours":
        """The reverse of ``stored``; raises ValueError for anything else."""
        zone, hours, *days = text.split()
        begins, dash, ends = hours.partition("-")
        if not dash:
            raise ValueError("not hours")
        return cls(
            ZoneInfo(zone),
            time.fromisoformat(begins),
            time.fromisoformat(ends),
            frozenset(_DAYS.index(day) for day in days),
        )
