"""Signed papers as a scanner delivers them: printed by us, rendered, marked with a pen, scanned."""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from pdf.scan.page import read_page
from pdf.sheet.geometry import Box, PageKind, PaperSize, boxes

DPI = 200
_SCALE = DPI / 72
_INK = 40


@dataclass(frozen=True, slots=True)
class Pen:
    """What a family does on the form."""

    ticks: Sequence[str] = ("consent_yes",)
    """Names of boxes."""
    signs: bool = True
    dates: bool = True
    names: bool = False
    """Writes on the line of the student's name, on a blank form."""


def rendered(printed: bytes) -> list[Image.Image]:
    """A printed file's pages in gray."""
    document = pdfium.PdfDocument(printed)
    return [page.render(scale=_SCALE, grayscale=True).to_pil() for page in document]


def forms(pages: Sequence[Image.Image]) -> list[int]:
    """Which of these pages have a form to fill in."""
    found = [read_page(np.asarray(page)).code for page in pages]
    return [n for n, code in enumerate(found) if code and code.kind is PageKind.CONSENT]


def signed(page: Image.Image, pen: Pen) -> Image.Image:
    """The form's page with ticks, a signature and a date."""
    places = {box.name: box for box in boxes(PageKind.CONSENT, PaperSize.LETTER)}
    drawn = page.copy()
    for name in pen.ticks:
        _tick(drawn, places[name])
    written = [("signature", pen.signs), ("date", pen.dates), ("student_name", pen.names)]
    for name, is_written in written:
        if is_written:
            _write(drawn, places[name])
    return drawn


def upside_down(page: Image.Image) -> Image.Image:
    """As it lay in the feeder."""
    return page.transpose(Image.Transpose.ROTATE_180)


def scan_file(path: Path, pages: Iterable[Image.Image]) -> Path:
    """A PDF of pictures, as scanners write it."""
    first, *others = [page.convert("L") for page in pages]
    first.save(path, "PDF", save_all=True, append_images=others, resolution=DPI, quality=80)
    return path


def photo(page: Image.Image) -> bytes:
    """A JPEG, as a phone sends it."""
    made = BytesIO()
    page.convert("L").save(made, "JPEG", quality=85, dpi=(DPI, DPI))
    return made.getvalue()


def _pixels(page: Image.Image, box: Box) -> tuple[float, float, float, float]:
    top = page.height - (box.y + box.height) * _SCALE
    left = box.x * _SCALE
    return left, top, left + box.width * _SCALE, top + box.height * _SCALE


def _tick(page: Image.Image, box: Box) -> None:
    left, top, right, bottom = _pixels(page, box)
    width, height = right - left, bottom - top
    way = [
        (left + 0.2 * width, top + 0.5 * height),
        (left + 0.45 * width, bottom - 0.15 * height),
        (right - 0.12 * width, top + 0.12 * height),
    ]
    ImageDraw.Draw(page).line(way, fill=_INK, width=5, joint="curve")


def _write(page: Image.Image, box: Box) -> None:
    """A wavy line with loops, never twice the same."""
    chance = random.Random(f"{box.name} {box.x}")
    left, top, right, bottom = _pixels(page, box)
    middle, height = (top + bottom) / 2, (bottom - top) * 0.28
    length = (right - left) * 0.7
    way = []
    for step in range(240):
        part = step / 240
        wave = math.sin(part * 40 + chance.random() * 0.2)
        way.append(
            (
                left + 14 + part * length + math.cos(part * 40) * 8,
                middle + wave * height * (0.6 + 0.4 * math.sin(part * 7)),
            )
        )
    ImageDraw.Draw(page).line(way, fill=_INK, width=4, joint="curve")
