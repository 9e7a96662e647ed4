"""One picture, saved in every way; and what of it must come out again."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from pdf.scan.files import Gray, RawPage, open_pages
from pdf.scan.limits import Limits

WIDTH, HEIGHT, DPI = 136, 176, 40
POINTS = (WIDTH / DPI * 72, HEIGHT / DPI * 72)
TOPS = Image.Transpose


def picture() -> Image.Image:
    """Different from itself however it is turned or mirrored."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((16, 16, 63, 47), fill=0)
    draw.rectangle((16, 48, 31, 143), fill=0)
    draw.rectangle((80, 112, 111, 159), fill=128)
    return image


def black_and_white() -> Image.Image:
    """The same in 1 bit; its gray is black."""
    return picture().point(lambda value: 255 if value > 200 else 0, "1")


def saved(path: Path, image: Image.Image, **how: object) -> Path:
    """The file that Pillow makes."""
    image.save(path, dpi=(DPI, DPI), **how)
    return path


def only_page(path: Path, limits: Limits | None = None) -> RawPage:
    """Of a file that has one; it can be read."""
    (page,) = open_pages(path, limits or Limits())
    assert isinstance(page, RawPage), page
    return page


def assert_same(pixels: Gray, image: Image.Image, tolerance: float = 0) -> None:
    """Compared pixel by pixel."""
    expected = np.array(image.convert("L"))
    assert pixels.shape == expected.shape
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert np.abs(pixels.astype(int) - expected).mean() <= tolerance
