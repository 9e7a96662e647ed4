"""Finds a box's printed frame near the place where it must be: paper curls, printers shift."""

import itertools
from dataclasses import dataclass, replace

import numpy as np

from pdf.scan.arrays import Darkness, Matrix
from pdf.scan.flat import PER_MM, Flat
from pdf.scan.follow import Followed, follow, held
from pdf.sheet.geometry import FRAME, MILLIMETRE, Box

_SEARCH_MM = 2.6
_LINE = max(int(FRAME / MILLIMETRE * PER_MM), 1)
_SEGMENT_MM = 28.0
"""A long edge is found piece by piece: paper that isn't flat bows it."""
_SMALL_MM = 10.0
_OUTSIDE = round(0.9 * PER_MM)
"""Pixels from an edge to where there is no print of the box."""
_SEEN = 0.35
"""Mean darkness of an edge that is there."""
_HELD = 0.9
"""Along so much of a line it must be where it was found."""
_HELD_BROKEN = 0.5
"""The same of a line that was printed badly."""
_FOUND_MORE = 0.08
"""So much more of a line elsewhere: it is bent, and not broken."""
_INSET_MM = 0.75
"""From the middle of the frame to what counts as inside."""


@dataclass(frozen=True, slots=True)
class Found:
    """A box where it really is."""

    inside: tuple[Darkness, ...]
    """Darkness of the inside, in pieces from left to right that have the same height."""
    left: float
    top: float
    right: float
    bottom: float
    """The frame's middle lines, in pixels of the flat part."""
    edges: float
    """Which part of its edges was seen."""

    def whole(self) -> Darkness:
        """The inside as one."""
        return np.concatenate(self.inside, axis=1)


def find_frame(flat: Flat, box: Box) -> Found | None:
    """Where the box is; None when two opposite edges can't be seen."""
    left, top, right, bottom = flat.place(box)
    if right - left < _SMALL_MM * PER_MM:
        return _small_frame(flat, (left, top, right, bottom))
    x0, seen_left = _edge(flat, left, (top, bottom), vertical=True)
    x1, seen_right = _edge(flat, right, (top, bottom), vertical=True)
    if not seen_left and not seen_right:
        return None
    if not seen_left:
        x0 = left + (x1 - right)
    elif not seen_right:
        x1 = right + (x0 - left)
    pieces = max(round((right - left) / PER_MM / _SEGMENT_MM), 1)
    bounds = np.linspace(x0, x1, pieces + 1)
    tops, bottoms, seen = _levels(flat, bounds, top, bottom)
    if tops is None or bottoms is None:
        return None
    inside = _inside(flat, bounds, tops, bottoms)
    if not inside:
        return None
    edges = (seen_left + seen_right + seen) / (2 + 2 * pieces)
    found = Found(inside, x0, float(np.mean(tops)), x1, float(np.mean(bottoms)), edges)
    parts = zip(itertools.pairwise(bounds), tops, bottoms, strict=True)
    along = [_held(flat, start, end, ends) for (start, end), *ends in parts]
    if min(along) >= _HELD:
        return found
    lines = _elsewhere(flat, found, float(np.mean(along)))
    return found if lines is None else _bent(flat, found, lines)


def _small_frame(flat: Flat, place: tuple[float, float, float, float]) -> Found | None:
    """A box to tick: its opposite edges are looked for together, at the distance they have.

    What fills such a box has edges as well, and as dark ones.
    """
    left, top, right, bottom = place
    sides = _pair(flat, (left, right), (top, bottom), vertical=True)
    levels = _pair(flat, (top, bottom), (left, right), vertical=False)
    if sides is None or levels is None:
        return None
    (x0, x1, seen_across), (y0, y1, seen_down) = sides, levels
    inside = _inside(flat, np.array([x0, x1]), [y0], [y1])
    if not inside:
        return None
    found = Found(inside, x0, y0, x1, y1, (seen_across + seen_down) / 4)
    across = float(np.mean([held(flat.darkness, x0, x1, y, _LINE) for y in (y0, y1)]))
    down = float(np.mean([held(flat.darkness.T, y0, y1, x, _LINE) for x in (x0, x1)]))
    if min(across, down) >= _HELD:
        return found
    if down >= _HELD_BROKEN and _elsewhere(flat, found, across) is None:
        return found
    return replace(found, edges=0.0)


def _held(flat: Flat, start: float, end: float, levels: list[float]) -> float:
    """Along which part of the upper and the lower line there is one."""
    return float(np.mean([held(flat.darkness, start, end, level, _LINE) for level in levels]))


def _elsewhere(flat: Flat, found: Found, along: float) -> Followed | None:
    """Where the upper and the lower line went; None if they are only broken, and are nowhere else.

    ``along``: which part of them is where it was found.
    """
    lines = follow(flat.darkness, found.left, found.right, (found.top, found.bottom), _LINE)
    if along >= _HELD_BROKEN and lines.held < along + _FOUND_MORE:
        return None
    return lines


