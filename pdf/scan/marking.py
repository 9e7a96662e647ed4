"""What the ink in a box means. Where two readings are possible, neither is taken."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pdf.scan.findings import Presence
from pdf.scan.flat import PER_MM, Flat
from pdf.scan.frames import Found
from pdf.scan.ink import Ink, measure
from pdf.sheet.geometry import FRAME, MILLIMETRE


class Tick(StrEnum):
    """A box to tick."""

    TICKED = "ticked"
    EMPTY = "empty"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judged:
    """A box's state, with the measures behind it."""

    state: Presence
    confidence: float
    ink: Ink


_TICK_STROKES = 3.6
_TICK_EXTENT = 2.8
"""Millimetres: a dot is smaller."""
_SCRIBBLE = 21.0
"""A cross in a box has 17 mm of stroke at most; more is crossing out."""
_FILLED = 0.7
_NOTHING_EXTENT = 1.0
_OVERRUN_MM = 3.2
"""A line that goes on so far on two opposite sides crosses the box out."""
_DIRTY = 0.04
_WRITTEN = {"signature": 18.0}
_WRITTEN_ELSEWHERE = 11.0
"""Millimetres of stroke that are writing, and not a slip of the pen."""
_CROSSINGS = 3.0
_EXTENT = 2.5


def judge_tick(flat: Flat, found: Found) -> Judged:
    """Whether a box is ticked."""
    ink = measure(found.whole())
    if _is_nothing(ink):
        return Judged(Presence.ABSENT, _absent_confidence(ink), ink)
    filled = ink.fill > _FILLED
    marked = ink.strokes >= _TICK_STROKES and ink.extent >= _TICK_EXTENT
    if not (marked or filled) or (ink.strokes > _SCRIBBLE and not filled):
        return Judged(Presence.UNSURE, 0.0, ink)
    if _is_crossed_out(flat, found):
        return Judged(Presence.UNSURE, 0.0, ink)
    surplus = 1.0 if filled else min(ink.strokes / _TICK_STROKES - 1, 1.0)
    return Judged(Presence.PRESENT, 0.5 + surplus / 2, ink)


def judge_writing(name: str, found: Found) -> Judged:
    """Whether somebody wrote in a box."""
    ink = measure(found.whole())
    if _is_nothing(ink):
        return Judged(Presence.ABSENT, _absent_confidence(ink), ink)
    wanted = _WRITTEN.get(name, _WRITTEN_ELSEWHERE)
    is_writing = (
        ink.strokes >= wanted
        and ink.crossings >= _CROSSINGS
        and ink.extent >= _EXTENT
        and ink.wide < 0.05
    )
    if is_writing:
        return Judged(Presence.PRESENT, 0.5 + min(ink.strokes / wanted - 1, 1.0) / 2, ink)
    return Judged(Presence.UNSURE, 0.0, ink)


def controls_read(filled: Found, empty: Found) -> bool:
    """Whether the two control boxes look as they were printed."""
    full, nothing = filled.whole(), measure(empty.whole())
    return float(np.mean(full > 0.5)) > 0.85 and _is_nothing(nothing)


def _is_nothing(ink: Ink) -> bool:
    """No ink at all, and no doubt about it."""
    return (
        ink.strokes == 0
        and ink.straight == 0
        and ink.wide == 0
        and ink.pale < 2 * _NOTHING_EXTENT
        and ink.specks < _DIRTY
    )


def _absent_confidence(ink: Ink) -> float:
    return 1.0 - max(ink.specks / _DIRTY, ink.pale / (2 * _NOTHING_EXTENT)) / 2


def _is_crossed_out(flat: Flat, found: Found) -> bool:
    """Whether strokes leave the box far on two opposite sides."""
    gap = round(FRAME / MILLIMETRE * PER_MM + 0.4 * PER_MM)
    far = round(_OVERRUN_MM * PER_MM)
    x0, y0, x1, y1 = (round(v) for v in (found.left, found.top, found.right, found.bottom))
    sides = [
        (slice(y0, y1), slice(x0 - far - gap, x0 - gap), 1),
        (slice(y0, y1), slice(x1 + gap, x1 + gap + far), 1),
        (slice(y0 - far - gap, y0 - gap), slice(x0, x1), 0),
        (slice(y1 + gap, y1 + gap + far), slice(x0, x1), 0),
    ]
    reached = [_reaches(flat, rows, columns, axis) for rows, columns, axis in sides]
    return (reached[0] and reached[1]) or (reached[2] and reached[3])


def _reaches(flat: Flat, rows: slice, columns: slice, axis: int) -> bool:
    """Whether ink goes on through the whole strip away from the box."""
    if rows.start < 0 or columns.start < 0:
        return False
    strip = flat.darkness[rows, columns] > 0.35
    if strip.size == 0:
        return False
    along = strip.any(axis=0) if axis == 1 else strip.any(axis=1)
    return float(along.mean()) > 0.85
