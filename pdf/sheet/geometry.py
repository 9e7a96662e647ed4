"""Where marks, codes and boxes stand on paper, in points from the page's lower left corner.

The places are the same in every language and for every partnership: the reader needs nothing but
the layout's number, the paper's size and the kind of page, and all three are in the marks and
codes. A change of any place is a new layout; the old one stays, as long as such paper is about.
"""

from dataclasses import dataclass, replace
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
MARK_BITS = (
    0xB532,
    0x0F9A,
    0x332D,
    0x9946,
    0x549E,
    0x79CD,
    0x9E2E,
    0xC4F2,
    0xFEDA,
    0xCF56,
    0xF991,
    0x11A7,
)
"""The white modules of each mark (dictionary 4x4_50), row by row from the top left one."""
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
CHECK_ROW = 12 * MILLIMETRE
"""Height of a row with one box to tick; its label stands beside the box."""
LABEL_HEIGHT = 8.5 * MILLIMETRE
"""Room for the label above a box to write in."""
_ROW_GAP = 1.5 * MILLIMETRE
_COLUMN_GAP = 4 * MILLIMETRE
_ROWS: tuple[tuple[str, str, float], ...] = (
    ("student_name", "birth_date", 9 * MILLIMETRE),
    ("signature", "date", 15 * MILLIMETRE),
    ("printed_name", "phone", 10 * MILLIMETRE),
    ("witness", "school", 10 * MILLIMETRE),
)
"""A wide and a narrow box each, and their height."""
_WIDE = 0.62
ONLINE_SIDE = 17 * MILLIMETRE
"""The code that leads to the pages online; the reader of paper passes it over."""


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


def online_code(size: PaperSize) -> Square:
    """In the upper band, beside the left mark."""
    _, height = size.points
    return Square(_EDGE + MARK_SIDE + 5 * MILLIMETRE, height - _EDGE - ONLINE_SIDE, ONLINE_SIDE)


def boxes(kind: PageKind, size: PaperSize, *, mirrored: bool = False) -> tuple[Box, ...]:
    """Every box of a page, the control boxes first; reading order from the top.

    ``mirrored``: the form part of a language that is written from right to left.
    """
    return (*_controls(size), *_form(kind, size, mirrored=mirrored))


def form_height(kind: PageKind) -> float:
    """Height of the part with boxes, above the lower band."""
    if kind is PageKind.TEXT:
        return 0.0
    checks = 2 * CHECK_ROW if kind is PageKind.CONSENT else 0.0
    return checks + sum(LABEL_HEIGHT + height + _ROW_GAP for *_, height in _ROWS)


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


def _form(kind: PageKind, size: PaperSize, *, mirrored: bool) -> list[Box]:
    """Rows from the top of the form part down; the labels' room is above each box."""
    if kind is PageKind.TEXT:
        return []
    width, _ = size.points
    left, full = SIDE_MARGIN, width - 2 * SIDE_MARGIN
    wide = full * _WIDE
    narrow = full - wide - _COLUMN_GAP
    y = BAND + form_height(kind)
    found = []
    if kind is PageKind.CONSENT:
        for name in ("consent_yes", "consent_no"):
            y -= CHECK_ROW
            bottom = y + CHECK_ROW - CHECK_SIDE
            found.append(Box(name, BoxKind.CHECK, left, bottom, CHECK_SIDE, CHECK_SIDE))
    for wide_name, narrow_name, height in _ROWS:
        y -= LABEL_HEIGHT + height
        beside = left + wide + _COLUMN_GAP
        found += [
            Box(wide_name, BoxKind.WRITING, left, y, wide, height),
            Box(narrow_name, BoxKind.WRITING, beside, y, narrow, height),
        ]
        y -= _ROW_GAP
    if mirrored:
        return [replace(box, x=width - box.x - box.width) for box in found]
    return found
