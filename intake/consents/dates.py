"""The dates that rights hang on."""

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


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same time of day, this many days later, Saturdays and Sundays not counted."""
    while days > 0:
        moment += timedelta(days=1)
        if moment.weekday() < _SATURDAY:
            days -= 1
    return moment
