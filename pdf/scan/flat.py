"""A part of the paper, laid flat: how dark each place is, whatever the light and the paper."""

from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Darkness, Matrix, Picture
from pdf.scan.findings import Point
from pdf.scan.register import Registration
from pdf.sheet.geometry import MILLIMETRE, Box

PER_MM = 8.0
"""Pixels a millimetre: 203 dpi."""
_PER_POINT = PER_MM / MILLIMETRE
_SHRUNK = 4
_WIDEST_INK_MM = 9.0
"""What is darker than its surroundings and narrower than this is ink; wider is shade or paper."""


@dataclass(frozen=True, slots=True)
class Flat:
    """Darkness from 0 (paper) to 1 (as black as the print), in pixels of PER_MM."""

    darkness: Darkness
    left: float
    """Of the paper, in points."""
    top: float
    """In points, from the paper's lower edge."""

    def place(self, box: Box) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a box's frame in pixels, where it was printed."""
        left = (box.x - self.left) * _PER_POINT
        top = (self.top - box.y - box.height) * _PER_POINT
        return left, top, left + box.width * _PER_POINT, top + box.height * _PER_POINT

    def on_paper(self, x: float, y: float) -> tuple[float, float]:
        """A pixel's place on the paper, in points."""
        return self.left + x / _PER_POINT, self.top - y / _PER_POINT


def cut_out(
    picture: Picture,
    to_picture: Matrix,
    upper_left: Point,
    step: float,
    size: tuple[int, int],
    *,
    beyond: int,
) -> Picture:
    """A part of the paper as a picture of its own, ``size`` (width, height) in pixels.

    ``to_picture`` leads from points on the paper, y upwards, to the picture's pixels;
    ``upper_left`` is such a point, ``step`` a pixel's side in points. What is not on the picture is
    ``beyond``, a level of gray.
    """
    left, top = upper_left
    on_paper = np.array([[step, 0, left], [0, -step, top], [0, 0, 1]], np.float64)
    flat = cv2.warpPerspective(
        picture,
        to_picture @ on_paper,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=beyond,
    )
    return np.asarray(flat, np.uint8)


def lay_flat(
    picture: Picture, registration: Registration, bounds: tuple[float, float, float, float]
) -> Flat:
    """The part of the paper between left, bottom, right and top (points), without any shade.

    Darkness is relative to the paper around it; ``with_black`` then sets how dark black is.
    """
    left, bottom, right, top = bounds
    width, height = int((right - left) * _PER_POINT), int((top - bottom) * _PER_POINT)
    smooth, to_picture = _smoothed(picture, registration), registration.to_picture
    flat = cut_out(smooth, to_picture, (left, top), 1 / _PER_POINT, (width, height), beyond=0)
    paper = _paper(flat)
    darkness = (paper - flat.astype(np.float32)) / np.maximum(paper, 1.0)
    return Flat(darkness.astype(np.float32), left, top)


def _smoothed(picture: Picture, registration: Registration) -> Picture:
    """Less fine where the picture is finer than PER_MM: single pixels of dirt then vanish."""
    middle = np.array(registration.size.points) / 2
    one, other = registration.pixel(*middle), registration.pixel(middle[0], middle[1] + MILLIMETRE)
    per_mm = float(np.hypot(one[0] - other[0], one[1] - other[1]))
    if per_mm < 1.3 * PER_MM:
        return picture
    kernel = int(per_mm / PER_MM) | 1
    return np.asarray(cv2.blur(picture, (kernel, kernel)), np.uint8)


def _paper(flat: Picture) -> Darkness:
    """How light the paper is at each place, as if nothing stood on it."""
    small = cv2.resize(flat, None, fx=1 / _SHRUNK, fy=1 / _SHRUNK, interpolation=cv2.INTER_AREA)
    side = int(_WIDEST_INK_MM * PER_MM / _SHRUNK) | 1
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    smooth = cv2.GaussianBlur(closed, (0, 0), side / 3)
    size = (flat.shape[1], flat.shape[0])
    return cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)


def with_black(flat: Flat, black: float) -> Flat:
    """The same, so that print is 1."""
    return Flat(np.clip(flat.darkness / max(black, 1e-3), -0.5, 1.5), flat.left, flat.top)
