"""A drawn signature as smooth vector curves."""

import math
from collections.abc import Sequence

from pdf.content import DrawnSignature
from pdf.file import number

WIDTH, HEIGHT = 230.0, 72.0
"""The box a signature is scaled into, in points."""
_LINE_WIDTH = 1.3

Point = tuple[float, float]


def draw_signature(signature: DrawnSignature) -> str:
    """Operators of the strokes inside a box from (0, -HEIGHT) to (WIDTH, 0).

    What isn't a finite number is left out, what is outside the pad is cut off.
    """
    scale = _scale(signature)
    pieces = [
        f"q 0 {number(-HEIGHT)} {number(WIDTH)} {number(HEIGHT)} re W n",
        f"{number(_LINE_WIDTH)} w 1 J 1 j 0 G",
    ]
    for stroke in signature.strokes:
        points = [
            (x * scale, -y * scale)
            for x, y in stroke.points
            if math.isfinite(x * scale) and math.isfinite(y * scale)
            and abs(x * scale) < 10_000 and abs(y * scale) < 10_000
        ]  # fmt: skip
        if points:
            pieces.append(_curve(points))
    return "\n".join([*pieces, "Q"])


def _scale(signature: DrawnSignature) -> float:
    sizes = (signature.width, signature.height)
    if not all(math.isfinite(size) and size > 0 for size in sizes):
        return 1.0
    return min(WIDTH / signature.width, HEIGHT / signature.height)


def _curve(points: Sequence[Point]) -> str:
    """One stroke: through the middles of its points' distances, bent towards the points."""
    first = points[0]
    if len(points) == 1:
        return f"{_at(first)} m {_at(first)} l S"
    pieces = [f"{_at(first)} m"]
    here = first
    for i in range(1, len(points) - 1):
        corner = points[i]
        middle = _between(corner, points[i + 1], 0.5)
        one, two = _between(here, corner, 2 / 3), _between(middle, corner, 2 / 3)
        pieces.append(f"{_at(one)} {_at(two)} {_at(middle)} c")
        here = middle
    return " ".join([*pieces, f"{_at(points[-1])} l S"])


def _between(start: Point, end: Point, part: float) -> Point:
    return (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
