"""What the reader saw on a page, how sure it is, and why a person must look."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import Box

Point = tuple[float, float]


class PaperKind(StrEnum):
    """What a page is."""

    WAIVER = "waiver"
    REVOCATION = "revocation"
    BLANK = "blank"
    """The back of a sheet, or a white separator."""
    UNKNOWN = "unknown"
    """Something else, or nothing that could be read."""


class Choice(StrEnum):
    """Which boxes of a question are ticked."""

    YES = "yes"
    NO = "no"
    BOTH = "both"
    NONE = "none"
    UNSURE = "unsure"


class Presence(StrEnum):
    """Whether somebody wrote in a box."""

    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


class Reason(StrEnum):
    """Why a person must look at a page."""

    NO_CODE = "no_code"
    """It looks like one of ours, but neither code can be read."""
    CODES_DIFFER = "codes_differ"
    """Two papers lie on each other."""
    WRONG_KIND = "wrong_kind"
    """Its marks and its codes contradict each other."""
    UNKNOWN_LAYOUT = "unknown_layout"
    """Printed by a newer version of this program."""
    NOT_REGISTERED = "not_registered"
    """Where its boxes are can't be told exactly enough."""
    CONTROLS = "controls"
    """The two control boxes don't read as they were printed: the scan is too poor."""
    CUT_OFF = "cut_off"
    """A part of the form is not on the picture."""
    CHOICE_UNSURE = "choice_unsure"
    CHOICE_BOTH = "choice_both"
    CHOICE_NONE = "choice_none"
    SIGNATURE_UNSURE = "signature_unsure"
    SIGNATURE_ABSENT = "signature_absent"
    DATE_UNSURE = "date_unsure"
    DATE_ABSENT = "date_absent"
    MARK_WITHOUT_WITNESS = "mark_without_witness"
    """A short mark stands for a signature, and no witness signed."""
    FOREIGN = "foreign"
    """Not one of this programme's papers."""
    SEVERAL_PAGES = "several_pages"
    """More than one paper on one picture."""


@dataclass(frozen=True, slots=True)
class BoxFinding:
    """One box of the form."""

    box: Box
    corners: tuple[Point, Point, Point, Point]
    """Upper left, upper right, lower right, lower left on the paper; pixels of the picture."""
    state: Presence
    confidence: float
    """From 0 to 1: how far the measure is from being unsure."""
    ink: float
    """Length of what was written, in millimetres."""


@dataclass(frozen=True, slots=True)
class PageFindings:
    """One page."""

    kind: PaperKind
    code: SheetCode | None = None
    rotation: int = 0
    """By how many degrees the page is turned clockwise on the picture: 0, 90, 180 or 270."""
    choice: Choice | None = None
    """None on pages that ask nothing."""
    boxes: tuple[BoxFinding, ...] = ()
    reasons: tuple[Reason, ...] = ()
    confidence: float = 1.0
    corners: tuple[Point, ...] = field(default=())
    """Of the paper on the picture, where it was found: pixels, in the order of a box's."""

    @property
    def review(self) -> bool:
        """Whether a person must look."""
        return bool(self.reasons)

    def state(self, name: str) -> Presence | None:
        """Of a box by its name; None where the page has no such box."""
        return next((found.state for found in self.boxes if found.box.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """As ``intake scan read --json`` prints it, without the file and the page."""
        code = self.code
        return {
            "kind": self.kind.value,
            "document": code.document.value if code else None,
            "version": code.version if code else None,
            "language": code.language if code else None,
            "waiver_page": code.page if code else None,
            "waiver_pages": code.pages if code else None,
            "waiver_id": code.waiver_id if code else None,
            "rotation": self.rotation,
            "choices": {"consent": self.choice.value} if self.choice else {},
            "signature": self.state("signature"),
            "date": self.state("date"),
            "witness": self.state("witness"),
            "review": self.review,
            "reasons": [reason.value for reason in self.reasons],
            "confidence": round(self.confidence, 3),
            "boxes": {found.box.name: _box_json(found) for found in self.boxes},
        }


def _box_json(found: BoxFinding) -> dict[str, Any]:
    box = found.box
    return {
        "state": found.state.value,
        "confidence": round(found.confidence, 3),
        "ink_mm": round(found.ink, 1),
        "points": [round(v, 2) for v in (box.x, box.y, box.width, box.height)],
        "pixels": [[round(x, 1), round(y, 1)] for x, y in found.corners],
    }
