"""Finds and reads the codes on a page.

Two codes say the same, far from each other; one that is covered or torn is no loss. Where
neither can be read as it stands, ``together`` goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from pdf.scan.arrays import Picture
from pdf.scan.findings import Point
from pdf.sheet.code import NoSheetCode, SheetCode

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
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
        yield thinned(picture, width), 1.0


def thinned(picture: Picture, width: int) -> Picture:
    """What is dark, thinner by ``width`` - 1 pixels."""
    return np.asarray(cv2.dilate(picture, np.ones((width, width), np.uint8)), np.uint8)


def _read(picture: Picture, scale: float, *, downscale: bool = False) -> Codes:
    ours: list[FoundCode] = []
    others = 0
    for barcode in zxingcpp.read_barcodes(picture, formats=QR, try_downscale=downscale):
        code = sheet_code(barcode.text)
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


def sheet_code(text: str) -> SheetCode | None:
    """What a code of ours says; None of any other."""
    try:
        return SheetCode.decoded(text)
    except NoSheetCode:
        return None


def distinct(found: Sequence[FoundCode]) -> list[SheetCode]:
    """Which pages the codes name."""
    return list(dict.fromkeys(each.code for each in found))
