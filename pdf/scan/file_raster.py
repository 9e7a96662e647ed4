"""A page as gray pixels, upright as its file says, and no finer than the reader needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import cv2
import numpy as np
import numpy.typing as npt

from pdf.scan.limits import Limits, Refusal, Refused

Gray: TypeAlias = npt.NDArray[np.uint8]

FINE_DPI = 400
"""Above this a picture is reduced ..."""
ENOUGH_DPI = 300
"""... to this."""
_LONG_SIDE = 3_000
"""A file's dpi may be invented (a phone's app): a picture never gets shorter than 10 in at 300."""
_PAPER_INCHES = (3.0, 24.0)
"""How long the longer side of a paper can be; else the file's dpi says nothing."""
_MAX_STRETCH = 3.0
"""Faxes have up to 2.1 times as many pixels across as along."""


@dataclass(frozen=True, slots=True, eq=False)
class RawPage:
    """One page: gray, of height times width, 0 is black."""

    number: int
    """From 1."""
    pixels: Gray
    dpi: float | None = None
    """Where the file says so and it can be true."""


@dataclass(frozen=True, slots=True)
class PageRefused:
    """A page that cannot be read; the others of its file may be."""

    number: int
    refusal: Refusal
    detail: str = ""


def check_size(size: tuple[int, int], limits: Limits) -> None:
    """To be called with what a header says, before anything is decoded."""
    width, height = size
    if width < 1 or height < 1:
        raise Refused(Refusal.DAMAGED, f"a picture of {width} x {height}")
    if width * height > limits.max_pixels:
        raise Refused(Refusal.TOO_LARGE_PICTURE, f"{width} x {height}")


def normal(number: int, pixels: Gray, dpi: tuple[float, float] | None) -> RawPage:
    """A page with square pixels and at most some 300 dpi; ``dpi`` is across and along."""
    height, width = pixels.shape
    known = _plausible(width, height, dpi)
    if known is None:
        return RawPage(number, np.ascontiguousarray(pixels))
    across, along = known
    finest = max(across, along)
    target = finest
    if finest > FINE_DPI:
        longest = max(width / across, height / along) * finest
        target = finest * min(1.0, max(ENOUGH_DPI / finest, _LONG_SIDE / longest))
    size = (round(width * target / across), round(height * target / along))
    if abs(size[0] / width - size[1] / height) < 0.02 * size[0] / width and target == finest:
        return RawPage(number, np.ascontiguousarray(pixels), target)
    # by area: a thin pen stroke must stay, if gray
    method = cv2.INTER_AREA if target < finest else cv2.INTER_LINEAR
    return RawPage(number, cast(Gray, cv2.resize(pixels, size, interpolation=method)), target)


def _plausible(
    width: int, height: int, dpi: tuple[float, float] | None
) -> tuple[float, float] | None:
    if dpi is None or not all(np.isfinite(value) and 20 < value < 5_000 for value in dpi):
        return None
    across, along = dpi
    if max(dpi) > _MAX_STRETCH * min(dpi):
        return None
    longest = max(width / across, height / along)
    return dpi if _PAPER_INCHES[0] <= longest <= _PAPER_INCHES[1] else None


def placed(pixels: Gray, across: tuple[float, float], along: tuple[float, float]) -> Gray:
    """Turned and mirrored so that rows run right and columns down.

    ``across`` is where a row of the picture runs on the page, ``along`` where a column does; both
    with y downwards.
    """
    if abs(across[0]) < abs(across[1]):
        pixels = pixels.T
        right, down = along[0], across[1]
    else:
        right, down = across[0], along[1]
    if right < 0:
        pixels = pixels[:, ::-1]
    if down < 0:
        pixels = pixels[::-1]
    return pixels


_ORIENTATIONS: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (
    ((1, 0), (0, 1)),
    ((-1, 0), (0, 1)),
    ((-1, 0), (0, -1)),
    ((1, 0), (0, -1)),
    ((0, 1), (1, 0)),
    ((0, 1), (-1, 0)),
    ((0, -1), (-1, 0)),
    ((0, -1), (1, 0)),
)


def oriented(pixels: Gray, orientation: int) -> Gray:
    """As Exif's and TIFF's orientation (1 to 8) says; another number says nothing."""
    if not 1 < orientation <= len(_ORIENTATIONS):
        return pixels
    return placed(pixels, *_ORIENTATIONS[orientation - 1])
