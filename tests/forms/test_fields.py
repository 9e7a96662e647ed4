"""Dates in three calendars and drawn signatures, as families send them."""

import json
from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.fields import LocalDateField, parse_strokes
from forms.messages import Refused


class _Birth(Form):
    born = LocalDateField("Born", today=date(2026, 11, 23))


def _birth(day: str, month: str, year: str, calendar: str = "gregorian") -> _Birth:
    parts = {"day": day, "month": month, "year": year, "calendar": calendar}
    return _Birth(MultiDict({f"born-{name}": typed for name, typed in parts.items()}))


@pytest.mark.parametrize(
    "typed", [("၉", "၃", "၂၀၁၅"), ("٩", "٣", "٢٠١٥"), ("۹", "۳", "۲۰۱۵"), ("९", "३", "२०१५")]
)
def test_digits_of_any_script_are_read(typed: tuple[str, str, str]) -> None:
    form = _birth(*typed)
    assert form.validate()
    assert form.born.data == date(2015, 3, 9)


@pytest.mark.parametrize(
    "typed",
    [
        ("30", "2", "2015", "gregorian"),
        ("31", "12", "1394", "persian"),
        ("32", "1", "2072", "nepali"),
        ("1", "1", "2027", "gregorian"),
        ("1", "1", "1900", "gregorian"),
        ("1", "1", "2015", "lunar"),
    ],
)
def test_impossible_dates_are_refused_and_stay_as_typed(typed: tuple[str, str, str, str]) -> None:
    form = _birth(*typed)
    assert not form.validate()
    assert form.born.parts["day"] == typed[0]


def _pad(strokes: object) -> str:
    return json.dumps({"width": 300, "height": 150, "strokes": strokes})


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "null", _pad([[[5, 5]]]), _pad([[[float("nan"), 1], [9, 9]]]),
     _pad([[[1, 1], [9000, 1]]]), _pad([[[1, 1]] * 5_001])],
)  # fmt: skip
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_strokes(text)
