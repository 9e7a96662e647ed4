"""``python -m tests.pdf.contact_sheet``: page 1 of the signed waiver in every language, and lines
of it beside HarfBuzz's own rendering, as pictures for people to look at (``docs/images``).

Needs pdftoppm (poppler-utils) and hb-view (libharfbuzz-bin).
"""

import subprocess
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from PIL import Image, ImageDraw

from pdf.fonts import REGULAR, preference
from pdf.plain import render_text
from tests.pdf.samples import LANGUAGES, content, rendered
from translations import language as registered

IMAGES = Path(__file__).parents[2] / "docs" / "images"
FONTS = Path(__file__).parents[2] / "pdf" / "fonts"
_SIZE = 30


def page_one(language: str, scale: float) -> Image.Image:
    """The first page of the signed waiver."""
    document = pypdfium2.PdfDocument(BytesIO(rendered("waiver", language)))
    return document[0].render(scale=scale).to_pil()


def sheet() -> Image.Image:
    """All first pages, five in a row."""
    pages = [page_one(language, 0.62) for language in LANGUAGES]
    width, height = pages[0].size
    rows = -(-len(pages) // 5)
    made = Image.new("RGB", (5 * (width + 10), rows * (height + 30)), "white")
    for i, (language, page) in enumerate(zip(LANGUAGES, pages, strict=True)):
        x, y = (i % 5) * (width + 10), (i // 5) * (height + 30)
        made.paste(page, (x, y + 20))
        ImageDraw.Draw(made).text(
            (x + 4, y + 2), f"{language} {registered(language).english_name}", "black"
        )
    return made


def compared() -> Image.Image:
    """A sentence of each language: above by our engine, below by hb-view."""
    strips = []
    for language in LANGUAGES:
        sentence = content("waiver", language).text.block("voluntary").text.split("(")[0].strip()
        strips += [_ours(sentence, language), _by_harfbuzz(sentence, language)]
    width = max(strip.width for strip in strips)
    made = Image.new("RGB", (width, sum(strip.height + 4 for strip in strips)), "white")
    y = 0
    for strip in strips:
        made.paste(strip, (0, y))
        y += strip.height + 4
    return made


def _ours(text: str, language: str) -> Image.Image:
    document = pypdfium2.PdfDocument(BytesIO(render_text(text, language)))
    page = document[0].render(scale=_SIZE / 10).to_pil().convert("RGB")
    return _inked(page)


def _by_harfbuzz(text: str, language: str) -> Image.Image:
    font = FONTS / f"{preference(language, REGULAR)[0].name}.ttf"
    with TemporaryDirectory() as folder:
        out = Path(folder) / "line.png"
        command = ["hb-view", f"--language={language}", f"--font-size={_SIZE}", "--margin=4",
                   f"--output-file={out}", "--output-format=png", str(font), text]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        return _inked(Image.open(out).convert("RGB"))


def _inked(picture: Image.Image) -> Image.Image:
    """Cut to what is printed."""
    box = picture.convert("L").point(lambda v: 255 if v < 200 else 0).getbbox()
    assert box is not None
    return picture.crop(box)


if __name__ == "__main__":
    sheet().quantize(64).save(IMAGES / "waivers.png", optimize=True)
    compared().quantize(16).save(IMAGES / "harfbuzz.png", optimize=True)
