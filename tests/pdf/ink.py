"""What a page draws, read from its operators alone: glyphs, lines, images, with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import uharfbuzz as hb
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Drawn:
    """One glyph: its font, its id in the font file, where its origin stands (points)."""

    font: str
    glyph: int
    x: float
    y: float
    size: float


@dataclass
class Font:
    """An embedded Type 0 font."""

    name: str
    face: Any
    widths: dict[int, float]
    glyph_of: bytes
    """The CIDToGIDMap, empty where a code is its glyph."""
    face_font: Any = field(init=False)

    def __post_init__(self) -> None:
        self.face_font = hb.Font(self.face)

    def glyph(self, code: int) -> int:
        """The glyph that a code draws."""
        if not self.glyph_of:
            return code
        return int.from_bytes(self.glyph_of[2 * code : 2 * code + 2], "big")

    def box(self, glyph: int) -> tuple[float, float, float, float] | None:
        """The glyph's ink in ems: left, bottom, right, top; None where it has none."""
        extents = self.face_font.get_glyph_extents(glyph)
        if extents is None or not extents.width:
            return None
        em = self.face.upem
        left, top = extents.x_bearing / em, extents.y_bearing / em
        return left, top + extents.height / em, left + extents.width / em, top


@dataclass
class Page:
    """A page's size, fonts, glyphs, painted corners, and names of what else it draws."""

    width: float
    height: float
    fonts: dict[str, Font]
    glyphs: list[Drawn]
    corners: list[tuple[float, float]]
    """Ends of painted lines and curves, corners of rectangles."""
    others: list[str]
    """Operators that draw neither text nor paths: images, forms, shadings."""

    def boxes(self) -> Iterator[tuple[float, float, float, float]]:
        """The ink of each glyph in points."""
        for drawn in self.glyphs:
            box = self.fonts[drawn.font].box(drawn.glyph)
            if box is not None:
                left, bottom, right, top = (edge * drawn.size for edge in box)
                yield drawn.x + left, drawn.y + bottom, drawn.x + right, drawn.y + top


def pages(pdf: bytes) -> list[Page]:
    """Every page of a file."""
    reader = PdfReader(BytesIO(pdf))
    return [_page(reader, page) for page in reader.pages]


def _page(reader: PdfReader, page: PageObject) -> Page:
    fonts = {
        str(name)[1:]: _font(value.get_object())
        for name, value in page["/Resources"]["/Font"].items()  # type: ignore[index]
    }
    box = page.mediabox
    result = Page(float(box.width), float(box.height), fonts, [], [], [])
    _Interpreter(result).run(ContentStream(page["/Contents"].get_object(), reader).operations)
    return result


def _font(font: Any) -> Font:
    descendant = font["/DescendantFonts"][0].get_object()
    program = descendant["/FontDescriptor"].get_object()["/FontFile2"].get_object().get_data()
    glyph_map = descendant["/CIDToGIDMap"].get_object()
    widths: dict[int, float] = {}
    entries = list(descendant["/W"].get_object())
    for first, row in zip(entries[::2], entries[1::2], strict=True):
        widths |= {int(first) + i: float(width) for i, width in enumerate(row)}
    return Font(
        str(font["/BaseFont"]).split("+")[1],
        hb.Face(program),
        widths,
        b"" if glyph_map == "/Identity" else glyph_map.get_data(),
    )


class _Interpreter:
    """As much of a content stream's language as our pages use; any other operator is an error."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._matrix = _IDENTITY
        self._saved: list[Matrix] = []
        self._font, self._size, self._rise = "", 0.0, 0.0
        self._unseen = False
        self._x = self._y = 0.0

    def run(self, operations: list[tuple[Any, bytes]]) -> None:
        for operands, operator in operations:
            self._one(operator.decode(), operands)

    def _one(self, operator: str, operands: Any) -> None:
        if operator.startswith("T"):
            self._text(operator, operands)
            return
        match operator:
            case "q":
                self._saved.append(self._matrix)
            case "Q":
                self._matrix = self._saved.pop()
            case "cm":
                self._matrix = _product([float(n) for n in operands], self._matrix)
            case "m" | "l" | "c":
                self._corner(float(operands[-2]), float(operands[-1]))
            case "re":
                x, y, width, height = map(float, operands)
                self._corner(x, y)
                self._corner(x + width, y + height)
            case "g" | "G" | "w" | "J" | "j" | "S" | "f" | "W" | "n" | "BT" | "ET":
                pass
            case "BDC" | "BMC" | "EMC":
                pass
            case _:
                self._page.others.append(operator)

    def _text(self, operator: str, operands: Any) -> None:
        match operator:
            case "Tf":
                self._font, self._size = str(operands[0])[1:], float(operands[1])
            case "Tm":
                assert [float(n) for n in operands[:4]] == [1, 0, 0, 1]
                self._x, self._y = float(operands[4]), float(operands[5])
            case "Tr":
                self._unseen = operands[0] == 3
            case "Ts":
                self._rise = float(operands[0])
            case "TJ":
                self._show(operands[0])
            case _:
                self._page.others.append(operator)

    def _corner(self, x: float, y: float) -> None:
        a, b, c, d, e, f = self._matrix
        self._page.corners.append((a * x + c * y + e, b * x + d * y + f))

    def _show(self, pieces: Any) -> None:
        font = self._page.fonts[self._font]
        for piece in pieces:
            if isinstance(piece, (int, float)):
                self._x -= float(piece) / 1000 * self._size
                continue
            codes = piece.original_bytes
            for i in range(0, len(codes), 2):
                code = int.from_bytes(codes[i : i + 2], "big")
                drawn = Drawn(
                    self._font, font.glyph(code), self._x, self._y + self._rise, self._size
                )
                if not self._unseen:
                    self._page.glyphs.append(drawn)
                self._x += font.widths[code] / 1000 * self._size


def _product(first: list[float], second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip
