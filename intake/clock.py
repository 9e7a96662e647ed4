"""The one place that reads the clock. Times are aware and in UTC everywhere inside."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day at the school when ``moment`` happens."""
    return moment.astimezone(zone).date()


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment in UTC when a calendar day of the school begins."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
