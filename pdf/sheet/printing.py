"""What makes a printed page readable by machine, and by shaking hands: its furniture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pdf.content import Answer
from pdf.frame import Frame, Placed
from pdf.layout import (
    BODY,
    CONTENT_WIDTH,
    ENGLISH,
    LABEL,
    VALUE,
    Drawing,
    Flow,
    Row,
    Style,
    is_right_to_left,
    moved,
)
from pdf.sheet.code import SheetCode, SheetDocument
from pdf.sheet.geometry import (
    BAND,
    CHECK_SIDE,
    MILLIMETRE,
    ONLINE_SIDE,
    Box,
    BoxKind,
    PageKind,
    PaperSize,
    boxes,
    codes,
    form_height,
    mark_ids,
    marks,
    online_code,
)
from pdf.sheet.marks import draw_box, draw_code, draw_mark
from pdf.tags import Artifact, Role, empty_box

_FOOT_LEFT = 46 * MILLIMETRE
_FOOT_WIDTH = 116 * MILLIMETRE
_FOOT_TOP = 28 * MILLIMETRE
_BESIDE = 3 * MILLIMETRE
_LABEL_DROP = 1.0
_VALUE_SIZES = (10.0, 8.0, 6.5, 5.0, 4.0)
"""A long name is set smaller, never cut off."""
_CHOICE = Style(size=11, weight=700, before=0)
_ID = Style(size=8, colour="0.35 g", before=0)
_SMALL_LABEL = replace(LABEL, size=8.5, before=0)
_ONLINE = replace(BODY, size=8.5, before=0)


def frame_of(size: PaperSize) -> Frame:
    """Room for text between the bands, on this paper."""
    width, height = size.points
    margin = (width - CONTENT_WIDTH) / 2
    return Frame(
        width=width,
        height=height,
        margin=margin,
        top=height - BAND - 2 * MILLIMETRE,
        bottom=BAND + 2 * MILLIMETRE,
        foot_top=_FOOT_TOP,
        foot_shift=_FOOT_LEFT - margin,
        foot_width=_FOOT_WIDTH,
    )


def form_row(kind: PageKind) -> Row:
    """Holds the place of the part with boxes, at the bottom of the page."""
    return Row(height=form_height(kind) - 2 * MILLIMETRE, before=6.0, form=True)


@dataclass(frozen=True, slots=True)
class SheetLabels:
    """The words beside boxes, each with its English, and values known before printing."""

    boxes: Mapping[str, Answer]
    """By the box's name; a value is printed inside the box."""
    online: Answer | None = None
    """How to answer online instead; its value is the address in the code."""


