"""Reads codes that can't be read as they stand, at the places that the corner marks give."""

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


def read_broken(picture: Picture) -> tuple[SheetCode | None, Registration | None]:
    """What the codes say, and how the paper lies; either may be None."""
    registered: list[Registration] = []
    for width in _THINNED:
        seen = picture if width == 1 else thinned(picture, width)
        registration = register_by_marks(seen, PaperSize)
        if registration is None:
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
