"""Letter pages on which nothing is cut off, whatever people are called."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pdf.content import Answer, SignedContent
from pdf.layout import CONTENT_WIDTH, MARGIN, PAGE_HEIGHT
from pdf.waiver import compose, render
from tests.pdf.ink import Drawn, Page, pages
from tests.pdf.samples import KINDS, LANGUAGES, content, pdftotext, rendered

_SLACK = 3.0
"""Points by which a slanted or swashed letter, or half a line, may stand over its margin."""
_FOOT = 60.0
LONG = {
    "latin": "W" * 200,
    "address": "1234-" * 40,
    "arabic": "مستشفيات" * 25,
    "karen": "ဖျါအီၤ" * 33,
    "words": "Maria del Carmen " * 12,
}


def outside(page: Page) -> list[tuple[float, ...]]:
    """Ink beyond the margins."""
    left, right = MARGIN - _SLACK, MARGIN + CONTENT_WIDTH + _SLACK
    over = [box for box in page.boxes() if box[0] < left or box[2] > right]
    beyond = [
        box for box in page.boxes() if box[1] < MARGIN / 3 or box[3] > PAGE_HEIGHT - MARGIN / 2
    ]
    corners = [
        corner
        for corner in page.corners
        if not (left <= corner[0] <= right and 0 < corner[1] < PAGE_HEIGHT)
    ]
    return [*over, *beyond, *corners]


def overlaps(page: Page) -> Iterator[tuple[Drawn, Drawn]]:
    """Letters on different lines whose ink meets by more than a fifth of an em."""
    inked = [(g, box) for g in page.glyphs if (box := _box(page, g))]
    inked.sort(key=lambda entry: entry[1][0])
    for i, (glyph, box) in enumerate(inked):
        for other, around in inked[i + 1 :]:
            if around[0] >= box[2]:
                break
            depth = min(box[3], around[3]) - max(box[1], around[1])
            width = min(box[2], around[2]) - around[0]
            apart = abs(glyph.y - other.y) > 0.4 * min(glyph.size, other.size)
            if apart and min(depth, width) > 0.2 * min(glyph.size, other.size):
                yield glyph, other


def _box(page: Page, glyph: Drawn) -> tuple[float, float, float, float] | None:
    box = page.fonts[glyph.font].box(glyph.glyph)
    if box is None:
        return None
    left, bottom, right, top = (edge * glyph.size for edge in box)
    return glyph.x + left, glyph.y + bottom, glyph.x + right, glyph.y + top


def crowded(language: str, value: str, count: int) -> SignedContent:
    """A waiver with ``count`` more answers of this value."""
    plain = content("waiver", language)
    more = [Answer(f"{plain.answers[0].label} {i}", f"Answer {i}", value) for i in range(count)]
    signature = plain.signature
    assert signature is not None
    name = replace(signature.heading, value=value)
    return replace(
        plain,
        answers=[*plain.answers, *more],
        signature=replace(signature, heading=name, typed=value, witness=name),
    )


def everything(language: str) -> dict[str, bytes]:
    """Each document of a language."""
    return {kind: rendered(kind, language) for kind in KINDS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_letter_and_keeps_its_margins_and_lines(language: str) -> None:
    for pdf in everything(language).values():
        for page in pages(pdf):
            assert (page.width, page.height) == (612, 792)
            assert outside(page) == []
            assert list(overlaps(page)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LONG)
def test_a_name_of_two_hundred_letters_keeps_the_margins_and_lines(
    name: str, language: str
) -> None:
    for page in pages(render(crowded(language, LONG[name], 3))):
        assert outside(page) == []
        assert list(overlaps(page)) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_forty_answers_go_on_to_further_pages_above_their_feet(language: str) -> None:
    made = compose(crowded(language, "A value\nof three\nlines", 40))
    assert made.pages > compose(content("waiver", language)).pages + 1
    text = re.sub("[\u202a-\u202e]", "", "".join(pdftotext(made.pdf)))
    assert all(f"Answer {i}\n" in text for i in range(40))
    for page in pages(made.pdf):
        assert outside(page) == []
        assert list(overlaps(page)) == []
        feet = [g for g in page.glyphs if g.y < _FOOT and page.fonts[g.font].box(g.glyph)]
        assert feet
        assert {glyph.size for glyph in feet} == {8.0}, "no answer runs into the foot"


def test_labels_stand_at_the_right_where_the_language_begins_there() -> None:
    for language, at_right in (("en", False), ("ksw", False), ("ar", True)):
        page = pages(rendered("letter", language))[-2 if language != "en" else -1]
        bold = [
            glyph
            for glyph in page.glyphs
            if page.fonts[glyph.font].name.endswith("Bold") and glyph.size == 9
        ]
        assert bold
        middle = MARGIN + CONTENT_WIDTH / 2
        assert all((glyph.x > middle) == at_right for glyph in bold)


def test_a_label_and_its_value_have_one_baseline() -> None:
    for language in LANGUAGES:
        shown = pages(rendered("letter", language))
        labels = {
            round(glyph.y, 2)
            for page in shown
            for glyph in page.glyphs
            if glyph.size == 9 and page.fonts[glyph.font].name.endswith("Bold")
        }
        codes = [g.y for page in shown for g in page.glyphs if g.size == 7.8]
        assert codes
        assert all(any(abs(y - label) < 0.1 for label in labels) for y in codes)


def test_a_drawn_signature_is_lines_and_no_picture() -> None:
    for kind in KINDS:
        for page in pages(rendered(kind, "en")):
            assert page.others == []
    drawn = sum(len(page.corners) for page in pages(rendered("waiver", "en")))
    assert drawn > 90, "a hundred points of the pen"
