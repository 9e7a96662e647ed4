"""Reads codes that can't be read as they stand, at the places that the corner marks give."""

import cv2
import numpy as np

from pdf.scan.arrays import Picture
from pdf.scan.codes import thinned
from pdf.scan.holes import read_holes
from pdf.scan.register import Registration, register_by_marks
from pdf.scan.together import read_together
from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import PaperSize

_THINNED = (1, 3, 5)
"""Pixels, of which the first changes nothing: a fax fattens the marks, too."""
_FEWEST_PLACES = 2
"""Marks that agree on where the holes of a code are."""
_BLANK_SPREAD = 12.0
_DARKEST_PAPER = 110
"""Levels of gray: a page in the dark is not a blank one."""


def read_broken(picture: Picture) -> tuple[SheetCode | None, Registration | None]:
    """What the codes say, and how the paper lies; either may be None."""
    registered: list[Registration] = []
    for width in _THINNED:
        seen = picture if width == 1 else thinned(picture, width)
        registration = register_by_marks(seen, PaperSize)
        if registration is None:
            if not registered and is_blank(picture):
                # the back of a sheet: there are many
                break
            continue
        code = read_together(seen, registration.to_picture, registration.size)
        if code is not None:
            return code, registration
        registered.append(registration)
    registered.sort(key=lambda registration: -registration.places)
    for registration in registered:
        if registration.places < _FEWEST_PLACES:
            break
        code = read_holes(picture, registration)
        if code is not None:
            return code, registration
    return None, registered[0] if registered else None


def is_blank(picture: Picture) -> bool:
    """Whether nothing but paper is on it: no dark spots that stand together."""
    small = cv2.resize(picture, (212, 275), interpolation=cv2.INTER_AREA)
    inner = small[14:-14, 11:-11]
    paper = cv2.medianBlur(inner, 31)
    lit = float(np.median(inner)) > _DARKEST_PAPER
    return lit and float(np.mean(paper.astype(np.int16) - inner > _BLANK_SPREAD)) < 0.002
