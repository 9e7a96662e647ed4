"""From a seed to a page as it arrives from a scanner, with what is on it."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdf.sheet.geometry import PageKind
from tests.pdf.scan.simulation import filled, pens, printers
from tests.pdf.scan.simulation.filled import Filled, Truth
from tests.pdf.scan.simulation.scanners import Level
from tests.pdf.scan.simulation.sheets import DPI, KNOWN, Sheet, rendered, sheets

Filling = Callable[[np.random.Generator], Filled]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A scanned page and the truth about it."""

    image: NDArray[np.uint8]
    dpi: float | None
    sheet: Sheet
    filled: Filled
    truth: Truth


def arrived(
    level: Level, seed: int, number: int, *, filling: Filling = filled.any_filling
) -> Arrived:
    """The same page for the same level, seed and number, on every machine."""
    rng = np.random.default_rng([zlib.crc32(level.name.encode()), seed, number])
    sheet = filled.one_of(rng, sheets())
    made = filling(rng)
    printer = printers.PRINTERS[filled.one_of(rng, level.printers)]
    printed = printer(rendered(sheet), DPI, rng)
    page = printed.image
    if sheet.code.kind is not PageKind.TEXT:
        pen = pens.PENS[filled.one_of(rng, level.pens)].pick(rng)
        written = [b for b in sheet.boxes if not (sheet.prefilled and b.name in KNOWN)]
        boxes = printed.moved(tuple(written))
        # the rendered page may be a pixel higher than its points say: pens measure from its top
        height = page.shape[0] * 72 / DPI
        page = pens.write(page, DPI, boxes, height, made, pen, rng)
    image, dpi = level.apply(page, rng)
    return Arrived(image, dpi, sheet, made, made.truth(sheet.code.kind))
