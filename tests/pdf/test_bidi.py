"""The order of mixed text: Unicode's own conformance test, and what a family would write."""

import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdf.text import bidi
from pdf.text.bidi_explicit import REMOVED
from pdf.text.shape import direction_levels

CONFORMANCE = Path(__file__).parent / "unicode" / "BidiCharacterTest-15.0.0.txt.xz"
_MIXED = st.text(
    st.sampled_from("aZ א ب 12٣۴ +-.,:/%$() [] «»\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d"
                    "\u202e\u200e\u200f\u061c\u00ad\u0301\u064b\t\u2029"),
    max_size=40,
)  # fmt: skip


def visual(text: str, base: int) -> str:
    """The text from left to right, without mirroring, as an Arabic or English paragraph."""
    levels = direction_levels(text, base)
    return "".join(text[i] for i in bidi.visual_order(levels))


def test_every_case_of_unicodes_conformance_test_has_its_levels_and_its_order() -> None:
    cases = wrong = 0
    with lzma.open(CONFORMANCE, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#") or not line.strip():
                continue
            cases += 1
            wrong += not _conforms(*line.strip().split(";"))
    assert (cases, wrong) == (91_707, 0)


def _conforms(codes: str, direction: str, paragraph: str, levels: str, order: str) -> bool:
    text = "".join(chr(int(code, 16)) for code in codes.split())
    base = int(direction) if direction in "01" else bidi.base_level(text) or 0
    expected = [REMOVED if level == "x" else int(level) for level in levels.split()]
    found = bidi.levels(text, base)
    kept = [i for i, level in enumerate(expected) if level != REMOVED]
    return (
        base == int(paragraph)
        and [found[i] for i in kept] == [expected[i] for i in kept]
        and [kept[i] for i in bidi.visual_order([found[i] for i in kept])]
        == [int(i) for i in order.split()]
    )


@given(_MIXED | st.text(max_size=60), st.sampled_from([0, 1]))
def test_any_text_gets_levels_and_every_character_is_shown_once(text: str, base: int) -> None:
    levels = direction_levels(text, base)
    assert len(levels) == len(text)
    assert all(base <= level <= 126 for level in levels)
    assert sorted(bidi.visual_order(levels)) == list(range(len(text)))


@given(_MIXED)
def test_an_isolate_never_changes_what_stands_around_it(inner: str) -> None:
    inner = inner.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u2029")))
    around = bidi.levels(f"ab {bidi.FSI}{inner}{bidi.PDI} אב 12", 0)
    plain = bidi.levels(f"ab {bidi.FSI}{bidi.PDI} אב 12", 0)
    assert around[:4] == plain[:4]
    assert around[-7:] == plain[-7:]


@pytest.mark.parametrize(
    ("logical", "shown"),
    [
        ("אב (גד) הו", "וה )דג( בא"),
        ("אב (ab) גד", "דג )ab( בא"),
        ("אב (ab גד) הו", "וה )דג ab( בא"),
        ("טל 801-555-0100", "801-555-0100 לט"),
        ("טל +1 (801) 555-0100.", ".+1 (801) 555-0100 לט"),
        ("ב 2026-11-23 ג", "ג 2026-11-23 ב"),
        ("ב ann@example.org ג", "ג ann@example.org ב"),
        ("ב https://example.org/a?b=1 ג", "ג https://example.org/a?b=1 ב"),
        ("12 אב 34", "34 בא 12"),
    ],
)
def test_in_a_paragraph_from_right_to_left(logical: str, shown: str) -> None:
    assert visual(logical, 1) == shown


@pytest.mark.parametrize(
    ("logical", "shown"),
    [
        ("ab (אב) cd", "ab (בא) cd"),
        ("ab [אב (גד)] cd", "ab [)דג( בא] cd"),
        ("Ann אב, Bob", "Ann בא, Bob"),
        ("a אב 12 b", "a 12 בא b"),
    ],
)
def test_in_a_paragraph_from_left_to_right(logical: str, shown: str) -> None:
    assert visual(logical, 0) == shown


def test_the_first_strong_letter_outside_isolates_gives_the_direction() -> None:
    assert bidi.base_level("12 אב ab") == 1
    assert bidi.base_level(f"{bidi.RLI}אב{bidi.PDI} ab") == 0
    assert bidi.base_level("12 ...") is None
