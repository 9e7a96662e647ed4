"""Ink of different pens on a page, by hands of different steadiness."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pdf.sheet.geometry import Box
from tests.pdf.scan.simulation import handwriting, strokes
from tests.pdf.scan.simulation.filled import Filled, Ticked
from tests.pdf.scan.simulation.noise import grain
from tests.pdf.scan.simulation.strokes import Area, Stroke

Picture = NDArray[np.uint8]
_FINER = 2
"""Ink is drawn at twice the page's resolution."""
_SHIFT = 3
"""OpenCV draws at eighths of a pixel."""


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen in somebody's hand; lengths in millimetres."""

    width: float
    gray: int
    pressure: float
    """How much of the ink is laid down at the weakest places, 0 to 1."""
    grain: float
    """How much of the paper's texture shows, 0 to 1."""
    skips: float
    """How often the ball lays nothing down, per millimetre."""
    tremor: float


@dataclass(frozen=True, slots=True)
class PenKind:
    """Least and most of each."""

    width: tuple[float, float]
    gray: tuple[int, int]
    pressure: tuple[float, float]
    grain: tuple[float, float] = (0.0, 0.1)
    skips: float = 0.0

    def pick(self, rng: np.random.Generator) -> Pen:
        """One such pen; one hand of seven shakes."""
        return Pen(
            width=float(rng.uniform(*self.width)),
            gray=int(rng.integers(self.gray[0], self.gray[1] + 1)),
            pressure=float(rng.uniform(*self.pressure)),
            grain=float(rng.uniform(*self.grain)),
            skips=self.skips,
            tremor=float(rng.uniform(0.15, 0.5)) if rng.random() < 0.14 else 0.03,
        )


PENS: dict[str, PenKind] = {
    "ballpoint_blue": PenKind((0.35, 0.55), (55, 110), (0.7, 0.95), (0.1, 0.3), 0.02),
    "ballpoint_black": PenKind((0.35, 0.55), (35, 75), (0.7, 0.95), (0.1, 0.3), 0.02),
    "gel": PenKind((0.4, 0.7), (15, 55), (0.9, 1.0)),
    "felt": PenKind((0.7, 1.4), (15, 70), (0.85, 1.0)),
    "pencil": PenKind((0.35, 0.65), (85, 140), (0.6, 0.85), (0.4, 0.75)),
}
INK = ("ballpoint_blue", "ballpoint_blue", "ballpoint_black", "ballpoint_black", "gel", "felt")
"""What lies on a front desk."""


def write(
    page: Picture,
    dpi: float,
    boxes: Iterable[Box],
    page_height_points: float,
    filled: Filled,
    pen: Pen,
    rng: np.random.Generator,
) -> Picture:
    """The page with the form filled in."""
    areas = {box.name: Area.of(box, page_height_points) for box in boxes}
    inked = page.copy()
    for drawn in _writing(areas, filled, rng):
        ink(inked, drawn, dpi, pen, rng)
    if filled.witness and "witness" in areas:
        # somebody else signs, with another pen
        other = replace(PENS["ballpoint_black"].pick(rng), tremor=0.03)
        ink(inked, handwriting.name(areas["witness"], rng), dpi, other, rng)
    return inked


def _writing(
    areas: dict[str, Area], filled: Filled, rng: np.random.Generator
) -> list[list[Stroke]]:
    made: list[list[Stroke]] = []
    if "consent_yes" in areas:
        made += _ticks(areas["consent_yes"], areas["consent_no"], filled, rng)
    if "signature" not in areas:
        return made
    if filled.signature in ("full", "crossed_out"):
        made.append(handwriting.signature(filled.hand, areas["signature"], rng))
    if filled.signature == "crossed_out":
        made.append(_struck(made[-1], rng))
    if filled.signature == "mark":
        made.append(handwriting.mark(areas["signature"], rng))
    if filled.date:
        made.append(handwriting.numbers(areas["date"], rng))
    if filled.names:
        made += _names(areas, rng)
    return made


def _ticks(yes: Area, no: Area, filled: Filled, rng: np.random.Generator) -> list[list[Stroke]]:
    def ticked(area: Area) -> list[Stroke]:
        return strokes.tick(filled.tick, area, rng)

    def out(area: Area) -> list[Stroke]:
        # one crosses out a tick, not a box that is full of ink already
        first = strokes.tick("check" if filled.tick in ("fill", "scrawl") else "cross", area, rng)
        return first + strokes.crossing_out(area, rng)

    def missed() -> list[Stroke]:
        return strokes.beside(filled.tick, yes if rng.random() < 0.5 else no, rng)

    drawn: dict[Ticked, Callable[[], list[list[Stroke]]]] = {
        "yes": lambda: [ticked(yes)],
        "no": lambda: [ticked(no)],
        "both": lambda: [ticked(yes), ticked(no)],
        "none": list,
        "dot_yes": lambda: [strokes.dot(yes, rng)],
        "dot_no": lambda: [strokes.dot(no, rng)],
        "crossed_out_yes": lambda: [out(yes)],
        "changed_to_no": lambda: [out(yes), ticked(no)],
        "changed_to_yes": lambda: [out(no), ticked(yes)],
        "beside": lambda: [missed()],
    }
    return drawn[filled.choice]()