@dataclass(frozen=True, slots=True)
class SheetFurniture:
    """The marks, codes, boxes and labels of one paper's pages."""

    document: SheetDocument
    version: str
    language: str
    waiver_id: str
    size: PaperSize
    labels: SheetLabels
    online_pages: int = 0
    """On how many first pages the way to answer online is shown."""
    _margin: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_margin", frame_of(self.size).margin)

    def operators(self, page: int, pages: int, placed: Placed) -> str:
        """Marks in the corners, two codes, control boxes and the form's boxes."""
        kind = self._kind(placed)
        code = SheetCode(
            self.document, kind, self.version, self.language, page + 1, pages, self.waiver_id,
            self.size,
        ).encoded()  # fmt: skip
        drawn = [draw_mark(*pair) for pair in zip(marks(self.size), mark_ids(kind), strict=True)]
        drawn += [draw_code(square, code) for square in codes(self.size)]
        drawn += [draw_box(box) for box in self._boxes(kind) if box.kind is not BoxKind.CHECK]
        if self.labels.online is not None and page < self.online_pages:
            drawn.append(draw_code(online_code(self.size), self.labels.online.value))
        return "q " + " ".join(drawn) + " Q"

    def rows(self, flow: Flow, page: int, pages: int, placed: Placed) -> Placed:
        """The words of this page's boxes, its id, and how to answer online."""
        found = [*self._id_rows(flow)]
        if self.labels.online is not None and page < self.online_pages:
            found += self._online_rows(flow, self.labels.online)
        for box in self._boxes(self._kind(placed)):
            if box.kind is not BoxKind.CONTROL:
                found += self._box_rows(flow, box)
        return found

    def _kind(self, placed: Placed) -> PageKind:
        if not any(row.form for _, row in placed):
            return PageKind.TEXT
        waiver = self.document is SheetDocument.WAIVER
        return PageKind.CONSENT if waiver else PageKind.REVOCATION

    def _boxes(self, kind: PageKind) -> Sequence[Box]:
        return boxes(kind, self.size, mirrored=is_right_to_left(self.language))

    def _box_rows(self, flow: Flow, box: Box) -> Placed:
        label = self.labels.boxes.get(box.name)
        if label is None:
            return []
        if box.kind is BoxKind.CHECK:
            return self._check_rows(flow, box, label)
        right = is_right_to_left(self.language)
        rows = flow.paragraph_rows(label.label, self.language, _SMALL_LABEL, width=box.width)
        if label.english != label.label:
            rows += flow.paragraph_rows(
                label.english, "en", ENGLISH, width=box.width, aligned_right=right
            )
        height = sum(row.height for row in rows)
        placed = self._stacked(rows, box.x, box.y + box.height + height + _LABEL_DROP)
        if label.value:
            placed = [*placed, *self._value_rows(flow, box, label.value)]
        return placed

    def _value_rows(self, flow: Flow, box: Box, value: str) -> Placed:
        rows: list[Row] = []
        for size in _VALUE_SIZES:
            style = replace(VALUE, size=size, before=0)
            width = box.width - 10
            rows = flow.paragraph_rows(value, self.language, style, width=width, personal=True)
            if sum(row.height for row in rows) <= box.height - 2:
                break
        height = sum(row.height for row in rows)
        return self._stacked(rows, box.x + 5, box.y + (box.height + height) / 2)

    def _check_rows(self, flow: Flow, box: Box, label: Answer) -> Placed:
        """Beside the box, the first line on its middle."""
        right = is_right_to_left(self.language)
        width = CONTENT_WIDTH - CHECK_SIDE - _BESIDE
        x = box.x - _BESIDE - width if right else box.x + CHECK_SIDE + _BESIDE
        form = flow.element(Role.FORM, self.language, empty_box(label.label))
        at_its_left = replace(box, x=box.x - self._margin, y=0.0)
        square = Row(box.height, parts=(Drawing(draw_box(at_its_left), form),))
        rows = flow.paragraph_rows(label.label, self.language, _CHOICE, width=width)
        first = rows[0].height
        if label.english != label.label:
            rows += flow.paragraph_rows(
                label.english, "en", ENGLISH, width=width, aligned_right=right
            )
        words = self._stacked(rows, x, box.y + CHECK_SIDE / 2 + first * 0.55)
        return [(box.y, square), *words]

    def _id_rows(self, flow: Flow) -> Placed:
        """The id in letters, for people, above the control boxes."""
        width, _ = self.size.points
        rows = flow.paragraph_rows(
            self.waiver_id, "en", _ID, owner=Artifact.FOOT, width=26 * MILLIMETRE
        )
        return self._stacked(rows, width - 47 * MILLIMETRE, 21.5 * MILLIMETRE)

    def _online_rows(self, flow: Flow, online: Answer) -> Placed:
        square = online_code(self.size)
        x = square.x + ONLINE_SIDE + 5 * MILLIMETRE
        width = codes(self.size)[0].x - x - 8 * MILLIMETRE
        right = is_right_to_left(self.language)
        rows = flow.paragraph_rows(online.label, self.language, _ONLINE, width=width)
        if online.english != online.label:
            rows += flow.paragraph_rows(
                online.english, "en", ENGLISH, width=width, aligned_right=right
            )
        rows += flow.paragraph_rows(online.value, "en", _ID, width=width, aligned_right=right)
        return self._stacked(rows, x, square.y + square.side)

    def _stacked(self, rows: Sequence[Row], x: float, top: float) -> Placed:
        """Rows under each other, their left edge at ``x`` on the page."""
        found = []
        for row in rows:
            shift = x - self._margin
            found.append((top, replace(row, parts=tuple(moved(part, shift) for part in row.parts))))
            top -= row.height
        return found
