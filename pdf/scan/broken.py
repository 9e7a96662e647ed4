"""Reads codes that can't be read as they stand, at the places that the corner marks give."""

from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Picture
from pdf.scan.codes import thinned
from pdf.scan.holes import read_holes
from pdf.scan.likely import likely_code
from pdf.scan.marks import all_marks
from pdf.scan.register import Registration, register_by_marks, register_by_middles
from pdf.scan.symbol import MODULES
from pdf.scan.together import measured_codes, read_together
from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import PageKind, PaperSize

_THINNED = (1, 3, 5, 7)
"""Pixels, of which the first changes nothing: a fax fattens the marks, too."""
_FEWEST_PLACES = 2
"""Marks that agree on where the holes of a code are."""
_BLANK_SPREAD = 12.0
_DARKEST_PAPER = 110
"""Levels of gray: a page in the dark is not a blank one."""


def read_broken(picture: Picture) -> tuple[SheetCode | None, Registration | None]:
    """What the codes say, and how the paper lies; either may be None."""
    lies: list[_Lie] = []
    for width in _THINNED:
        seen = picture if width == 1 else thinned(picture, width)
        found = _lies(seen)
        if not found and not lies and is_blank(picture):
            # the back of a sheet: there are many
            break
        for lie in found:
            code = read_together(seen, lie.paper.to_picture, lie.paper.size)
            if code is not None:
                return code, lie.paper
        lies += found
    lies.sort(key=lambda lie: -lie.paper.places)
    for read in (_from_holes, _from_what_is_likely):
        for lie in lies:
            code = read(picture, lie)
            if code is not None:
                return code, lie.paper
    return None, next((lie.paper for lie in lies if lie.is_sure), None)


@dataclass(frozen=True, slots=True)
class _Lie:
    """How the paper may lie, and the picture, thinned or not, on which it was seen so."""

    seen: Picture
    paper: Registration
    is_sure: bool
    """By the marks' corners: two marks of somebody else's paper have middles, too."""

    @property
    def kind(self) -> PageKind | None:
        """What the marks say that the page is, where they agree."""
        return None if self.paper.contradicts else self.paper.marked


def _lies(picture: Picture) -> list[_Lie]:
    marks = all_marks(picture)
    ways = ((register_by_marks, True), (register_by_middles, False))
    found = [(register(marks, PaperSize), is_sure) for register, is_sure in ways]
    return [_Lie(picture, paper, is_sure) for paper, is_sure in found if paper is not None]


def _from_holes(picture: Picture, lie: _Lie) -> SheetCode | None:
    if lie.paper.places < _FEWEST_PLACES:
        return None
    return read_holes(picture, lie.paper)


def _from_what_is_likely(_: Picture, lie: _Lie) -> SheetCode | None:
    grids = list(measured_codes(lie.seen, lie.paper.to_picture, lie.paper.size, MODULES))
    return likely_code(grids, lie.paper.size, lie.kind)


def is_blank(picture: Picture) -> bool:
    """Whether nothing but paper is on it: no dark spots that stand together."""
    small = cv2.resize(picture, (212, 275), interpolation=cv2.INTER_AREA)
    inner = small[14:-14, 11:-11]
    paper = cv2.medianBlur(inner, 31)
    lit = float(np.median(inner)) > _DARKEST_PAPER
    return lit and float(np.mean(paper.astype(np.int16) - inner > _BLANK_SPREAD)) < 0.002
