"""In every document, each glyph on the page is the one that HarfBuzz names, where it puts it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import pdf.page
from intake.documents.texts import DATA_USE, PRIVACY_POSTING
from intake.paper.printing import blank_waiver, printed_document
from pdf.plain import render_text
from pdf.text.paragraph import Line
from pdf.waiver import render
from tests.pdf.ink import Page, pages
from tests.pdf.samples import LANGUAGES, content, settings
from tests.pdf.test_shaping import reshaped

TYPED = Path(__file__).parents[1] / "fixtures" / "names_and_addresses.txt"
_TOLERANCE = 0.03
"""Points: distances are written with at most four digits."""

Placed = dict[tuple[str, int], list[tuple[float, float]]]
"""The places of each glyph of each font."""


@dataclass(frozen=True)
class Shown:
    """A line, and where its left end and its baseline stand."""

    line: Line
    x: float
    y: float
    size: float


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Shown]:
    """Every line that a document puts on its pages, while it does."""
    seen: list[Shown] = []
    draw = pdf.page.draw_line

    def watched(line: Line, x: float, y: float, size: float, *rest: Any, **named: Any) -> Any:
        seen.append(Shown(line, x, y, size))
        return draw(line, x, y, size, *rest, **named)

    monkeypatch.setattr(pdf.page, "draw_line", watched)
    return seen


def wanted(shown: Shown, language: str) -> Iterator[tuple[str, int, float, float]]:
    """Font, glyph and place of each glyph with ink, by HarfBuzz."""
    x = shown.x
    for run in shown.line.runs:
        assert run.face is not None, "a letter that no font has"
        em = shown.size / run.face.units_per_em
        buffer = reshaped(shown.line, run, run.face, language)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            if run.face.font.get_glyph_extents(info.codepoint).width:
                left, up = x + place.x_offset * em, shown.y + place.y_offset * em
                yield run.face.name, info.codepoint, left, up
            x += place.x_advance * em


def _by_glyph(glyphs: Iterator[tuple[str, int, float, float]]) -> Placed:
    result: Placed = defaultdict(list)
    for font, glyph, x, y in glyphs:
        result[font, glyph].append((x, y))
    return result


def drawn(found: list[Page]) -> Placed:
    """The glyphs with ink of all pages; their fonts are named as the files are."""
    return _by_glyph(
        (_file_name(page.fonts[g.font].name), g.glyph, g.x, g.y)
        for page in found
        for g in page.glyphs
        if page.fonts[g.font].box(g.glyph)
    )


def _file_name(post_script: str) -> str:
    family, _, style = post_script.partition("-")
    words = "".join(f"-{c.lower()}" if c.isupper() or c.isdigit() else c for c in family)
    return f"{words[1:]}-{700 if style == 'Bold' else 400}"


def assert_drawn(file: bytes, shown: list[Shown], language_of: Callable[[Shown], str]) -> None:
    """Neither more nor less than HarfBuzz's glyphs, and none elsewhere."""
    found = drawn(pages(file))
    expected = _by_glyph(g for line in shown for g in wanted(line, language_of(line)))
    assert {key: len(places) for key, places in found.items()} == {
        key: len(places) for key, places in expected.items()
    }
    for key, places in expected.items():
        for x, y in places:
            assert any(
                abs(x - other_x) < _TOLERANCE and abs(y - other_y) < _TOLERANCE
                for other_x, other_y in found[key]
            ), (key, x, y)


def _made(document: str, language: str) -> bytes:
    match document:
        case "waiver" | "letter":
            return render(content(document, language))
        case "blank":
            return blank_waiver(settings(), language, draft=True, student_name="နီၢ်ဖီခူ محمد").pdf
        case _:
            return printed_document(settings(), document, language, draft=True).pdf


@pytest.mark.parametrize("document", ["waiver", "letter", "blank", DATA_USE, PRIVACY_POSTING])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_documents_glyphs_are_harfbuzzs(document: str, language: str, shown: list[Shown]) -> None:
    file = _made(document, language)
    assert len(shown) > 20
    assert_drawn(file, shown, lambda line: "en" if _is_english(line) else language)


def _is_english(shown: Shown) -> bool:
    return shown.line.text.isascii()


def typed() -> list[tuple[str, str]]:
    """Language and text of what people type."""
    lines = TYPED.read_text("utf-8").splitlines()
    pairs = [line.partition("\t")[::2] for line in lines if not line.startswith("#")]
    assert len(pairs) > 30
    return pairs


@pytest.mark.parametrize(("language", "text"), typed())
def test_a_name_or_address_is_drawn_as_harfbuzz_says_in_every_document(
    language: str, text: str, shown: list[Shown]
) -> None:
    for code in sorted({language, "en", "ar", "ksw"}):
        shown.clear()
        file = render_text(text, code)
        assert_drawn(file, shown, lambda _, code=code: code)  # type: ignore[misc]