def _names(areas: dict[str, Area], rng: np.random.Generator) -> list[list[Stroke]]:
    """What isn't printed already; the last boxes are often left empty."""
    digits = "".join(str(d) for d in rng.integers(0, 10, 10))
    drawn: dict[str, tuple[float, Callable[[Area], list[Stroke]]]] = {
        "student_name": (1.0, lambda area: handwriting.name(area, rng)),
        "birth_date": (1.0, lambda area: handwriting.numbers(area, rng)),
        "printed_name": (0.8, lambda area: handwriting.name(area, rng)),
        "phone": (0.6, lambda area: handwriting.numbers(area, rng, digits=digits)),
        "school": (0.5, lambda area: handwriting.name(area, rng)),
    }
    return [
        write_in(areas[name])
        for name, (share, write_in) in drawn.items()
        if name in areas and rng.random() < share
    ]


def _struck(signature: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    points = np.vstack(signature)
    low, high = points.min(axis=0), points.max(axis=0)
    spread = high - low
    area = Area(low[0], low[1], spread[0], spread[1])
    return [
        area.at([(-0.05, rng.uniform(0.3, 0.7)), (1.05, rng.uniform(0.3, 0.7))])
        for _ in range(int(rng.integers(2, 6)))
    ]


def ink(page: Picture, drawn: list[Stroke], dpi: float, pen: Pen, rng: np.random.Generator) -> None:
    """Lays ink down on the page, in place."""
    scale = dpi / 25.4
    shaken = [_shaken(stroke, pen, rng) for stroke in drawn]
    points = np.vstack(shaken) * scale
    margin = 2 * pen.width * scale + 3
    height, width = page.shape
    left, top = np.clip((points.min(axis=0) - margin).astype(int), 0, [width - 1, height - 1])
    right, bottom = np.clip((points.max(axis=0) + margin).astype(int), 1, [width, height])
    if right - left < 2 or bottom - top < 2:
        return
    fine = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
    for stroke in shaken:
        _draw(fine, (stroke * scale - [left, top]) * _FINER, pen, scale, rng)
    size = (int(right - left), int(bottom - top))
    cover = cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if pen.grain > 0.05:
        texture = 0.5 + grain((size[1], size[0]), rng)
        cover *= np.clip(1 - pen.grain + pen.grain * texture, 0, 1)
    part = page[top:bottom, left:right]
    part[:] = (part * (1 - cover * (1 - pen.gray / 255))).astype(np.uint8)


def _shaken(stroke: Stroke, pen: Pen, rng: np.random.Generator) -> Stroke:
    """Points every quarter of a millimetre, moved as a hand trembles."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    count = max(int(along[-1] / 0.25), 2)
    at = np.linspace(0, along[-1], count)
    points = np.column_stack([np.interp(at, along, stroke[:, i]) for i in (0, 1)])
    # most of a tremor has waves of one to three millimetres
    rough = rng.normal(0, pen.tremor, (count // 5 + 3, 2))
    trembling = np.linspace(0, len(rough) - 1, count)
    known = np.arange(len(rough))
    moved = np.column_stack([np.interp(trembling, known, rough[:, i]) for i in (0, 1)])
    shaken: Stroke = points + moved
    return shaken


def _draw(fine: Picture, pixels: Stroke, pen: Pen, scale: float, rng: np.random.Generator) -> None:
    count = len(pixels)
    waves = np.interp(
        np.linspace(0, count / 25 + 1, count),
        np.arange(count // 25 + 3),
        rng.uniform(pen.pressure, 1, count // 25 + 3),
    )
    skipped = rng.random(count) < pen.skips * 0.25
    fixed = np.round(pixels * 2**_SHIFT).astype(int)
    widths = np.maximum(np.round(pen.width * scale * _FINER * (0.55 + 0.45 * waves)), 2)
    for i in range(count - 1):
        if skipped[i]:
            continue
        a, b = (fixed[i][0], fixed[i][1]), (fixed[i + 1][0], fixed[i + 1][1])
        shade = int(255 * waves[i])
        cv2.line(fine, a, b, shade, int(widths[i]), cv2.LINE_AA, _SHIFT)
