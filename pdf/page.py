"""Draws rows on a page: every piece marked as what it is, in the order in which it is read."""

from collections.abc import Iterator, Sequence

from pdf.file import number
from pdf.frame import Placed
from pdf.layout import CONTENT_WIDTH, Drawing, Row, Text
from pdf.tags import Artifact, Element, MarkedPage, Role
from pdf.text.draw import draw_line
from pdf.text.embed import DocumentFonts
from pdf.text.kept import Piece

_BAND_PADDING = 3.0


def draw_rows(
    page: MarkedPage, placed: Placed, fonts: DocumentFonts, margin: float, *, right_to_left: bool
) -> None:
    """Add the rows to the page: their bands first, then what stands on them.

    ``right_to_left``: lines of that direction stand on it.
    """
    for band in _bands(placed, margin):
        page.show(Artifact.LAYOUT, band)
    for y, part in _reading_order(placed):
        if isinstance(part, Text):
            _show_line(page, part, margin, y, fonts, right_to_left)
        else:
            _show_drawing(page, part, margin, y)


def has_right_to_left(placed: Placed) -> bool:
    """Whether a line's own direction is from right to left."""
    return any(text.line.base == 1 and text.line.runs for text in _texts(placed))


def left_surplus(placed: Placed) -> int:
    """How many more letters run from left to right than the other way."""
    return sum(text.line.surplus for text in _texts(placed))


def _texts(placed: Placed) -> Iterator[Text]:
    for _, row in placed:
        yield from (part for part in (*row.parts, *row.second) if isinstance(part, Text))


def _reading_order(placed: Placed) -> Iterator[tuple[float, Text | Drawing]]:
    """Each part; a second column after the first one has ended."""
    second: list[tuple[float, Text | Drawing]] = []
    for i, (y, row) in enumerate(placed):
        yield from ((y, part) for part in row.parts)
        second += ((y, part) for part in row.second)
        if row.ends_columns or i + 1 == len(placed):
            yield from second
            second = []


def _show_line(
    page: MarkedPage,
    part: Text,
    margin: float,
    y: float,
    fonts: DocumentFonts,
    among_right_to_left: bool,
) -> None:
    pieces = draw_line(
        part.line,
        margin + part.x,
        y - part.drop,
        part.style.size,
        fonts,
        part.style.colour,
        english_apart=part.english_apart,
        among_right_to_left=among_right_to_left,
    )
    if isinstance(part.owner, Element) and any(piece.english for piece in pieces):
        _show_mixed(page, part.owner, pieces)
        return
    for piece in pieces:
        page.show(part.owner, piece.operators)


def _show_mixed(page: MarkedPage, owner: Element, pieces: Sequence[Piece]) -> None:
    """Pieces of two languages: drawn from left to right, read in the order of the text."""
    page.close()
    before = len(owner.kids)
    for piece in pieces:
        spoken = owner.add(Element(Role.SPAN, "en")) if piece.english else owner
        page.show(spoken, piece.operators)
    page.close()
    order = sorted(range(len(pieces)), key=lambda i: pieces[i].start)
    owner.kids[before:] = [owner.kids[before + i] for i in order]


def _show_drawing(page: MarkedPage, part: Drawing, margin: float, y: float) -> None:
    if part.box is not None and isinstance(part.owner, Element):
        left, bottom, right, top = part.box
        part.owner.box = (margin + left, y + bottom, margin + right, y + top)
    page.show(part.owner, f"q 1 0 0 1 {number(margin)} {number(y)} cm {part.operators} Q")


def _bands(placed: Placed, margin: float) -> Iterator[str]:
    """The tint behind the rows that have one, and its bar where the language begins."""
    for i, (y, row) in enumerate(placed):
        if not row.band:
            continue
        goes_on = i + 1 < len(placed) and placed[i + 1][1].band
        top = y if i and placed[i - 1][1].band else y + _BAND_PADDING
        bottom = placed[i + 1][0] if goes_on else y - row.height - _BAND_PADDING
        height = number(top - bottom)
        bar = margin + CONTENT_WIDTH - 2.5 if _is_right_to_left(row) else margin
        yield (
            f"0.94 g {number(margin)} {number(bottom)} {number(CONTENT_WIDTH)} {height} re f "
            f"0.2 g {number(bar)} {number(bottom)} 2.5 {height} re f"
        )


def _is_right_to_left(row: Row) -> bool:
    return any(isinstance(part, Text) and part.line.base == 1 for part in row.parts)
