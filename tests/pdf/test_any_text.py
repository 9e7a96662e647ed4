"""Whatever people paste, a document comes out: laid out to its end, nothing dropped."""

import string
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pdf.plain import compose_text
from pdf.text.paragraph import Line, lay_out
from tests.pdf.ink import pages

_CONTROLS = (
    "\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069\u00ad\ufeff"
)
_SCRIPTS = {
    "latin": string.ascii_letters + "éßłŞảŋ" + "\u0301\u0323",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي" + "لا" * 4 + "گچپژکی" + "\u064b\u064e\u0651\u0670",
    "myanmar": "".join(map(chr, range(0x1000, 0x10A0))),
    "devanagari": "".join(map(chr, range(0x900, 0x980))),
    "other": "王小明さ김ไทยລາວខ្មែרחא👩👍🏽🇲🇲",
    "controls": _CONTROLS,
    "plain": " \t\n-.,:/()[]«»“”0123456789٠١٢٣۰۱۲၀၁०१",
    "strange": "\0\x07\x7f\x85\u2028\ud800\udfff\ue000\uffff\U0010ffff\U00013000\u0378",
}
_ANY = st.one_of(*map(st.sampled_from, _SCRIPTS.values()), st.characters(codec=None))
TEXTS = st.text(_ANY, max_size=120)
LANGUAGES = st.sampled_from(["en", "ar", "fa", "my", "ksw", "ne", "so", "nowhere"])
_UNHURRIED = settings(
    deadline=None, max_examples=150, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

NASTY = [
    "a" * 10_000,
    "က" * 10_000,
    "ب" * 10_000,
    "o" + "\u0301" * 50,
    "က" + "ွ" * 50 + "ျ" * 50,
    "ب" + "\u0651" * 50,
    "\u202e" * 300 + "abc" + "\u202c" * 300,
    "\u2067(" * 200 + "א" + ")\u2069" * 200,
    "[" * 500 + "א" + "]" * 500,
    "\u202egnp.exe",
    "\u200d" * 2_000,
    "👩\u200d" * 500,
    "\ud800" * 100,
    "\ue000\uf8ff\U000f0000",
    " " * 5_000,
    "\u00a0" * 3_000,
    "-" * 3_000,
    "\n" * 500,
]


@_UNHURRIED
@given(TEXTS, LANGUAGES, st.sampled_from([0.2, 3.0, 40.0]))
@example("a\u0301" * 60, "en", 0.2)
def test_lines_hold_every_character_once_and_no_line_is_too_wide(
    text: str, language: str, width: float
) -> None:
    made = lay_out(text, language=language, weight=400, width=width)
    for line in made.lines:
        clusters = [cluster for run in line.runs for cluster in run.clusters]
        assert line.width <= width + 1e-6 or len(clusters) == 1
    _assert_all_there(text, made.lines)


def _assert_all_there(text: str, lines: Sequence[Line]) -> None:
    """Each visible character stands on one line, in one cluster."""
    seen: dict[str, set[int]] = {}
    for line in lines:
        places = seen.setdefault(line.text, set())
        for run in line.runs:
            for cluster in run.clusters:
                inside = set(range(cluster.start, cluster.end))
                assert not inside & places or _is_repeated(text, line.text)
                places |= inside
    for part, places in seen.items():
        left_out = [c for i, c in enumerate(part) if i not in places]
        assert all(c.isspace() for c in left_out), (part, left_out)


def _is_repeated(text: str, part: str) -> bool:
    """The same paragraph stands in the text twice."""
    return unicodedata.normalize("NFC", text).count(part) > 1 or not part


@_UNHURRIED
@given(TEXTS, LANGUAGES)
def test_any_text_makes_a_document_without_an_empty_box(text: str, language: str) -> None:
    for page in pages(compose_text(text, language).pdf):
        assert all(glyph.glyph != 0 for glyph in page.glyphs)


@pytest.mark.parametrize("language", ["en", "ar", "ksw"])
@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:3]))
def test_what_was_made_to_do_harm_is_drawn(text: str, language: str) -> None:
    made = compose_text(text, language)
    assert made.pages <= 40
    for page in pages(made.pdf):
        assert all(glyph.glyph != 0 for glyph in page.glyphs)
