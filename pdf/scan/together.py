"""Reads both codes of a page as one, where neither can be read as it stands.

Their modules are measured at the places that the corner marks give: what is lost on one is there
on the other. Where the paper is bent the codes are straightened first.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp

from pdf.scan.arrays import Darkness, Matrix, Picture
from pdf.scan.bent import MARGIN, PER_MODULE, straightened
from pdf.scan.codes import QR, sheet_code
from pdf.scan.flat import cut_out
from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import PaperSize, Square, codes

_MODULES = (25, 29)
"""QR versions 2 and 3: a code of ours has one of these."""
_QUIET = 4
_AROUND = 3
_LEAST_CONTRAST = 25.0
"""Levels of gray between what is dark and what is light."""


def read_together(picture: Picture, to_picture: Matrix, size: PaperSize) -> SheetCode | None:
    """Read both codes as one at the places where they must be.

    ``to_picture`` leads from points on the paper, y upwards, to pixels.
    """
    for modules in _MODULES:
        for grid in measured_codes(picture, to_picture, size, modules):
            code = _decoded(grid)
            if code is not None:
                return code
    return None


def measured_codes(
    picture: Picture, to_picture: Matrix, size: PaperSize, modules: int
) -> Iterator[Matrix]:
    """How dark each module is, of both codes together and of each, measured in several ways."""
    patches = [_patch(picture, to_picture, square, modules) for square in codes(size)]
    seen = [patch for patch in patches if patch is not None]
    for measured in _ways(seen, modules):
        yield from _combined(measured)


def _ways(patches: Sequence[Darkness], modules: int) -> Iterator[list[Matrix]]:
    """The codes' modules, measured in several ways: as they stand, then straightened."""
    inner = slice(MARGIN * PER_MODULE, (MARGIN + modules) * PER_MODULE)
    flat = [patch[inner, inner] for patch in patches]
    yield from _measured(flat, modules)
    yield from _measured([straightened(patch, modules) for patch in patches], modules)


def _measured(pictures: Sequence[Darkness], modules: int) -> Iterator[list[Matrix]]:
    """How dark each module is: above 0 is dark, and further from 0 is surer.

    Half of a code's modules are dark: where all have become darker or lighter, that says more
    than how dark they are.
    """
    for edge in (1, 0):
        grids = [_cells(picture, modules, edge) for picture in pictures]
        yield [grid - 0.5 for grid in grids]
        yield [grid - float(np.median(grid)) for grid in grids]


def _cells(picture: Darkness, modules: int, edge: int) -> Matrix:
    """The mean of each module without ``edge`` pixels around it."""
    middle = slice(edge, PER_MODULE - edge)
    cells = picture.reshape(modules, PER_MODULE, modules, PER_MODULE)[:, middle, :, middle]
    return np.asarray(cells.mean(axis=(1, 3)), np.float64)


def _combined(grids: Sequence[Matrix]) -> list[Matrix]:
    """Both grids as one, in several ways, then each alone.

    What covers a code is the same all over: there the other one counts for more. Where both are
    covered by something light, or something dark, the darker or the lighter of them is right.
    """
    if len(grids) < 2:
        return list(grids)
    one, other = grids
    weighed = one * _liveliness(one) + other * _liveliness(other)
    return [weighed, np.maximum(one, other), np.minimum(one, other), one, other]


def _liveliness(grid: Matrix) -> Matrix:
    """How much the modules around each one differ."""
    window = (_AROUND, _AROUND)
    mean = cv2.blur(grid, window)
    square = cv2.blur(grid * grid, window)
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0.0)) + 0.02, np.float64)


def _patch(picture: Picture, to_picture: Matrix, square: Square, modules: int) -> Darkness | None:
    """A code and what is around it, from 0 (light) to 1; None where all is of one gray."""
    step = square.side / (modules * PER_MODULE)
    around = MARGIN * PER_MODULE
    pixels = modules * PER_MODULE + 2 * around
    corner = square.x - around * step, square.y + square.side + around * step
    flat = cut_out(picture, to_picture, corner, step, (pixels, pixels), beyond=255)
    low, high = np.percentile(flat[around:-around, around:-around], (10, 90))
    if high - low < _LEAST_CONTRAST:
        return None
    return np.asarray(np.clip((high - flat.astype(np.float32)) / (high - low), 0, 1), np.float32)


def _decoded(grid: Matrix) -> SheetCode | None:
    modules = np.where(grid > 0, 0, 255).astype(np.uint8)
    padded = np.pad(modules, _QUIET, constant_values=255)
    drawn = np.kron(padded, np.ones((PER_MODULE, PER_MODULE), np.uint8))
    for pure in (True, False):
        for barcode in zxingcpp.read_barcodes(drawn, formats=QR, is_pure=pure):
            return sheet_code(barcode.text)
    return None
