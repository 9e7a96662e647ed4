"""Zawgyi: noticed in names, shown in both readings, never converted silently."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.messages import Message
from forms.names import PersonNameField
from forms.zawgyi import from_zawgyi, unicode_reading

NAMES = {
    "ေမာင္ေအာင္": "မောင်အောင်",
    "ဆန္းဆန္းျမင့္": "ဆန်းဆန်းမြင့်",
    "ၾကည္ၾကည္ထြန္း": "ကြည်ကြည်ထွန်း",
    "၀င္း၀င္းေမာ္": "ဝင်းဝင်းမော်",
    "ေက်ာ္သူရိန္": "ကျော်သူရိန်",
    "သႏၱာလြင္": "သန္တာလွင်",
    "စိုးျမတ္သူဇာ": "စိုးမြတ်သူဇာ",
    "ေနလင္းေအာင္": "နေလင်းအောင်",
}


class _Name(Form):
    name = PersonNameField("Name")


@pytest.mark.parametrize(("typed", "meant"), NAMES.items())
def test_a_zawgyi_name_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert from_zawgyi(typed) == meant
    assert unicode_reading(typed) == meant


@pytest.mark.parametrize(
    "name", [*NAMES.values(), "နီၢ်မူ", "စီၤထူး", "ကညီကျိာ်", "Naw Mu", "محمد", "राम", "၁၂၃", "", "မ"]
)
def test_true_unicode_is_never_suspected(name: str) -> None:
    assert unicode_reading(name) is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=[chr(code) for code in range(0x1000, 0x10A0)], max_size=20))
def test_any_letters_of_the_block_are_read_without_an_error(text: str) -> None:
    reading = unicode_reading(text)
    assert reading is None or reading != text


def test_a_suspected_name_is_asked_about_and_both_readings_are_kept() -> None:
    form = _Name(MultiDict({"name": "ေမာင္ေအာင္"}))
    assert not form.validate()
    assert form.name.readings == ("ေမာင္ေအာင္", "မောင်အောင်")
    assert form.name.data == "ေမာင္ေအာင္"
    assert form.name.errors == [Message("Which of these is written correctly? Choose one.")]


@pytest.mark.parametrize("chosen", ["ေမာင္ေအာင္", "မောင်အောင်"])
def test_the_reading_that_was_chosen_is_taken(chosen: str) -> None:
    form = _Name(MultiDict({"name": "ေမာင္ေအာင္", "name-reading": chosen}))
    assert form.validate()
    assert form.name.data == chosen


def test_a_choice_made_for_other_letters_does_not_count() -> None:
    form = _Name(MultiDict({"name": "ဆန္းဆန္းျမင့္", "name-reading": "မောင်အောင်"}))
    assert not form.validate()
    assert form.name.readings[0] == "ဆန္းဆန္းျမင့္"
