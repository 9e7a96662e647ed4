"""Finds corner marks on a picture: which they are, and where their corners lie."""

from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Picture
from pdf.scan.findings import Point
from pdf.sheet.geometry import PageKind, PaperSize, Square, mark_ids, marks

_SOFT = 1.6
"""Pixels: a fax's ragged edges and a copy's holes hide a mark's corners until they are softened."""
_LARGEST = 1700
"""Pixels of the longer side, in which marks are looked for when no code was read."""

Corners = tuple[Point, Point, Point, Point]
"""Upper left, upper right, lower right, lower left."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mark or a code: its corners on the paper and on the picture."""

    paper: Corners
    picture: Corners
    kind: PageKind | None
    """Of which kind of page a mark is; a code does not say it here."""


Marks = dict[int, Corners]
"""By their numbers."""


def all_marks(picture: Picture) -> Marks:
    """Marks of the picture as it is; where some are missing, of a softened one too."""
    seen = _detected(picture, (0, 0))
    if len(seen) >= len(mark_ids(PageKind.TEXT)):
        return seen
    return _detected(_softened(picture), (0, 0)) | seen


def marks_in(window: Picture, offset: tuple[int, int]) -> Marks:
    """Marks of a part of a picture, in the whole picture's pixels; softened if none is there."""
    return _detected(window, offset) or _detected(_softened(window), offset)


def _softened(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), _SOFT), np.uint8)


def _detected(window: Picture, offset: tuple[int, int]) -> Marks:
    scale = min(1.0, _LARGEST / max(window.shape))
    if scale < 1.0:
        window = np.asarray(
            cv2.resize(window, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    corners, ids, _ = _detector().detectMarkers(window)
    if ids is None:
        return {}
    found: Marks = {}
    for quad, mark in zip(corners, ids.ravel(), strict=True):
        a, b, c, d = ((float(x), float(y)) for x, y in quad.reshape(-1, 2) / scale + offset)
        found[int(mark)] = (a, b, c, d)
    return found


def _detector() -> "cv2.aruco.ArucoDetector":
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.errorCorrectionRate = 0.5
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def mark_places(seen: Marks, size: PaperSize) -> list[Place]:
    """Where the marks that were seen belong on a paper of this size."""
    squares = marks(size)
    return [
        Place(corners_of(squares[mark_ids(kind).index(mark)]), seen[mark], kind)
        for kind in PageKind
        for mark in mark_ids(kind)
        if mark in seen
    ]


def corners_of(square: Square) -> Corners:
    """Of a square on the paper."""
    left, bottom = square.x, square.y
    right, top = left + square.side, bottom + square.side
    return (left, top), (right, top), (right, bottom), (left, bottom)
