"""What stands on a page is what HarfBuzz says: each glyph, at its place."""

from collections.abc import Iterator

import pytest
import uharfbuzz as hb

from pdf.fonts import FontFace, catalogue
from pdf.layout import BODY, CONTENT_WIDTH, MARGIN
from pdf.plain import render_text
from pdf.text.paragraph import Line, lay_out
from pdf.text.shape import Item
from tests.pdf.ink import Page, pages

TEXTS = {
    "english": ("en", "The office affirms: five official files, AVATAR, Wäisänen, naïve"),
    "vietnamese": ("en", "Nguyễn Thị Hường, Trần Đức"),
    "arabic": ("ar", "الاطلاع على المعلومات، وقّع الطالب لِلَّهِ"),
    "persian": ("ar", "کودکِ شما به مدرسهٔ ما می‌رود"),
    "burmese": ("my", "ကျောင်းသား၏ မှတ်တမ်းများ၊ ဥပဒေ၊ ဩဂုတ် ၂၀၂၆။"),
    "karen": ("ksw", "ပှၤတၢ်ပာ်ဖျါအီၤ လၢကညီကျိာ်န့ၣ် ဝဲ ခွဲးယာ်။"),
    "nepali": ("en", "विद्यार्थीको श्रेष्ठता, कर्तव्य र शुद्ध"),
    "names": ("en", "Mateo စီၤဖိးထူ محمد بن علي राम बहादुर Łukasz"),
    "names in arabic": ("ar", "الطالب Mateo (စီၤဖိးထူ) 801-555-0100 محمد"),
}
SIZE = BODY.size


def expected(line: Line, language: str) -> Iterator[tuple[str, int, float, float]]:
    """Font, glyph and place of each glyph with ink, from the line's left end, by HarfBuzz."""
    x = 0.0
    for run in line.runs:
        face = run.face
        assert face is not None
        buffer = reshaped(line, run, face, language)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            em = SIZE / face.units_per_em
            if face.font.get_glyph_extents(info.codepoint).width:
                yield face.name, info.codepoint, x + place.x_offset * em, place.y_offset * em
            x += place.x_advance * em


def reshaped(line: Line, run: Item, face: FontFace, language: str) -> hb.Buffer:
    """What HarfBuzz says of a run on its line."""
    buffer = hb.Buffer()
    start = min(item.start for item in line.runs)
    end = max(item.end for item in line.runs)
    codes = [ord(c) for c in line.text[start:end]]
    buffer.add_codepoints(codes, run.start - start, run.end - run.start)
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.script = run.script
    buffer.language = language
    hb.shape(face.font, buffer)
    return buffer


def drawn(page: Page) -> list[tuple[str, int, float, float]]:
    """Font, glyph and place of each glyph with ink."""
    return [
        (page.fonts[glyph.font].name, glyph.glyph, glyph.x, glyph.y)
        for glyph in page.glyphs
        if page.fonts[glyph.font].box(glyph.glyph)
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_every_glyph_and_its_place_are_harfbuzzs_own(name: str) -> None:
    language, text = TEXTS[name]
    (line,) = lay_out(text, language=language, weight=400, width=CONTENT_WIDTH / SIZE).lines
    wanted = sorted((x, y, glyph) for _, glyph, x, y in expected(line, language))

    (page,) = pages(render_text(text, language))

    found = drawn(page)
    baseline = page.glyphs[0].y
    left = MARGIN + CONTENT_WIDTH - line.width * SIZE if language == "ar" else MARGIN
    placed = sorted((x - left, y - baseline, glyph) for _, glyph, x, y in found)
    assert len(placed) == len(wanted)
    for (x, y, glyph), (other_x, other_y, other) in zip(placed, wanted, strict=True):
        assert glyph == other
        assert x == pytest.approx(other_x, abs=0.02)
        assert y == pytest.approx(other_y, abs=0.02)


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_paragraph_has_every_letter_shaped_as_on_one_line(name: str) -> None:
    language, text = TEXTS[name]
    lines = lay_out(text, language=language, weight=400, width=8).lines
    assert len(lines) > 1
    for line in lines:
        assert line.width <= 8 + 1e-6
        for run in line.runs:
            assert run.face is not None
            places = sorted(cluster.start for cluster in run.clusters)
            assert places[0] == run.start
    covered = sorted(
        i
        for line in lines
        for run in line.runs
        for c in run.clusters
        for i in range(c.start, c.end)
    )
    assert len(covered) == len(set(covered)), "a character stands on two lines"
    assert {i for i, character in enumerate(text) if not character.isspace()} <= set(covered)


def test_karen_has_its_own_forms_where_burmese_has_others() -> None:
    text = "ကွှ ကျှ"
    shapes = [
        [g.id for line in lay_out(text, language=code, weight=400, width=99).lines
         for run in line.runs for c in run.clusters for g in c.glyphs]
        for code in ("ksw", "my")
    ]  # fmt: skip
    assert shapes[0] != shapes[1]


def test_arabic_letters_stay_joined_where_a_long_word_is_cut() -> None:
    word = "مستشفيات" * 12
    lines = lay_out(word, language="ar", weight=400, width=8).lines
    whole = lay_out(word, language="ar", weight=400, width=999).lines[0]
    assert len(lines) > 3
    middle = [c for run in lines[1].runs for c in run.clusters]
    isolated = lay_out("م", language="ar", weight=400, width=9).lines[0].runs[0].clusters[0]
    assert all(c.glyphs != isolated.glyphs for c in middle)
    assert sum(line.width for line in lines) == pytest.approx(whole.width, rel=0.1)


def test_the_fonts_that_are_named_are_there() -> None:
    assert {face.family for face in catalogue()} >= {
        "noto-sans",
        "noto-sans-myanmar",
        "noto-sans-devanagari",
        "vazirmatn",
    }