def _bent(flat: Flat, found: Found, lines: Followed) -> Found:
    """The box with its lines followed; without edges where they can't be."""
    if lines.held < _HELD:
        return replace(found, edges=0.0)
    inset = round(_INSET_MM * PER_MM)
    first, last = round(found.left), round(found.right)
    rows = np.arange(round(found.top) + inset, round(found.bottom) - inset)
    columns = np.arange(max(first, 0), last)[inset:-inset]
    if rows.size < 2 or columns.size < 2:
        return replace(found, edges=0.0)
    places = rows[:, None] + np.rint(lines.shifts[inset:-inset]).astype(np.int64)[None]
    places = np.clip(places, 0, flat.darkness.shape[0] - 1)
    return replace(found, inside=(flat.darkness[places, columns[None]],))


def _pair(
    flat: Flat, expected: tuple[float, float], span: tuple[float, float], *, vertical: bool
) -> tuple[float, float, int] | None:
    """Two opposite edges of a small box, and how many of them are there."""
    dark = flat.darkness.T if vertical else flat.darkness
    reach = int(_SEARCH_MM * PER_MM)
    low, high = round(expected[0]) - reach - _OUTSIDE, round(expected[1]) + reach + _OUTSIDE + 4
    start, end = max(round(span[0]), 0), round(span[1])
    if low < 0 or high > dark.shape[0]:
        return None
    profile = np.clip(dark[low:high, start:end], 0, 1).mean(axis=1)
    lines = np.convolve(profile, np.ones(_LINE) / _LINE, mode="same")
    apart = round(expected[1] - expected[0])
    shifts = np.arange(-reach, reach + 1)
    first = shifts + reach + _OUTSIDE
    best: tuple[float, int, int] = (-1.0, 0, 0)
    for stretch in (-1, 0, 1):
        second = first + apart + stretch
        score = lines[first] - lines[first - _OUTSIDE] + lines[second] - lines[second + _OUTSIDE]
        score = score - 0.25 * np.abs(shifts) / reach
        index = int(np.argmax(score))
        best = max(best, (float(score[index]), int(first[index]), int(second[index])))
    seen = sum(bool(lines[edge] > _SEEN) for edge in best[1:])
    return low + best[1], low + best[2], seen


def _levels(
    flat: Flat, bounds: Matrix, top: float, bottom: float
) -> tuple[list[float] | None, list[float] | None, int]:
    """The upper and the lower edge in each piece; pieces where none is seen follow the others."""
    found: list[list[float | None]] = [[], []]
    seen = 0
    for start, end in itertools.pairwise(bounds):
        for level, expected in zip(found, (top, bottom), strict=True):
            place, is_seen = _edge(flat, expected, (start, end), vertical=False)
            level.append(place - expected if is_seen else None)
            seen += is_seen
    shifts = [[shift for shift in level if shift is not None] for level in found]
    if not shifts[0] and not shifts[1]:
        return None, None, 0
    general = [float(np.median(own or other)) for own, other in (shifts, shifts[::-1])]
    tops, bottoms = [
        [expected + (usual if shift is None else shift) for shift in level]
        for level, expected, usual in zip(found, (top, bottom), general, strict=True)
    ]
    return tops, bottoms, seen


def _inside(
    flat: Flat,
    bounds: Matrix,
    tops: list[float],
    bottoms: list[float],
) -> tuple[Darkness, ...]:
    inset = _INSET_MM * PER_MM
    height = int(min(b - t for t, b in zip(tops, bottoms, strict=True)) - 2 * inset)
    pieces = []
    for i, top in enumerate(tops):
        start = bounds[i] + (inset if i == 0 else 0)
        end = bounds[i + 1] - (inset if i == len(tops) - 1 else 0)
        y = round(top + inset)
        piece = flat.darkness[max(y, 0) : y + height, max(round(start), 0) : round(end)]
        if y < 0 or height < 2 or piece.shape[0] != height or piece.shape[1] < 2:
            return ()
        pieces.append(piece)
    return tuple(pieces)


def _edge(
    flat: Flat, expected: float, span: tuple[float, float], *, vertical: bool
) -> tuple[float, bool]:
    """The place of a printed line near ``expected``, and whether there is one."""
    dark = flat.darkness.T if vertical else flat.darkness
    reach = int(_SEARCH_MM * PER_MM)
    low, high = round(expected) - reach, round(expected) + reach + 1
    inset = 0.08 * (span[1] - span[0])
    start, end = max(round(span[0] + inset), 0), max(round(span[1] - inset), 0)
    if low < 0 or high > dark.shape[0] or end - start < 4:
        return expected, False
    strip = np.clip(dark[low:high, start:end], 0, 1)
    profile = strip.mean(axis=1)
    lines = np.convolve(profile, np.ones(_LINE) / _LINE, mode="same")
    # a line near the expected place is likelier than one at the end of the search
    away = np.abs(np.arange(lines.size) - reach) / reach
    best = int(np.argmax(lines - 0.15 * away))
    around = slice(max(best - 2, 0), best + 3)
    weights = np.maximum(lines[around] - lines[around].min(), 1e-6)
    place = float((np.arange(lines.size)[around] * weights).sum() / weights.sum())
    return low + place, bool(lines[best] > _SEEN)
