"""The dates that rights hang on."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

ADULT_AGE = 18
_SATURDAY = 5


def eighteenth_birthday(birth_date: date) -> date:
    """The day on which rights pass from parents to the student (34 CFR 99.3, 99.5(a)).

    For somebody born on 29 February it is 28 February: sharing on a parent's word stops on the
    earliest day that can be meant.
    """
    year = birth_date.year + ADULT_AGE
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def is_adult(birth_date: date, on: date) -> bool:
    """Whether the student is an eligible student on this day."""
    return on >= eighteenth_birthday(birth_date)


def has_left(left_on: date | None, on: date) -> bool:
    """Whether a student no longer gets services here on this day: from the first day on."""
    return left_on is not None and left_on <= on


def is_working_day(day: date, closed: AbstractSet[date] = frozenset()) -> bool:
    """Whether a school's staff work: no Saturday, no Sunday, and none of the closed days."""
    return day.weekday() < _SATURDAY and day not in closed


def working_days_after(
    moment: datetime, days: int, closed: AbstractSet[date] = frozenset()
) -> datetime:
    """The same time of day, this many working days later.

    ``moment`` is in the school's zone: its clock counts, also over a change to summer time. What
    is signed on a day off counts from the next working day's same time on.
    """
    while days > 0:
        moment += timedelta(days=1)
        if is_working_day(moment.date(), closed):
            days -= 1
    return moment
