"""What the ink in a box means. Where two readings are possible, neither is taken."""

from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Darkness, Matrix
from pdf.scan.findings import Presence
from pdf.scan.flat import PER_MM, Flat
from pdf.scan.frames import Found
from pdf.scan.ink import Ink, measure


@dataclass(frozen=True, slots=True)
class Judged:
    """A box's state, with the measures behind it."""

    state: Presence
    confidence: float
    ink: Ink


_TICK_STROKES = 2.4
_TICK_REACH = 2.3
"""Millimetres: a dot is smaller."""
_SHADED = 0.25
_SHADED_EXTENT = 3.2
"""Part of the box, and millimetres: a box that was filled in, by hatching or altogether."""
_NOTHING_EXTENT = 1.0
_OVERRUN_MM = (1.5, 1.9)
"""Outside the frame: a tick leaves the box there on one side, crossing out on several."""
_NEAR_MM = (1.0, 1.3)
"""What leaves the box far on one side, and on the opposite one only so far, may be crossing out,
too: for a yes, which lets something be shared, that is doubt enough."""
_PERMITS = "consent_yes"
_OPPOSITE = 0.7
"""Cosine of the angle between two such places, seen from the box's middle, and turned round."""
_OUTSIDE = 0.3
_GAP_MM, _AROUND_MM = 0.7, 2.6
_DARK = 0.42
_BESIDE, _SHADED_BESIDE = 1.0, 0.35
"""How much ink there may be around a box for one inside it."""
_THIN = 1.5
"""Pixels: thinner is no stroke."""
_DIRTY = 0.04
_WRITTEN = {"signature": 26.0}
_WRITTEN_ELSEWHERE = 11.0
"""Millimetres of stroke that are writing, and not a slip of the pen; for a signature, more than
a large mark (X) has, which needs a witness."""
_CROSSINGS = 3.0
_BLOT = 0.2
_DOTTED = 0.6
"""Strokes a millimetre that a row meets: a highlighter in black and white is made of dots, and has
more; the densest writing has less."""
_EXTENT = 2.5
_SPRINKLED = 0.01
"""Specks a square millimetre: a box with more is dirty."""
_HANGING = 2.0
"""Millimetres of stroke that dust makes for each speck beside it, at most."""
_SOFTENED = 1.5
"""Pixels."""


def judge_tick(name: str, flat: Flat, found: Found) -> Judged:
    """Whether a box is ticked."""
    ink = measure(found.whole())
    if _is_nothing(ink):
        return Judged(Presence.ABSENT, _absent_confidence(ink), ink)
    shaded = ink.fill >= _SHADED and ink.extent >= _SHADED_EXTENT
    marked = ink.strokes >= _TICK_STROKES and ink.reach >= _TICK_REACH
    beside = _ink_outside(flat, found) / max(ink.fill, 1e-6)
    if not (marked or shaded) or beside > (_SHADED_BESIDE if shaded else _BESIDE):
        return Judged(Presence.UNSURE, 0.0, ink)
    if _is_crossed_out(flat, found, _NEAR_MM if name == _PERMITS else _OVERRUN_MM):
        return Judged(Presence.UNSURE, 0.0, ink)
    surplus = 1.0 if shaded else min(ink.strokes / _TICK_STROKES - 1, 1.0)
    return Judged(Presence.PRESENT, 0.5 + surplus / 2, ink)


def judge_writing(name: str, found: Found) -> Judged:
    """Whether somebody wrote in a box."""
    ink = measure(found.whole())
    if _is_nothing(ink):
        return Judged(Presence.ABSENT, _absent_confidence(ink), ink)
    wanted = _WRITTEN.get(name, _WRITTEN_ELSEWHERE)
    is_writing = (
        _is_long(ink, wanted)
        and ink.extent >= _EXTENT
        and ink.wide < _BLOT
        and ink.crossings < _DOTTED * found.whole().shape[1] / PER_MM
    )
    if is_writing and not _is_dirt(found.whole(), ink, wanted):
        return Judged(Presence.PRESENT, 0.5 + min(ink.strokes / wanted - 1, 1.0) / 2, ink)
    return Judged(Presence.UNSURE, 0.0, ink)


def _is_long(ink: Ink, wanted: float) -> bool:
    return ink.strokes >= wanted and ink.crossings >= _CROSSINGS


def _is_dirt(darkness: Darkness, ink: Ink, wanted: float) -> bool:
    """Whether all that looks like writing may be toner dust: among many specks some hang together.

    A pen's stroke is still one when the picture is softened, dust is a haze.
    """
    area = darkness.size / PER_MM**2
    if ink.sprinkled <= _SPRINKLED * area or ink.strokes >= wanted + _HANGING * ink.sprinkled:
        return False
    softened = cv2.GaussianBlur(np.clip(darkness, 0, 1), (0, 0), _SOFTENED)
    return not _is_long(measure(np.asarray(softened, np.float32)), wanted)


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


def _is_crossed_out(flat: Flat, found: Found, opposite_mm: tuple[float, float]) -> bool:
    """Whether strokes leave the box on more than two sides, or on opposite ones: there it is enough
    that they come to ``opposite_mm``."""
    leaving = _leaving(flat, found, _OVERRUN_MM)
    if len(leaving) > 2:
        return True
    near = _leaving(flat, found, opposite_mm)
    return any(float(np.dot(one, other)) < -_OPPOSITE for one in leaving for other in near)


def _ink_outside(flat: Flat, found: Found) -> float:
    """Ink around a box, as a part of the box's inside: a mark may stand beside it."""
    gap, far = round(_GAP_MM * PER_MM), round(_AROUND_MM * PER_MM)
    x0, y0, x1, y1 = (round(v) for v in (found.left, found.top, found.right, found.bottom))
    around = flat.darkness[max(y0 - far, 0) : y1 + far, max(x0 - far, 0) : x1 + far] > _DARK
    inner = around[far - gap : -(far - gap), far - gap : -(far - gap)]
    outside = float(around.sum() - inner.sum())
    return outside / found.whole().size


def _leaving(flat: Flat, found: Found, outside_mm: tuple[float, float]) -> list[Matrix]:
    """The directions in which ink crosses a square around the box, between these distances."""
    near, far = (round(mm * PER_MM) for mm in outside_mm)
    x0, y0 = round(found.left) - far, round(found.top) - far
    x1, y1 = round(found.right) + far + 1, round(found.bottom) + far + 1
    if x0 < 0 or y0 < 0 or x1 > flat.darkness.shape[1] or y1 > flat.darkness.shape[0]:
        return []
    around = (flat.darkness[y0:y1, x0:x1] > _OUTSIDE).astype(np.uint8)
    band = far - near + 1
    around[band:-band, band:-band] = 0
    count, _, stats, middles = cv2.connectedComponentsWithStats(around, connectivity=8)
    centre = np.array([(x1 - x0) / 2, (y1 - y0) / 2])
    crossing = [
        middles[label] - centre for label in range(1, count) if stats[label, 4] >= band * _THIN
    ]
    return [direction / np.linalg.norm(direction) for direction in crossing]
