"""No name is ever lost: other scripts find their fonts, what no font has is shown as its number."""

from dataclasses import replace

import pytest

from pdf.plain import compose_text, render_text
from pdf.waiver import compose
from tests.pdf.ink import pages
from tests.pdf.samples import KINDS, LANGUAGES, READERS, content, rendered, squeezed

ROHINGYA = "𐴀𐴁"
NAMES = {
    "မောင်အောင်": "NotoSansMyanmar-Regular",
    "محمد بن علي": "Vazirmatn-Regular",
    "राम बहादुर": "NotoSansDevanagari-Regular",
    "አበበ": "NotoSansEthiopic-Regular",
    "Ольга": "NotoSans-Regular",
    "Ελένη": "NotoSans-Regular",
    "Nguyễn Ōtāhuhu": "NotoSans-Regular",
    "สมชาย": "NotoSansThai-Regular",
    "ໃຈດີ": "NotoSansLao-Regular",
    "សុខា": "NotoSansKhmer-Regular",
    "আব্দুল": "NotoSansBengali-Regular",
    "ਸਿੰਘ": "NotoSansGurmukhi-Regular",
    "தமிழ்": "NotoSansTamil-Regular",
    ROHINGYA: "NotoSansHanifiRohingya-Regular",
    "רחל": "NotoSansHebrew-Regular",
    "გიორგი": "NotoSansGeorgian-Regular",
    "Արամ": "NotoSansArmenian-Regular",
    "王小明": "NotoSansSc-Regular",
    "陳大文": "NotoSansSc-Regular",
    "㐀喆赟": "NotoSansSc-Regular",
    "田中さくら": "NotoSansSc-Regular",
    "김민준": "NotoSansKr-Regular",
    "👩‍👩‍👧👍🏽": "NotoEmoji-Regular",
    "🂡": "NotoSansSymbols2-Regular",
}
NOBODYS = "\U00013000"
"""An Egyptian hieroglyph."""


@pytest.mark.parametrize("language", ["en", "ar", "my"])
@pytest.mark.parametrize(("name", "font"), NAMES.items())
def test_a_name_in_another_script_stands_in_its_own_font(
    name: str, font: str, language: str
) -> None:
    made = compose_text(f"Student: {name} (Room 12)", language)
    (page,) = pages(made.pdf)

    assert made.missing == ()
    assert font in {page.fonts[glyph.font].name for glyph in page.glyphs}
    for reader in READERS.values():
        read = squeezed("".join(reader(made.pdf)))
        if name == ROHINGYA:  # no reader knows yet that it runs from right to left
            read = read.translate(str.maketrans(name, name[::-1]))
        assert squeezed(name) in read


@pytest.mark.parametrize("reader", READERS)
def test_a_letter_that_no_font_has_is_framed_read_back_and_reported(reader: str) -> None:
    made = compose_text(f"Ann {NOBODYS} Lee", "en")
    (page,) = pages(made.pdf)

    assert made.missing == (0x13000,)
    assert page.corners, "a frame"
    small = [glyph for glyph in page.glyphs if glyph.size < 5]
    assert len(small) == len("13000")
    assert squeezed("".join(READERS[reader](made.pdf))) == f"Ann{NOBODYS}Lee"


def test_a_waiver_reports_a_letter_of_a_name_that_no_font_has() -> None:
    plain = content("waiver", "en")
    first, *others = plain.answers
    named = replace(plain, answers=[replace(first, value=f"Ann {NOBODYS}"), *others])

    assert compose(plain).missing == ()
    assert compose(named).missing == (0x13000,)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_document_shows_a_fonts_empty_box(kind: str, language: str) -> None:
    for page in pages(rendered(kind, language)):
        assert page.glyphs
        assert all(glyph.glyph != 0 for glyph in page.glyphs)


@pytest.mark.parametrize(
    "text",
    ["", " \n\n ", "\ud800 alone", "\0\x01\x7f", "\u200b\u2060\ufeff", "\u0301\u0301",
     "a\u0301" * 99, "\u202e" * 200, "\u2067" * 200, "👩‍👩‍👧 🇲🇲", "\uffff\U0010ffff", "x" * 5_000],
)  # fmt: skip
def test_any_string_can_be_printed(text: str) -> None:
    for page in pages(render_text(text, "en")) + pages(render_text(text, "ar")):
        assert all(glyph.glyph != 0 for glyph in page.glyphs)
