"""Cleaning of typed names."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.text import BIDI_CONTROLS, clean, has_letter, initials


def test_bidi_controls_and_fillers_go_and_joiners_stay() -> None:
    assert clean("\u202eA\u200bB\u3164") == "AB"
    assert clean("نیم\u200cروز") == "نیم\u200cروز"
    assert not has_letter(clean("123 \u2800"))


def test_initials_show_the_first_letter_with_its_marks_and_nothing_more() -> None:
    assert initials("Emma Johnson") == "E••• J•••"
    assert initials("يوسف الحسن") == "ي••• ا•••"
    assert initials("မောင်ကောင်းထက်") == "မော•••"
    assert initials("सुमन राई") == "सु••• रा•••"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_cleaned_text_has_no_bidi_controls(text: str) -> None:
    assert not BIDI_CONTROLS & set(clean(text))
