"""Finds the paper on the picture: where each point of it is, to a fraction of a millimetre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Matrix, Picture
from pdf.scan.codes import FoundCode
from pdf.scan.findings import Point
from pdf.scan.marks import Corners, Marks, Place, all_marks, corners_of, mark_places, marks_in
from pdf.sheet.geometry import MILLIMETRE, PageKind, PaperSize, Square, codes, marks

_SEARCH = 16 * MILLIMETRE
"""Around where a mark is expected from the codes."""
_WITHIN = 1.2 * MILLIMETRE
"""A mark or code further off than this does not belong to the same flat paper."""
_FEWEST_MIDDLES = 2
_TURNS = 4


@dataclass(frozen=True, slots=True)
class Registration:
    """How the paper lies on the picture."""

    to_picture: Matrix
    """From points on the paper (y upwards, origin lower left) to pixels."""
    size: PaperSize
    places: int
    """How many marks and codes agree."""
    marked: PageKind | None
    """What the corner marks say that the page is; None without any."""
    contradicts: bool
    """Marks of different kinds of page."""
    spread: float
    """Which part of the paper's diagonal the places span."""

    def pixel(self, x: float, y: float) -> Point:
        """Where a point of the paper is."""
        u, v, w = self.to_picture @ (x, y, 1.0)
        return float(u / w), float(v / w)

    @property
    def rotation(self) -> int:
        """Degrees clockwise by which the paper is turned: the nearest quarter."""
        width, height = self.size.points
        x0, y0 = self.pixel(width / 2, height / 2)
        x1, y1 = self.pixel(width / 2, height / 2 + MILLIMETRE)
        angle = np.degrees(np.arctan2(x1 - x0, y0 - y1))
        return int(round(angle / 90) % _TURNS) * 90

    def corners(self) -> Corners:
        """The paper's own corners."""
        width, height = self.size.points
        return (
            self.pixel(0, height),
            self.pixel(width, height),
            self.pixel(width, 0),
            self.pixel(0, 0),
        )


def register_by_codes(picture: Picture, found: Sequence[FoundCode]) -> Registration | None:
    """From codes that were read: they say where to look for the marks."""
    size = found[0].code.size
    places = _code_places(found, size)
    first = _fit(places, size)
    if first is None:
        return None
    if len({place.paper for place in places}) < len(codes(size)):
        # From one code alone the far marks are expected centimetres off.
        everywhere = register_by_marks(all_marks(picture), [size], places)
        return everywhere or first
    return _fit([*places, *_marks_near(picture, first)], size) or first


def register_by_marks(
    seen: Marks, sizes: Iterable[PaperSize], more: Sequence[Place] = ()
) -> Registration | None:
    """From the corner marks, wherever they are; of several paper sizes the one that fits."""
    best: tuple[int, float, Registration] | None = None
    for size in sizes:
        places = [*more, *mark_places(seen, size)]
        fitted = _fit(places, size)
        if fitted is None:
            continue
        error = _error(fitted, places)
        if best is None or (fitted.places, -error) > (best[0], -best[1]):
            best = (fitted.places, error, fitted)
    return best[2] if best else None


def register_by_middles(seen: Marks, sizes: Iterable[PaperSize]) -> Registration | None:
    """From the middles of two corner marks or more, as if the paper were seen from above.

    On a fold a mark says where it is, but not how the paper lies.
    """
    fits = [_from_above(mark_places(seen, size), size) for size in sizes]
    found = [fit for fit in fits if fit is not None]
    return min(found, key=lambda fit: fit[0])[1] if found else None


def _from_above(places: Sequence[Place], size: PaperSize) -> tuple[float, Registration] | None:
    """How far the marks are off, in pixels at the middle, and the paper."""
    if len(places) < _FEWEST_MIDDLES:
        return None
    paper = np.array([np.mean(place.paper, axis=0) for place in places])
    seen = np.array([np.mean(place.picture, axis=0) for place in places])
    upwards = np.diag([1.0, -1.0, 1.0])
    turned, _ = cv2.estimateAffinePartial2D(paper * (1, -1), seen, method=cv2.LMEDS)
    if turned is None:
        return None
    matrix = np.vstack([turned, [0, 0, 1]]) @ upwards
    off = cv2.perspectiveTransform(paper[None], matrix)[0] - seen
    far = np.linalg.norm(off, axis=1)
    scale = float(np.hypot(turned[0, 0], turned[0, 1]))
    agreeing = [place for place, f in zip(places, far, strict=True) if f < 2 * _WITHIN * scale]
    return float(np.median(far)), _registration(np.asarray(matrix, np.float64), agreeing, size)


