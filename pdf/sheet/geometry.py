"""Where marks, codes and boxes stand on paper, in points from the page's lower left corner.

The places are the same in every language and for every partnership: the reader needs nothing but
the layout's number, the paper's size and the kind of page, and all three are in the marks and
codes. A change of any place is a new layout; the old one stays, as long as such paper is about.
"""

from dataclasses import dataclass
from enum import StrEnum

LAYOUT = 1
MILLIMETRE = 72 / 25.4
"""Points."""


class PaperSize(StrEnum):
    """What is in the printer."""

    LETTER = "L"
    A4 = "A"

    @property
    def points(self) -> tuple[float, float]:
        """Width and height."""
        return (612.0, 792.0) if self is PaperSize.LETTER else (595.276, 841.89)


class PageKind(StrEnum):
    """What a page of paper is for."""

    TEXT = "text"
    """Only read; has control boxes, and nothing to fill in."""
    CONSENT = "consent"
    """Yes or no, and the signature, on a waiver."""
    REVOCATION = "revocation"
    """The signature that takes permission back."""


class BoxKind(StrEnum):
    """What is done in a box."""

    CHECK = "check"
    """Ticked, crossed or filled."""
    WRITING = "writing"
    """Ink or none: it is not read."""
    CONTROL = "control"
    """Printed filled or empty, to see how well this scan can be read."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with a frame of ``FRAME`` points; ``x`` and ``y`` are its lower left corner."""

    name: str
    kind: BoxKind
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Square:
    """A mark or a code."""

    x: float
    y: float
    side: float


FRAME = 1.1
"""Line width of a box, in points."""
MARK_SIDE = 9 * MILLIMETRE
"""Corner marks: ArUco, dictionary 4x4_50, with a black border of one module (6 x 6 in all)."""
_EDGE = 8 * MILLIMETRE
"""From the paper's edge to marks; printers leave 4 to 6 mm white."""
CODE_SIDE = 20 * MILLIMETRE
"""QR codes, level Q, without their quiet zone."""
QUIET = 3.2 * MILLIMETRE
"""White around a code: four modules."""
CHECK_SIDE = 6 * MILLIMETRE
"""A box to tick: big enough for a shaking hand."""
_CONTROL_SIDE = 5 * MILLIMETRE

BAND = 32 * MILLIMETRE
"""Height of the bands at the top and the bottom in which marks and codes stand; no text does."""
SIDE_MARGIN = 19 * MILLIMETRE
FORM_HEIGHT = 74 * MILLIMETRE
"""Height of the part with boxes, above the lower band of a CONSENT or REVOCATION page."""


def marks(size: PaperSize) -> tuple[Square, Square, Square, Square]:
    """Corner marks: upper left, upper right, lower right, lower left."""
    width, height = size.points
    near, far_x, far_y = _EDGE, width - _EDGE - MARK_SIDE, height - _EDGE - MARK_SIDE
    return (
        Square(near, far_y, MARK_SIDE),
        Square(far_x, far_y, MARK_SIDE),
        Square(far_x, near, MARK_SIDE),
        Square(near, near, MARK_SIDE),
    )


_MARK_BASE = {PageKind.TEXT: 0, PageKind.CONSENT: 4, PageKind.REVOCATION: 8}


def mark_ids(kind: PageKind) -> tuple[int, int, int, int]:
    """ArUco ids of the corner marks, in the order of ``marks``: kind of page and corner."""
    base = _MARK_BASE[kind]
    return base, base + 1, base + 2, base + 3


def codes(size: PaperSize) -> tuple[Square, Square]:
    """The two codes, far from each other: near the upper right and the lower left corner."""
    width, height = size.points
    inset = _EDGE + MARK_SIDE + QUIET + 1 * MILLIMETRE
    return (
        Square(width - inset - CODE_SIDE, height - _EDGE - CODE_SIDE, CODE_SIDE),
        Square(inset, _EDGE, CODE_SIDE),
    )


def boxes(kind: PageKind, size: PaperSize) -> tuple[Box, ...]:
    """Every box of a page, the control boxes first."""
    return (*_controls(size), *_form(kind, size))


def _controls(size: PaperSize) -> tuple[Box, Box]:
    """In the lower band, at the right: one is printed filled, the other empty."""
    width, _ = size.points
    x = width - _EDGE - MARK_SIDE - 8 * MILLIMETRE
    y = _EDGE + 2 * MILLIMETRE
    step = _CONTROL_SIDE + 4 * MILLIMETRE
    side = _CONTROL_SIDE
    return (
        Box("control_filled", BoxKind.CONTROL, x - step, y, side, side),
        Box("control_empty", BoxKind.CONTROL, x - 2 * step, y, side, side),
    )


def _form(kind: PageKind, size: PaperSize) -> tuple[Box, ...]:
    """Rows from the top of the form part down; the labels' room is above each box."""
    if kind is PageKind.TEXT:
        return ()
    width, _ = size.points
    top = BAND + FORM_HEIGHT
    left, right = SIDE_MARGIN, width - SIDE_MARGIN
    full = right - left
    gap = 4 * MILLIMETRE
    wide = full * 0.62
    narrow = full - wide - gap
    height = 12 * MILLIMETRE
    label = 6 * MILLIMETRE
    found = []
    y = top
    if kind is PageKind.CONSENT:
        y -= CHECK_SIDE + 2 * MILLIMETRE
        middle = left + full / 2
        found += [
            Box("consent_yes", BoxKind.CHECK, left, y, CHECK_SIDE, CHECK_SIDE),
            Box("consent_no", BoxKind.CHECK, middle, y, CHECK_SIDE, CHECK_SIDE),
        ]
    for wide_name, narrow_name in (
        ("signature", "date"), ("printed_name", "birth_date"), ("witness", "phone"),
    ):  # fmt: skip
        y -= label + height
        found += [
            Box(wide_name, BoxKind.WRITING, left, y, wide, height),
            Box(narrow_name, BoxKind.WRITING, left + wide + gap, y, narrow, height),
        ]
        y -= 2 * MILLIMETRE
    return tuple(found)
