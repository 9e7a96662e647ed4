"""Fields for what families type: dates in three calendars, signatures, codes."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import jdatetime
import nepali_datetime
from wtforms import Field, HiddenField, StringField
from wtforms.validators import StopValidation

from forms.choices import Calendar
from forms.messages import Message, Refused
from forms.text import ascii_digits, clean

OLDEST_YEARS = 120
MOST_POINTS = 5_000
SHORTEST_SIGNATURE = 20.0
"""Pixels of pen way; less is a dot made by accident."""
LARGEST_PAD = 10_000.0


class CodeField(StringField):
    """A short text whose digits may be of any script; ``data`` has them as 0-9."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Convert digits; keep the rest."""
        typed = valuelist[0] if valuelist else ""
        self.data = ascii_digits(clean(typed[:200]))


class LocalDateField(Field):
    """Day, month and year in three inputs, and the calendar they are in.

    ``data`` is the Gregorian date or None; ``parts`` is what was typed, to show it again.
    """

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        """``today`` bounds birth dates; the route passes the school's day."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.parts = {"day": "", "month": "", "year": "", "calendar": Calendar.GREGORIAN.value}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read ``<name>-day``, ``-month``, ``-year`` and ``-calendar``."""
        self.process_errors = []
        self.data = data if isinstance(data, date) else None
        if isinstance(data, dict):
            self.parts = {**self.parts, **data}
        elif isinstance(data, date):
            self.parts |= {
                "day": str(data.day), "month": str(data.month), "year": str(data.year),
            }  # fmt: skip
        if formdata is None or not any(f"{self.name}-{part}" in formdata for part in self.parts):
            return
        for part in self.parts:
            typed = formdata.get(f"{self.name}-{part}", "")
            self.parts[part] = clean(typed[:40])
        self.data = None

    def pre_validate(self, form: object) -> None:
        """Turn the parts into a date, or say which part to change and how."""
        if self.data is None:
            self.data = self._parse()
        self._check_range(self.data)

    def _parse(self) -> date:
        try:
            calendar = Calendar(self.parts["calendar"])
        except ValueError:
            raise Refused(Message("Choose a calendar from the list.")) from None
        if not any(self.parts[name] for name in ("day", "month", "year")):
            raise Refused(Message("Write the day, the month and the year."))
        day = self._number("day")
        month = self._number("month")
        year = self._number("year")
        # Some Nepali months have a day 32; the calendar itself knows which.
        if day is None or day < 1 or (day > 31 and calendar is not Calendar.NEPALI):
            raise Refused(Message("Write the day as a number from 1 to 31."))
        if month is None or not 1 <= month <= 12:
            raise Refused(Message("Choose the month from 1 to 12."))
        if year is None or not 1000 <= year <= 2999:
            raise Refused(Message("Write the year with four digits, such as 2015."))
        return _gregorian(calendar, year, month, day)

    def _number(self, name: str) -> int | None:
        digits = ascii_digits(self.parts[name])
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None

    def _check_range(self, day: date) -> None:
        today = self.today or datetime.now(UTC).date()
        if day > today:
            hint = _calendar_hint(self.parts, today)
            if hint is not None:
                raise Refused(hint)
            raise Refused(Message("This date is in the future. Check the year."))
        if today.year - day.year > OLDEST_YEARS:
            hint = _calendar_hint(self.parts, today)
            if hint is not None:
                raise Refused(hint)
            raise Refused(Message("This date is too long ago. Check the year."))


def _gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    impossible = Message("This date does not exist in the calendar. Check the day and the month.")
    try:
        if calendar is Calendar.PERSIAN:
            return jdatetime.date(year, month, day).togregorian()  # type: ignore[no-any-return]
        if calendar is Calendar.NEPALI:
            return nepali_datetime.date(year, month, day).to_datetime_date()  # type: ignore[no-any-return]
        return date(year, month, day)
    except (ValueError, OverflowError, IndexError, KeyError):
        if calendar is Calendar.NEPALI and not 1975 <= year <= 2100:
            raise Refused(
                Message(
                    "Write the year with four digits, such as 2072, or choose another calendar."
                )
            ) from None
        raise Refused(impossible) from None


