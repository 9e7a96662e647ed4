"""Follows the printed lines of a box where the paper is folded and they are not straight.

A line that leaves the place where it should be comes to lie inside the box and looks like ink.
So it is first asked whether the lines are where they were found, all along; if not, they are
followed: upper and lower line have bent together.
"""

from dataclasses import dataclass

import numpy as np

from pdf.scan.arrays import Darkness, Matrix
from pdf.scan.best_way import best_way
from pdf.scan.flat import PER_MM

_STEP = 4
"""Pixels along a line that are taken together."""
_FARTHEST = round(6 * PER_MM)
_STEEPEST = 4
"""Pixels by which a line rises or falls in one step, at most."""
_STEP_COST = 0.02
_NEAR = 3
"""Pixels beside its place where a line may be."""
_SEEN = 0.35
"""Darkness of a line that is there."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the lines went."""

    shifts: Matrix
    """For each column of pixels from the left edge to the right one: how far down."""
    held: float
    """Along which part of both lines there is a line."""


def held(dark: Darkness, start: float, end: float, level: float, line: int) -> float:
    """Along which part of a straight line, from ``start`` to ``end``, there is one.

    ``dark`` is turned so that the line is level; ``line`` is its width in pixels.
    """
    low, high = round(level) - line // 2 - _NEAR, round(level) + line + _NEAR
    strip = dark[max(low, 0) : max(high, 0), max(round(start), 0) : round(end)]
    if low < 0 or strip.shape[0] < line or strip.shape[1] < _STEP:
        return 0.0
    lines = _lines(_steps(strip), line)
    return float(np.mean(lines.max(axis=0) > _SEEN))


def follow(
    dark: Darkness, start: float, end: float, levels: tuple[float, float], line: int
) -> Followed:
    """Upper and lower line of a box; nothing is held where the picture ends before the box does."""
    top, bottom = (round(level) - line // 2 for level in levels)
    first, last = max(round(start), 0), round(end)
    above, below = top - _FARTHEST, bottom + _FARTHEST + line
    if above < 0 or below > dark.shape[0] or last > dark.shape[1] or last - first < 2 * _STEP:
        return Followed(np.zeros(0), 0.0)
    lines = _lines(_steps(dark[above:below, first:last]), line)
    states = 2 * _FARTHEST + 1
    apart = bottom - top
    upper, lower = lines[:states], lines[apart : apart + states]
    way = best_way(upper + lower, steepest=_STEEPEST, step_cost=_STEP_COST)
    columns = np.arange(way.size)
    seen = np.stack([upper[way, columns], lower[way, columns]]) > _SEEN
    middles = (columns + 0.5) * _STEP
    shifts = np.interp(np.arange(last - first), middles, way - _FARTHEST)
    return Followed(np.asarray(shifts, np.float64), float(seen.mean()))


def _steps(strip: Darkness) -> Matrix:
    """Every _STEP columns as one."""
    columns = strip.shape[1] // _STEP
    taken = np.clip(strip[:, : columns * _STEP], 0, 1)
    return np.asarray(taken.reshape(strip.shape[0], columns, _STEP).mean(axis=2), np.float64)


def _lines(steps: Matrix, line: int) -> Matrix:
    """How dark a line is whose first row is this one."""
    summed = np.cumsum(np.pad(steps, ((1, 0), (0, 0))), axis=0)
    return np.asarray((summed[line:] - summed[:-line]) / line, np.float64)
