"""Where to look on a scanned page: its boxes in points of the paper, and the part to show first.

The kept picture is the paper alone, upright, wherever its boxes are known; so their places on it
are those on the paper, with y downwards as pictures count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake.paper.model import ScanPage
from intake.paper.outcomes import Question
from pdf.sheet.geometry import PaperSize

_LOOK_AT: Mapping[Question, tuple[str, ...]] = {
    Question.WHICH_CHOICE: ("consent_yes", "consent_no"),
    Question.IS_IT_SIGNED: ("signature", "witness"),
    Question.IS_IT_DATED: ("date",),
    Question.WHO_IS_IT: ("student_name", "birth_date", "school"),
    Question.WHO_SIGNED: ("signature", "printed_name"),
    Question.SIGNED_LATER: ("date",),
    Question.SAME_STUDENT_TWICE: ("consent_yes", "consent_no"),
}
_DOUBTS: Mapping[Question, tuple[str, ...]] = {
    Question.WHICH_CHOICE: ("choice_",),
    Question.IS_IT_SIGNED: ("signature_", "mark_without_witness"),
    Question.IS_IT_DATED: ("date_",),
}
"""How those of the reader's reasons begin that are about one box."""
_ABOUT_ONE_BOX = tuple(begin for begins in _DOUBTS.values() for begin in begins)
_ABOUT_THE_PAGE = frozenset({*_DOUBTS, Question.WHAT_IS_THIS, Question.IS_IT_A_REVOCATION})
"""Questions for which it matters how well the page as a whole could be read."""
_AROUND = 34.0
"""Points: the labels above the boxes are to be seen too."""
_NARROWEST = 300.0
"""Points: less than half of a page shows no connection."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of the page, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def as_view_box(self) -> str:
        """For SVG."""
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page to look at."""

    page_id: str
    width: float
    height: float
    is_flat: bool
    """The picture is the paper alone; else it is shown as it was scanned."""
    doubtful: tuple[Rectangle, ...]
    first_view: Rectangle
    reasons: tuple[str, ...]
    """Why the reader was not sure, as far as it matters for the question."""


def page_picture_of(page: ScanPage, question: Question) -> PagePicture:
    """The page, with what the question is about."""
    points = {name: box["points"] for name, box in page.findings.get("boxes", {}).items()}
    size = _paper_size(points)
    width, height = size.points
    wanted = _LOOK_AT.get(question, ())
    doubtful = tuple(_upper_left(points[name], height) for name in wanted if name in points)
    return PagePicture(
        page_id=page.id,
        width=width,
        height=height,
        is_flat=bool(points),
        doubtful=doubtful,
        first_view=_around(doubtful, width, height),
        reasons=tuple(r for r in page.findings.get("reasons", ()) if _matters(r, question)),
    )


def _matters(reason: str, question: Question) -> bool:
    if reason.startswith(_ABOUT_ONE_BOX):
        return reason.startswith(_DOUBTS.get(question, ("-",)))
    return question in _ABOUT_THE_PAGE


def _paper_size(points: Mapping[str, Any]) -> PaperSize:
    """The form is as far from the left as from the right edge, so it says how wide the paper is."""
    if not points:
        return PaperSize.LETTER
    width = min(x for x, *_ in points.values()) + max(x + w for x, _, w, _ in points.values())
    return min(PaperSize, key=lambda size: abs(size.points[0] - width))


def _upper_left(points: Any, height: float) -> Rectangle:
    x, y, box_width, box_height = map(float, points)
    return Rectangle(x, height - y - box_height, box_width, box_height)


def _around(boxes: tuple[Rectangle, ...], width: float, height: float) -> Rectangle:
    if not boxes:
        return Rectangle(0, 0, width, height)
    left = min(box.x for box in boxes) - _AROUND
    right = max(box.x + box.width for box in boxes) + _AROUND
    top = min(box.y for box in boxes) - _AROUND
    bottom = max(box.y + box.height for box in boxes) + _AROUND
    wide = min(max(right - left, _NARROWEST), width)
    high = min(bottom - top, height)
    x = min(max((left + right - wide) / 2, 0), width - wide)
    y = min(max(top, 0), height - high)
    return Rectangle(x, y, wide, high)
