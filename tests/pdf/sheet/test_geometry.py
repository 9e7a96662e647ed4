"""Nothing on paper stands on anything else, or where a printer can't print."""

from itertools import combinations

import pytest

from pdf.sheet.geometry import (
    BAND,
    FRAME,
    MILLIMETRE,
    QUIET,
    BoxKind,
    PageKind,
    PaperSize,
    boxes,
    codes,
    form_height,
    mark_ids,
    marks,
)

Rectangle = tuple[float, float, float, float]
UNPRINTABLE = 6.35 * MILLIMETRE


def rectangles(kind: PageKind, size: PaperSize, *, mirrored: bool) -> list[Rectangle]:
    """Left, bottom, right, top of everything, each with the white that it needs around it."""
    found = [(m.x - 2, m.y - 2, m.x + m.side + 2, m.y + m.side + 2) for m in marks(size)]
    for code in codes(size):
        found.append(
            (code.x - QUIET, code.y - QUIET, code.x + code.side + QUIET, code.y + code.side + QUIET)
        )
    for box in boxes(kind, size, mirrored=mirrored):
        found.append(
            (box.x - FRAME, box.y - FRAME, box.x + box.width + FRAME, box.y + box.height + FRAME)
        )
    return found


@pytest.mark.parametrize("size", PaperSize)
@pytest.mark.parametrize("kind", PageKind)
@pytest.mark.parametrize("mirrored", [False, True])
def test_nothing_touches_anything_else(kind: PageKind, size: PaperSize, mirrored: bool) -> None:
    for one, other in combinations(rectangles(kind, size, mirrored=mirrored), 2):
        apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
        assert apart, (one, other)


@pytest.mark.parametrize("size", PaperSize)
@pytest.mark.parametrize("kind", PageKind)
def test_everything_is_where_printers_print(kind: PageKind, size: PaperSize) -> None:
    width, height = size.points
    for square in (*marks(size), *codes(size)):
        assert square.x >= UNPRINTABLE
        assert square.y >= UNPRINTABLE
        assert square.x + square.side <= width - UNPRINTABLE
        assert square.y + square.side <= height - UNPRINTABLE
    for box in boxes(kind, size):
        assert box.x >= UNPRINTABLE
        assert box.x + box.width <= width - UNPRINTABLE


@pytest.mark.parametrize("size", PaperSize)
@pytest.mark.parametrize("kind", PageKind)
def test_marks_and_codes_stay_in_their_bands_and_the_form_between_them(
    kind: PageKind, size: PaperSize
) -> None:
    _, height = size.points
    for square in (*marks(size), *codes(size)):
        low, high = square.y - 1, square.y + square.side + 1
        assert high <= BAND or low >= height - BAND
    for box in boxes(kind, size):
        if box.kind is BoxKind.CONTROL:
            assert box.y + box.height <= BAND
        else:
            assert box.y >= BAND
            assert box.y + box.height <= BAND + form_height(kind) + 0.001


def test_a_mark_tells_kind_of_page_and_corner() -> None:
    ids = [found for kind in PageKind for found in mark_ids(kind)]
    assert len(set(ids)) == 12
