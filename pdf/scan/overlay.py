"""A picture of a page with what the reader saw on it, for a person to check."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pdf.scan.arrays import Picture
from pdf.scan.findings import BoxFinding, PageFindings, Point, Presence

Colour: TypeAlias = tuple[int, int, int]
_COLOURS: dict[Presence, Colour] = {
    Presence.PRESENT: (40, 140, 20),
    Presence.ABSENT: (190, 110, 20),
    Presence.UNSURE: (30, 30, 220),
}
"""Blue, green, red."""
_PAPER: Colour = (200, 60, 160)
_REVIEW: Colour = (30, 30, 220)
_FINE: Colour = (40, 140, 20)
_LONGEST = 2200
"""Pixels of the longer side: enough to see, and small enough to look at many."""


def overlaid(picture: Picture, findings: PageFindings) -> NDArray[np.uint8]:
    """The picture in colour: paper and boxes outlined by their state, and a line that says it."""
    scale = min(1.0, _LONGEST / max(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    drawn = np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    thickness = max(round(max(drawn.shape) / 700), 1)
    if findings.corners:
        _outline(drawn, findings.corners, scale, _PAPER, thickness)
    for found in findings.boxes:
        _outline(drawn, found.corners, scale, _COLOURS[found.state], thickness)
        _label(drawn, found, scale, thickness)
    _say(drawn, findings, thickness)
    return drawn


def _outline(
    drawn: NDArray[np.uint8],
    corners: tuple[Point, ...],
    scale: float,
    colour: Colour,
    thickness: int,
) -> None:
    points = (np.array(corners) * scale).round().astype(np.int32)
    cv2.polylines(drawn, [points.reshape(-1, 1, 2)], True, colour, thickness)


def _label(drawn: NDArray[np.uint8], found: BoxFinding, scale: float, thickness: int) -> None:
    x, y = found.corners[3]
    text = f"{found.box.name}: {found.state.value}"
    place = (round(x * scale), round(y * scale) + 12 * thickness)
    size = 0.35 * thickness
    cv2.putText(
        drawn, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, _COLOURS[found.state], 1, cv2.LINE_AA
    )


def _say(drawn: NDArray[np.uint8], findings: PageFindings, thickness: int) -> None:
    code = findings.code
    which = f"{code.language} {code.page}/{code.pages} {code.waiver_id}" if code else "no code"
    choice = f" {findings.choice.value}" if findings.choice else ""
    why = f" REVIEW {', '.join(findings.reasons)}" if findings.review else ""
    colour = _REVIEW if findings.review else _FINE
    size = 0.5 * thickness
    text = f"{findings.kind.value} {which}{choice} turned {findings.rotation}{why}"
    cv2.putText(
        drawn, text, (10, 16 * thickness), cv2.FONT_HERSHEY_SIMPLEX, size, colour, thickness,
        cv2.LINE_AA,
    )  # fmt: skip