def _code_places(found: Sequence[FoundCode], size: PaperSize) -> list[Place]:
    """Which of the two codes is which: the pair that agrees with a paper lying flat."""
    squares = codes(size)
    if len(found) == 1:
        return [Place(corners_of(squares[_which(found[0], squares, size)]), found[0].corners, None)]
    one, other = found[0], found[1]
    options = [
        [
            Place(corners_of(squares[i]), one.corners, None),
            Place(corners_of(squares[1 - i]), other.corners, None),
        ]
        for i in (0, 1)
    ]
    return min(options, key=_misfit)


def _misfit(places: Sequence[Place]) -> float:
    paper = np.array([p for place in places for p in place.paper], np.float64)
    seen = np.array([p for place in places for p in place.picture], np.float64)
    matrix, _ = cv2.findHomography(paper, seen, 0)
    if matrix is None:
        return float("inf")
    projected = cv2.perspectiveTransform(paper[None], matrix)[0]
    return float(np.abs(projected - seen).max())


def _which(found: FoundCode, squares: Sequence[Square], size: PaperSize) -> int:
    """From one code: the one with which the paper would lie on the picture."""
    return (
        0 if _area_outside(found, squares[0], size) <= _area_outside(found, squares[1], size) else 1
    )


def _area_outside(found: FoundCode, square: Square, size: PaperSize) -> float:
    """How far the paper's corners would lie off the upper left of the picture."""
    matrix, _ = cv2.findHomography(
        np.array(corners_of(square), np.float64), np.array(found.corners, np.float64), 0
    )
    if matrix is None:
        return float("inf")
    width, height = size.points
    paper = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    lies = cv2.perspectiveTransform(paper, matrix)[0]
    return float(np.maximum(-lies, 0).sum())


def _marks_near(picture: Picture, first: Registration) -> list[Place]:
    """The marks, each looked for around where it must be."""
    seen: Marks = {}
    for square in marks(first.size):
        middle = (square.x + square.side / 2, square.y + square.side / 2)
        around = [
            first.pixel(middle[0] + dx, middle[1] + dy)
            for dx in (-_SEARCH, _SEARCH)
            for dy in (-_SEARCH, _SEARCH)
        ]
        xs, ys = [p[0] for p in around], [p[1] for p in around]
        left, top = max(int(min(xs)), 0), max(int(min(ys)), 0)
        window = picture[top : int(max(ys)) + 1, left : int(max(xs)) + 1]
        if window.size:
            seen |= marks_in(window, (left, top))
    return mark_places(seen, first.size)


def _fit(places: Sequence[Place], size: PaperSize) -> Registration | None:
    """The flat paper on which most places agree."""
    if not places:
        return None
    paper = np.array([p for place in places for p in place.paper], np.float64)
    seen = np.array([p for place in places for p in place.picture], np.float64)
    scale = _pixels_per_point(places)
    matrix, _ = cv2.findHomography(paper, seen, cv2.RANSAC, max(_WITHIN * scale, 2.0))
    if matrix is None:
        return None
    projected = cv2.perspectiveTransform(paper[None], matrix)[0]
    off = np.linalg.norm(projected - seen, axis=1).reshape(-1, 4).max(axis=1)
    agreeing = [place for place, far in zip(places, off, strict=True) if far < 2 * _WITHIN * scale]
    if not agreeing:
        return None
    return _registration(np.asarray(matrix, np.float64), agreeing, size)


def _registration(matrix: Matrix, agreeing: Sequence[Place], size: PaperSize) -> Registration:
    kinds = {place.kind for place in agreeing if place.kind is not None}
    width, height = size.points
    middles = np.array([np.mean(place.paper, axis=0) for place in agreeing] or [(0.0, 0.0)])
    span = float(np.linalg.norm(np.ptp(middles, axis=0))) if agreeing else 0.0
    return Registration(
        to_picture=matrix,
        size=size,
        places=len(agreeing),
        marked=next(iter(kinds)) if kinds else None,
        contradicts=len(kinds) > 1,
        spread=span / float(np.hypot(width, height)),
    )


def _pixels_per_point(places: Sequence[Place]) -> float:
    sides = [
        np.linalg.norm(np.subtract(place.picture[0], place.picture[1]))
        / np.linalg.norm(np.subtract(place.paper[0], place.paper[1]))
        for place in places
    ]
    return float(np.median(sides))


def _error(fitted: Registration, places: Sequence[Place]) -> float:
    total = 0.0
    for place in places:
        for (x, y), (u, v) in zip(place.paper, place.picture, strict=True):
            a, b = fitted.pixel(x, y)
            total += min(float(np.hypot(a - u, b - v)), 1e3)
    return total
