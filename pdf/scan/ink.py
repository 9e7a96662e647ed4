"""What was written in a box: strokes of a pen, told from dirt, folds and stains.

Not how much of the box is dark decides, but how long the strokes are: dirt is short, a fold is
straight, a stain is wide or pale. What is neither clearly ink nor clearly nothing is neither.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Darkness, Mask, Piece
from pdf.scan.flat import PER_MM

_STRONG = 0.42
"""As dark as a pen."""
_WEAK = 0.2
"""Perhaps pencil, perhaps dirt."""
_SPECK_MM = 1.1
_STRAIGHT_MM = 9.0
_STRAIGHT_WIDTH_MM = 0.45
"""How far a line's points lie off it, at most, for it to be a fold or a streak of the scanner."""
_WIDEST_STROKE_MM = 2.2


@dataclass(frozen=True, slots=True)
class Ink:
    """Measures of a box's inside, in millimetres."""

    strokes: float
    """Total length of dark strokes that are longer than a speck."""
    extent: float
    """Of the largest dark piece."""
    reach: float
    """Of the longest stroke, from end to end, without the width of the pen."""
    crossings: float
    """How often a row through the writing meets a stroke: writing has many, a line has one."""
    straight: float
    """Length of straight lines that go on and on."""
    wide: float
    """Area of dark pieces too wide for a stroke, as a part of the box."""
    fill: float
    """Part of the box that is dark."""
    pale: float
    """Extent of the largest pale piece."""
    specks: float
    """Part of the box that is covered by specks."""
    sprinkled: int
    """How many specks."""


def measure(darkness: Darkness) -> Ink:
    """Measure the inside of a box."""
    strong = (darkness > _STRONG).astype(np.uint8)
    weak = (darkness > _WEAK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    if count == 1:
        return Ink(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    strong_area = np.bincount(labels.ravel(), strong.ravel(), count)
    inside = cv2.distanceTransform(weak, cv2.DIST_L2, 3)
    thickness = np.bincount(labels.ravel(), inside.ravel(), count)
    found = _Measures(darkness.size)
    written = np.zeros(count, np.uint8)
    for label in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[label])
        written[label] = found.add(
            extent=float(np.hypot(width, height)) / PER_MM,
            area=area,
            strong=float(strong_area[label]),
            thickness=4 * float(thickness[label]) / area / PER_MM,
            piece=labels[y : y + height, x : x + width] == label,
        )
    return found.ink(strong, written[labels] & strong)


class _Measures:
    """Adds up a box's pieces."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._strokes = self._extent = self._reach = self._straight = self._pale = 0.0
        self._wide = self._specks = self._sprinkled = 0

    def add(
        self, *, extent: float, area: int, strong: float, thickness: float, piece: Piece
    ) -> bool:
        """Take a piece in; whether it is a stroke of a pen."""
        length = area / PER_MM**2 / max(thickness, 1 / PER_MM)
        is_dark = strong >= 0.25 * area
        if extent < _SPECK_MM:
            self._specks += area
            self._sprinkled += 1
        elif not is_dark:
            self._pale = max(self._pale, extent)
        elif thickness > _WIDEST_STROKE_MM:
            self._wide += area
            self._extent = max(self._extent, extent)
        elif extent > _STRAIGHT_MM and _is_straight(piece):
            self._straight += extent
        else:
            self._strokes += length
            self._extent = max(self._extent, extent)
            self._reach = max(self._reach, extent - thickness)
            return True
        return False

    def ink(self, strong: Mask, strokes: Mask) -> Ink:
        """All measures; ``strokes`` holds only what is a stroke of a pen."""
        return Ink(
            strokes=self._strokes,
            extent=self._extent,
            reach=self._reach,
            crossings=_crossings(strokes),
            straight=self._straight,
            wide=self._wide / self._size,
            fill=float(strong.mean()),
            pale=self._pale,
            specks=self._specks / self._size,
            sprinkled=self._sprinkled,
        )


def _is_straight(piece: Piece) -> bool:
    ys, xs = np.nonzero(piece)
    spread = np.linalg.eigvalsh(np.cov(np.stack([xs, ys])))
    return float(np.sqrt(max(spread[0], 0.0))) / PER_MM < _STRAIGHT_WIDTH_MM


def _crossings(strokes: Mask) -> float:
    starts = np.diff(strokes.astype(np.int8), axis=1, prepend=0) == 1
    rows = starts.sum(axis=1)
    return float(np.percentile(rows, 85))
