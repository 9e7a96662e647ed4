"""Cleaning of typed names."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.text import BIDI_CONTROLS, clean, has_letter


def test_bidi_controls_and_fillers_go_and_joiners_stay() -> None:
    assert clean("\u202eA\u200bB\u3164") == "AB"
    assert clean("نیم\u200cروز") == "نیم\u200cروز"
    assert not has_letter(clean("123 \u2800"))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_cleaned_text_has_no_bidi_controls(text: str) -> None:
    assert not BIDI_CONTROLS & set(clean(text))
