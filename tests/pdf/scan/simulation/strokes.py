"""Lines a hand draws: ticks, dots, crossings out; millimetres, y downwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdf.sheet.geometry import MILLIMETRE, Box
from tests.pdf.scan.simulation.filled import Tick

Stroke = NDArray[np.float64]
"""Points, one a row."""


@dataclass(frozen=True, slots=True)
class Area:
    """A box on the paper; ``left`` and ``top`` from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, box: Box, page_height: float) -> "Area":
        """From a box in points."""
        return cls(
            box.x / MILLIMETRE,
            (page_height - box.y - box.height) / MILLIMETRE,
            box.width / MILLIMETRE,
            box.height / MILLIMETRE,
        )

    def at(self, points: list[tuple[float, float]]) -> Stroke:
        """Points given as parts of the box's sides, from its upper left corner."""
        size = np.array([self.width, self.height], np.float64)
        placed: Stroke = np.array([self.left, self.top], np.float64) + np.array(points) * size
        return placed


def smooth(points: Stroke, each: int = 12) -> Stroke:
    """A Catmull-Rom curve through the points."""
    if len(points) < 3:
        return points
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, each, endpoint=False)[:, None]
    a, b, c, d = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.vstack([curve.reshape(-1, 2), points[-1:]])


def tick(style: Tick, area: Area, rng: np.random.Generator) -> list[Stroke]:
    """A tick that a person sees as one, in its box, perhaps over its edge."""
    moved = rng.normal(0, 0.06, 2)
    box = Area(
        area.left + moved[0] * area.width,
        area.top + moved[1] * area.height,
        area.width,
        area.height,
    )
    if style == "cross":
        return _cross(box, rng, float(rng.uniform(0.5, 1.25)))
    if style == "check":
        return [_slash(box, rng) if rng.random() < 0.12 else _check(box, rng)]
    if style == "fill":
        return [_hatching(box, rng, rows=int(rng.integers(7, 14)), reach=rng.uniform(0.8, 1.1))]
    return [_scrawl(box, rng)]


def dot(area: Area, rng: np.random.Generator) -> list[Stroke]:
    """Where a pen rested."""
    start = rng.uniform(0.2, 0.8, 2)
    end = start + rng.normal(0, 0.04, 2)
    return [area.at([tuple(start), tuple(end)])]


def crossing_out(area: Area, rng: np.random.Generator) -> list[Stroke]:
    """Over a tick that was not meant, and beyond the box."""
    way = rng.integers(3)
    if way == 0:
        rows = int(rng.integers(8, 18))
        return [_hatching(area, rng, rows=rows, reach=rng.uniform(1.35, 2.1))]
    if way == 1:
        return _lines_through(area, rng)
    return _cross(area, rng, float(rng.uniform(1.5, 2.2)))


def beside(style: Tick, area: Area, rng: np.random.Generator) -> list[Stroke]:
    """What misses a box: beside it, between the boxes, above or below; or a ring around it."""
    if rng.random() < 0.2:
        return [_circled(area, rng)]
    side = float(rng.choice([-1, 1]))
    size = rng.uniform(0.7, 0.9)
    if rng.random() < 0.65:
        across, down = side * rng.uniform(1.1, 1.6), rng.normal(0, 0.15)
    else:
        # the other box stands two heights away
        across, down = rng.normal(0, 0.3), side * rng.uniform(0.95, 1.05)
    missed = Area(
        area.left + (across + (1 - size) / 2) * area.width,
        area.top + (down + (1 - size) / 2) * area.height,
        area.width * size,
        area.height * size,
    )
    return tick(style, missed, rng)


def _cross(area: Area, rng: np.random.Generator, size: float) -> list[Stroke]:
    near, far = 0.5 - size / 2, 0.5 + size / 2

    def line(start: tuple[float, float], end: tuple[float, float]) -> Stroke:
        ends = np.array([start, end]) + rng.normal(0, 0.07, (2, 2))
        bent = ends.mean(axis=0) + rng.normal(0, 0.04, 2)
        return smooth(area.at([tuple(ends[0]), tuple(bent), tuple(ends[1])]))

    return [line((near, near), (far, far)), line((far, near), (near, far))]


