"""Single values of settings, read and checked. A bad one is one line that names the fix."""

import re
from datetime import time
from decimal import Decimal

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SettingsError(ValueError):
    """A setting is missing or unusable; the message is one line that names the fix."""


def price(name: str, value: str) -> Decimal:
    """An amount of money, to a millionth."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value):
        raise SettingsError(f"{name} must be a price such as 0.0083, not {value!r}")
    return Decimal(value)


def hours(name: str, value: str) -> tuple[time, time]:
    """When they begin and end; ``none`` is twice the same time."""
    if value == "none":
        return time(0), time(0)
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", value)
    if match is None:
        raise SettingsError(f"{name} must be hours such as 20:00-08:00, or none, not {value!r}")
    begin_hour, begin_minute, end_hour, end_minute = (int(part) for part in match.groups())
    return time(begin_hour, begin_minute), time(end_hour, end_minute)


def week_days(name: str, value: str) -> frozenset[int]:
    """Days of the week, 0 is Monday; never all of them."""
    days = {day.strip().lower() for day in value.split(",")} - {"none"}
    if not days < set(_DAYS):
        raise SettingsError(f"{name} must be some of {','.join(_DAYS)}, or none, not {value!r}")
    return frozenset(_DAYS.index(day) for day in days)


def pair(name: str, value: str) -> tuple[int, int]:
    """Two whole numbers from 1 on."""
    match = re.fullmatch(r"([1-9][0-9]{0,2})\s*,\s*([1-9][0-9]{0,2})", value)
    if match is None:
        raise SettingsError(f"{name} must be two whole numbers such as 2,5, not {value!r}")
    return int(match[1]), int(match[2])
