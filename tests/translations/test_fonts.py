"""The fonts that the build makes small must still show every letter, shaped the same."""

from io import BytesIO
from pathlib import Path

import pytest
import uharfbuzz as hb
from fontTools.ttLib import TTFont

from translations import languages

FONTS = Path(__file__).resolve().parents[2] / "intake" / "web" / "static" / "fonts"
WHOLE = {
    "Arab": "vazirmatn-arabic-400",
    "Deva": "noto-sans-devanagari-devanagari-400",
    "Mymr": "noto-sans-myanmar-myanmar-400",
}
KAREN = "ပှၤတၢ်ပာ်ဖျါအီၤ လၢကညီကျိာ်န့ၣ် ဝဲ ခွဲးယာ်။ သ့ကွဲးဆဲးလီၤမံၤ"
BURMESE = "ကျောင်းသား၏ မှတ်တမ်းများ၊ ဥပဒေ၊ ဩဂုတ် ၂၀၂၆။"


def shaped(font: str, text: str, code: str) -> list[tuple[int, int, int]]:
    """Cluster and advance of each glyph; glyph ids differ between a font and its subset."""
    decoded = TTFont(FONTS / f"{font}.woff2")
    decoded.flavor = None
    plain = hb.Font(hb.Face(_bytes(decoded)))
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = code
    hb.shape(plain, buffer)
    assert all(glyph.codepoint for glyph in buffer.glyph_infos), "a box instead of a letter"
    return [
        (info.cluster, position.x_advance, position.x_offset)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _bytes(font: TTFont) -> bytes:
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("code", [c for c, entry in languages().items() if entry.script in WHOLE])
def test_the_pickers_font_shows_each_name_as_the_whole_font_does(code: str) -> None:
    entry = languages()[code]
    picker = f"picker-{entry.script.lower()}"

    assert shaped(picker, entry.endonym, code) == shaped(WHOLE[entry.script], entry.endonym, code)


@pytest.mark.parametrize(("code", "text"), [("ksw", KAREN), ("my", BURMESE)])
@pytest.mark.parametrize("weight", [400, 700])
def test_the_core_myanmar_font_shapes_as_the_whole_one(code: str, text: str, weight: int) -> None:
    core, whole = f"noto-sans-myanmar-core-{weight}", f"noto-sans-myanmar-myanmar-{weight}"

    assert shaped(core, text, code) == shaped(whole, text, code)


def test_the_core_myanmar_font_keeps_karens_own_forms() -> None:
    medial_wa_and_ha = "ကွ ပှ"

    as_karen = shaped("noto-sans-myanmar-core-400", medial_wa_and_ha, "ksw")
    as_burmese = shaped("noto-sans-myanmar-core-400", medial_wa_and_ha, "my")

    assert as_karen != as_burmese


def test_the_pickers_fonts_together_weigh_less_than_9_kb() -> None:
    assert sum(font.stat().st_size for font in FONTS.glob("picker-*.woff2")) < 9_000