def _check(area: Area, rng: np.random.Generator) -> Stroke:
    long = rng.uniform(0.65, 1.45)
    start = (rng.uniform(0.05, 0.3), rng.uniform(0.35, 0.6))
    turn = (rng.uniform(0.3, 0.5), rng.uniform(0.75, 0.98))
    end = (turn[0] + 0.6 * long, turn[1] - long * rng.uniform(0.75, 1.0))
    between = tuple(np.mean([turn, end], axis=0) + rng.normal(0, 0.04, 2))
    return smooth(area.at([start, turn, between, end]), 8)


def _slash(area: Area, rng: np.random.Generator) -> Stroke:
    """One stroke, from the lower left to the upper right."""
    half = rng.uniform(0.3, 0.6)
    start, end = 0.5 + np.array([-half, half]), 0.5 + np.array([half, -half])
    ends = np.array([start, end]) + rng.normal(0, 0.06, (2, 2))
    bent = ends.mean(axis=0) + rng.normal(0, 0.05, 2)
    return smooth(area.at([tuple(ends[0]), tuple(bent), tuple(ends[1])]))


def _circled(area: Area, rng: np.random.Generator) -> Stroke:
    """A ring around the box instead of a tick in it."""
    t = np.linspace(0, 2 * np.pi * rng.uniform(0.95, 1.15), 40) + rng.uniform(0, 6)
    drift = np.linspace(0, rng.normal(0, 0.12), 40)
    size = rng.uniform(0.78, 1.15, 2)
    points = 0.5 + np.column_stack([np.cos(t), np.sin(t)]) * size + drift[:, None]
    return area.at([(float(x), float(y)) for x, y in points])


def _hatching(area: Area, rng: np.random.Generator, *, rows: int, reach: float) -> Stroke:
    """To and fro, as one fills a box or scribbles over it."""
    near, far = 0.5 - reach / 2, 0.5 + reach / 2
    y = np.linspace(near, far, rows) + rng.normal(0, 0.02, rows)
    x = np.where(np.arange(rows) % 2 == 0, near, far) + rng.normal(0, 0.05, rows)
    points = np.column_stack([x, y])
    turned = np.deg2rad(rng.uniform(-30, 30))
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    # a turned square is wider: keep the filling inside
    points = (points - 0.5) @ turn.T * (0.9 if reach < 1.2 else 1.0) + 0.5
    return smooth(area.at([(float(a), float(b)) for a, b in points]), 6)


def _scrawl(area: Area, rng: np.random.Generator) -> Stroke:
    """Loops, as a child or a hurried hand makes."""
    turns = rng.uniform(1.6, 4)
    t = np.linspace(0, 1, int(turns * 24))
    angle = rng.uniform(0, 2 * np.pi) + t * turns * 2 * np.pi * rng.choice([-1, 1])
    radius = rng.uniform(0.2, 0.42) + 0.1 * np.sin(t * rng.uniform(5, 12) + rng.uniform(0, 6))
    drift = np.outer(t - 0.5, rng.normal(0, 0.18, 2))
    points = 0.5 + np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None] + drift
    return np.array([area.left, area.top]) + points * [area.width, area.height]


def _lines_through(area: Area, rng: np.random.Generator) -> list[Stroke]:
    made = []
    for _ in range(int(rng.integers(1, 5))):
        y = rng.uniform(0.25, 0.75)
        start, end = rng.uniform(-0.7, -0.25), rng.uniform(1.25, 1.8)
        middle = (rng.uniform(0.3, 0.7), y + rng.normal(0, 0.06))
        made.append(smooth(area.at([(start, y), middle, (end, y + rng.normal(0, 0.12))])))
    return made
