"""Printed papers: nothing stands on a mark, a code or a box, in any language, on either paper."""

import pytest

from intake.paper.printing import PaperOrder, printed_papers
from pdf.sheet.code import SheetDocument
from pdf.sheet.geometry import (
    MILLIMETRE,
    QUIET,
    Box,
    BoxKind,
    PageKind,
    PaperSize,
    boxes,
    codes,
    marks,
    online_code,
)
from tests.pdf.ink import Page, pages
from tests.pdf.samples import settings
from tests.pdf.test_layout import overlaps
from translations import Direction, language, languages

Rectangle = tuple[float, float, float, float]
LONG_NAME = "Maria del Carmen de los Ángeles نی‌لوفر နီၢ်ဖီခူ " * 4
_PRINTABLE = 6 * MILLIMETRE
_TOUCH = 0.3


def printed(code: str, size: PaperSize, document: SheetDocument) -> list[Page]:
    """A filled-in paper's pages."""
    order = PaperOrder(
        code, document, student_name=LONG_NAME, birth_date="2012-03-04", school="Rose Park " * 9
    )
    return pages(printed_papers(settings(), [order], size=size).pdf)


def kept_free(size: PaperSize) -> list[Rectangle]:
    """Marks and codes with the white that they need."""
    found = [(m.x - 2, m.y - 2, m.x + m.side + 2, m.y + m.side + 2) for m in marks(size)]
    for square in (*codes(size), online_code(size)):
        quiet = QUIET if square in codes(size) else 2.0
        found.append(
            (
                square.x - quiet,
                square.y - quiet,
                square.x + square.side + quiet,
                square.y + square.side + quiet,
            )
        )
    return found


def meets(one: Rectangle, other: Rectangle) -> bool:
    """Whether they have more than a hair in common."""
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > _TOUCH
        and min(one[3], other[3]) - max(one[1], other[1]) > _TOUCH
    )


@pytest.mark.parametrize("document", SheetDocument)
@pytest.mark.parametrize("size", PaperSize)
@pytest.mark.parametrize("code", languages())
def test_words_keep_off_marks_codes_and_edges(
    code: str, size: PaperSize, document: SheetDocument
) -> None:
    width, height = size.points
    for page in printed(code, size, document):
        assert (round(page.width, 1), round(page.height, 1)) == (round(width, 1), round(height, 1))
        assert list(overlaps(page)) == []
        for box in page.boxes():
            assert not any(meets(box, free) for free in kept_free(size)), box
            assert min(box[0], box[1], width - box[2], height - box[3]) > _PRINTABLE, box


@pytest.mark.parametrize("size", PaperSize)
@pytest.mark.parametrize("code", languages())
def test_boxes_to_fill_in_are_empty_and_values_stand_inside_theirs(
    code: str, size: PaperSize
) -> None:
    mirrored = language(code).direction is Direction.RTL
    every_box = boxes(PageKind.CONSENT, size, mirrored=mirrored)
    papers = printed(code, size, SheetDocument.WAIVER)
    (form,) = [page for page in papers if all(_has(page, box) for box in every_box)]
    for box in every_box:
        inside = (box.x, box.y, box.x + box.width, box.y + box.height)
        inked = [ink for ink in form.boxes() if meets(ink, inside)]
        if box.name in ("student_name", "birth_date", "school"):
            assert inked
            assert all(_within(ink, inside) for ink in inked), box.name
        elif box.kind is not BoxKind.CONTROL:
            assert inked == [], box.name


def _within(ink: Rectangle, around: Rectangle) -> bool:
    return (
        ink[0] >= around[0] and ink[1] >= around[1] and ink[2] <= around[2] and ink[3] <= around[3]
    )


def _has(page: Page, box: Box) -> bool:
    """Whether the box is drawn there."""
    return any(abs(x - box.x) < _TOUCH and abs(y - box.y) < _TOUCH for x, y in page.corners)
