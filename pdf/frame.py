"""What a page has room for, and which rows go on which page."""

from collections.abc import Sequence
from dataclasses import dataclass

from pdf.layout import CONTENT_WIDTH, MARGIN, PAGE_BREAK, PAGE_HEIGHT, PAGE_WIDTH, Row


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's measures, in points from its lower left corner."""

    width: float = PAGE_WIDTH
    height: float = PAGE_HEIGHT
    margin: float = MARGIN
    """Left of the text; it is CONTENT_WIDTH wide on every paper."""
    top: float = PAGE_HEIGHT - 54.0
    bottom: float = 66.0
    foot_top: float = 52.0
    foot_shift: float = 0.0
    """From the margin to where the foot begins."""
    foot_width: float = CONTENT_WIDTH


Placed = Sequence[tuple[float, Row]]
"""Rows, each with the height of its top."""


def paginate(rows: Sequence[Row], frame: Frame) -> list[list[tuple[float, Row]]]:
    """Rows on pages, each with the height of its top; a page has at least one row."""
    pages: list[list[tuple[float, Row]]] = [[]]
    y = frame.top
    for index, row in enumerate(rows):
        if row is PAGE_BREAK:
            if pages[-1]:
                pages.append([])
                y = frame.top
            continue
        before = row.before if pages[-1] else 0.0
        if pages[-1] and y - before - _needed(rows, index, frame) < frame.bottom:
            held = index > 0 and rows[index - 1].keep_next
            if not held or y - before - row.height < frame.bottom:  # or a chain as long as a page
                pages.append([])
                y, before = frame.top, 0.0
        y -= before
        pages[-1].append((y, row))
        y -= row.height
    return pages


def _needed(rows: Sequence[Row], index: int, frame: Frame) -> float:
    """Height of a row and of those that must stand with it, at most a third of a page."""
    total = rows[index].height
    third = (frame.top - frame.bottom) / 3
    while rows[index].keep_next and index + 1 < len(rows) and total < third:
        index += 1
        total += rows[index].before + max(rows[index].height, 0.0)
    return total
