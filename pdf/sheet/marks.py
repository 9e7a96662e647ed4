"""Marks and codes as they are drawn."""

import segno

from pdf.file import number
from pdf.sheet.geometry import FRAME as FRAME_WIDTH
from pdf.sheet.geometry import MARK_BITS, Box, BoxKind, Square

_LEVEL = "q"
"""Level H has denser modules and reads worse on bad scans; L dies from one stroke of ink."""
_MARK_MODULES = 6
_BITS = 4


def draw_mark(square: Square, mark: int) -> str:
    """A corner mark: ArUco, dictionary 4x4_50, with its black border."""
    bits = MARK_BITS[mark]
    rows = [[True] * _MARK_MODULES]
    for row in range(_BITS):
        inner = [not bits >> (15 - row * _BITS - column) & 1 for column in range(_BITS)]
        rows.append([True, *inner, True])
    rows.append([True] * _MARK_MODULES)
    return _draw_modules(rows, square)


def draw_code(square: Square, text: str) -> str:
    """A QR code without its quiet zone."""
    made = segno.make(text, error=_LEVEL, boost_error=False, micro=False)
    return _draw_modules([[bool(module) for module in row] for row in made.matrix], square)


def draw_box(box: Box) -> str:
    """A box's frame; the filled control box is black."""
    place = f"{number(box.x)} {number(box.y)} {number(box.width)} {number(box.height)} re"
    if box.kind is BoxKind.CONTROL and box.name == "control_filled":
        return f"0 g {place} f"
    return f"0 G {number(FRAME_WIDTH)} w {place} S"


def _draw_modules(rows: list[list[bool]], square: Square) -> str:
    """Black modules, each run of them in a row as one rectangle."""
    module = square.side / len(rows)
    drawn = ["0 g"]
    for index, row in enumerate(rows):
        y = square.y + square.side - (index + 1) * module
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                x, width = square.x + start * module, (end - start) * module
                # a hair higher than a module, so that no printer leaves a white line between rows
                drawn.append(f"{number(x)} {number(y)} {number(width)} {number(module + 0.02)} re")
            start = max(end, start) + 1
    return " ".join([*drawn, "f"])