def _calendar_hint(parts: dict[str, str], today: date) -> Message | None:
    """A year that only makes sense in another calendar: say so and ask; never convert by itself."""
    digits = ascii_digits(parts["year"])
    if parts["calendar"] != Calendar.GREGORIAN or not (digits.isascii() and digits.isdigit()):
        return None
    year = int(digits)
    if 1300 <= year <= today.year - 621:
        return Message(
            "The year %(year)s looks like the Persian calendar. If so, choose that calendar.",
            year=year,
        )
    if today.year + 200 < year <= today.year + 544:
        return Message(
            "The year %(year)s looks like the Buddhist calendar. "
            "Take away 543 and write the year again.",
            year=year,
        )
    if today.year < year <= today.year + 58:
        return Message(
            "The year %(year)s looks like the Nepali calendar. If so, choose that calendar.",
            year=year,
        )
    return None


@dataclass(frozen=True, slots=True)
class DrawnStrokes:
    """What was drawn on a pad of ``width`` x ``height`` pixels; y goes down."""

    strokes: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float

    def as_json(self) -> str:
        """As the page sends it."""
        return json.dumps(
            {"width": self.width, "height": self.height, "strokes": self.strokes},
            separators=(",", ":"),
        )


class SignatureField(HiddenField):
    """A drawing as JSON: ``{"width", "height", "strokes": [[[x, y], …], …]}``."""

    def take(self) -> Message | None:
        """Keep the drawing and nothing else that was sent, or say what is wrong with it.

        Not done while validating: a form with several ways to sign asks for the chosen one only,
        so that a dot left in the other box stops nobody.
        """
        if not self.data:
            return Message("Please sign in the box.")
        try:
            self.data = parse_strokes(self.data).as_json()
        except Refused as refused:
            self.data = ""
            return refused.message
        return None


def parse_strokes(text: str) -> DrawnStrokes:
    """Read a drawing; raises Refused."""
    unreadable = Message("The signature did not arrive whole. Please sign again.")
    try:
        content = json.loads(text)
        width, height = float(content["width"]), float(content["height"])
        strokes = tuple(
            tuple((float(x), float(y)) for x, y in stroke) for stroke in content["strokes"]
        )
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        raise Refused(unreadable) from None
    if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise Refused(Message("The signature has too many lines. Please sign again, more simply."))
    sides = (width, height)
    if not all(math.isfinite(side) and 0 < side <= LARGEST_PAD for side in sides):
        raise Refused(unreadable)
    strokes = tuple(stroke for stroke in strokes if stroke)
    for stroke in strokes:
        for x, y in stroke:
            # A finger slides over the edge of the pad; but no further than it can.
            if not (-width <= x <= 2 * width and -height <= y <= 2 * height):
                raise Refused(unreadable)
    if _length_inside(strokes, width, height) < SHORTEST_SIGNATURE:
        raise Refused(Message("Please sign with your name or your mark; a dot is not enough."))
    return DrawnStrokes(strokes, width, height)


def _length_inside(
    strokes: Sequence[Sequence[tuple[float, float]]], width: float, height: float
) -> float:
    """The pen's way on the pad: what lies beside it is cut off in the signed document."""

    def is_inside(point: tuple[float, float]) -> bool:
        return 0 <= point[0] <= width and 0 <= point[1] <= height

    return sum(
        math.dist(a, b)
        for stroke in strokes
        for a, b in pairwise(stroke)
        if is_inside(a) and is_inside(b)
    )


def required(message: Message) -> Any:
    """A validator: stop with this message when the field is empty or unknown."""

    def validate(_form: object, field: Field) -> None:
        if not field.data or field.errors:
            field.errors = []
            raise StopValidation(message)  # type: ignore[arg-type]

    return validate
