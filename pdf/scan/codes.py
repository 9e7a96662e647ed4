"""Finds and reads the codes on a page.

Two codes say the same, far from each other; one that is covered or torn is no loss. Where
neither can be read as it stands, their modules are measured at the places that the corner marks
give, and both are read as one: what is lost on one is there on the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from pdf.scan.arrays import Matrix, Picture
from pdf.scan.findings import Point
from pdf.sheet.code import NoSheetCode, SheetCode
from pdf.sheet.geometry import PaperSize, codes

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_MODULES = (25, 29)
"""QR versions 2 and 3: a code of ours has one of these."""
_PER_MODULE = 6
_QUIET = 4
_AROUND = 3
_ENLARGED_AT_MOST = 12_000_000
"""Pixels: a larger picture has modules large enough."""


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code of ours and its corners: upper left, upper right, lower right, lower left."""

    code: SheetCode
    corners: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Codes:
    """What was found on a picture."""

    ours: tuple[FoundCode, ...]
    others: int
    """How many codes are there that are none of ours."""


def find_codes(picture: Picture) -> Codes:
    """Read the picture as it is, and, if nothing of ours is there, in other ways."""
    found = _read(picture, 1.0)
    if found.ours:
        return found
    for changed, scale in _other_ways(picture):
        again = _read(changed, scale, downscale=True)
        if again.ours:
            return again
        found = found if found.others >= again.others else again
    return found


def _other_ways(picture: Picture) -> Iterator[tuple[Picture, float]]:
    """The picture made easier, and by how much larger.

    Fax machines and bad copiers fatten what is dark until modules run together: lightening what
    has something light beside it makes it thin again. A rough edge is smoothed.
    """
    if picture.size <= _ENLARGED_AT_MOST:
        larger = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        yield np.asarray(larger, np.uint8), 2.0
    yield np.asarray(cv2.medianBlur(picture, 3), np.uint8), 1.0
    for width in (2, 3, 4):
        thinner = cv2.dilate(picture, np.ones((width, width), np.uint8))
        yield np.asarray(thinner, np.uint8), 1.0


def read_together(picture: Picture, to_picture: Matrix, size: PaperSize) -> SheetCode | None:
    """Read both codes as one at the places where they must be.

    ``to_picture`` leads from points on the paper, y upwards, to pixels.
    """
    for modules in _MODULES:
        grids = [
            grid
            for square in codes(size)
            if (grid := _grid(picture, to_picture, square.x, square.y, square.side, modules))
            is not None
        ]
        for each in _combined(grids):
            code = _decoded(each)
            if code is not None:
                return code
    return None


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


def _read(picture: Picture, scale: float, *, downscale: bool = False) -> Codes:
    ours: list[FoundCode] = []
    others = 0
    for barcode in zxingcpp.read_barcodes(picture, formats=_QR, try_downscale=downscale):
        code = _ours(barcode.text)
        if code is None:
            others += 1
            continue
        place = barcode.position
        corners = tuple(
            (corner.x / scale, corner.y / scale)
            for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        )
        ours.append(FoundCode(code, (corners[0], corners[1], corners[2], corners[3])))
    return Codes(tuple(ours), others)


def _ours(text: str) -> SheetCode | None:
    try:
        return SheetCode.decoded(text)
    except NoSheetCode:
        return None


def _grid(
    picture: Picture, to_picture: Matrix, x: float, y: float, side: float, modules: int
) -> Matrix | None:
    """How dark each module is: above 0 is dark, and further from 0 is surer."""
    pixels = modules * _PER_MODULE
    step = side / pixels
    on_paper = np.array([[step, 0, x], [0, -step, y + side], [0, 0, 1]], np.float64)
    flat = cv2.warpPerspective(
        picture,
        to_picture @ on_paper,
        (pixels, pixels),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    middle = slice(1, _PER_MODULE - 1)
    cells = flat.reshape(modules, _PER_MODULE, modules, _PER_MODULE)[:, middle, :, middle]
    light = cells.mean(axis=(1, 3))
    low, high = np.percentile(light, (10, 90))
    if high - low < 25:
        return None
    grid: Matrix = ((low + high) / 2 - light) / (high - low)
    return grid


def _decoded(grid: Matrix) -> SheetCode | None:
    modules = np.where(grid > 0, 0, 255).astype(np.uint8)
    padded = np.pad(modules, _QUIET, constant_values=255)
    drawn = np.kron(padded, np.ones((_PER_MODULE, _PER_MODULE), np.uint8))
    for barcode in zxingcpp.read_barcodes(drawn, formats=_QR, is_pure=True):
        return _ours(barcode.text)
    for barcode in zxingcpp.read_barcodes(drawn, formats=_QR):
        return _ours(barcode.text)
    return None


def distinct(found: Sequence[FoundCode]) -> list[SheetCode]:
    """Which pages the codes name."""
    return list(dict.fromkeys(each.code for each in found))
