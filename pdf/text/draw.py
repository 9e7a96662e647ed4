"""From lines of glyphs to the operators of a page."""

from dataclasses import dataclass

from pdf.file import number, utf16
from pdf.fonts import REGULAR, preference
from pdf.text.embed import DocumentFonts, FontUse
from pdf.text.paragraph import Line
from pdf.text.shape import MISSING_WIDTH, Cluster, Glyph, Item

_BOX_DIGITS = 0.3
"""Size of the digits in a code-point box, in ems of the text around it."""


@dataclass(slots=True)
class _Pen:
    """Where a run's text stands, in thousandths of an em, and what is being written."""

    pieces: list[str]
    wanted: float = 0.0
    actual: float = 0.0
    rise: int = 0
    open: bool = False

    def start(self) -> None:
        if not self.open:
            self.pieces.append("[")
            self.open = True

    def stop(self) -> None:
        if self.open:
            self.pieces.append("]TJ ")
            self.open = False


def draw_line(
    line: Line, x: float, y: float, size: float, fonts: DocumentFonts, colour: str = "0 g"
) -> str:
    """Operators for a line whose left end is at ``x`` and baseline at ``y``, in points."""
    pieces = [colour, "BT"]
    boxes = []
    for run in line.runs:
        if run.face is None:
            for cluster in _visual(run):
                boxes.append(_box(line.text[cluster.start], x, y, size, fonts))
                x += cluster.width * size
            continue
        use = fonts.use(run.face)
        pieces.append(f"/{use.resource} {number(size)} Tf 1 0 0 1 {number(x)} {number(y)} Tm")
        pieces.append(_run(line.text, run, use, size))
        x += sum(cluster.width for cluster in run.clusters) * size
    pieces.append("ET")
    return "\n".join([*pieces, *boxes])


def _visual(run: Item) -> tuple[Cluster, ...]:
    return run.clusters[::-1] if run.level % 2 else run.clusters


def _run(text: str, run: Item, use: FontUse, size: float) -> str:
    pen = _Pen([])
    scale = 1000 / use.face.units_per_em
    for cluster in _visual(run):
        carried = text[cluster.start : cluster.end]
        single = len(cluster.glyphs) == 1
        if not single:
            pen.stop()
            pen.pieces.append(f"/Span<</ActualText<{utf16(carried).hex()}>>>BDC ")
        for position, glyph in enumerate(cluster.glyphs):
            code = use.code(glyph.id, carried if position == 0 else "")
            _show(pen, glyph, code, use, scale, size)
        if not single:
            pen.stop()
            pen.pieces.append("EMC ")
    pen.stop()
    if pen.rise:
        pen.pieces.append("0 Ts")
    return "".join(pen.pieces).replace("><", "")  # neighbouring codes in one string


def _show(pen: _Pen, glyph: Glyph, code: int, use: FontUse, scale: float, size: float) -> None:
    if glyph.dy != pen.rise:
        pen.stop()
        pen.pieces.append(f"{number(glyph.dy * scale * size / 1000)} Ts ")
        pen.rise = glyph.dy
    pen.start()
    target = pen.wanted + glyph.dx * scale
    if abs(target - pen.actual) > 0.001:
        pen.pieces.append(number(pen.actual - target))
        pen.actual = target
    pen.pieces.append(f"<{code:04x}>")
    pen.actual += use.advance(glyph.id)
    pen.wanted += glyph.advance * scale


def _box(character: str, x: float, y: float, size: float, fonts: DocumentFonts) -> str:
    """A frame with the code point in it, in two rows, read as the character itself."""
    digits = f"{ord(character):04X}"
    half = (len(digits) + 1) // 2
    use = fonts.use(preference("en", REGULAR)[0])
    small = size * _BOX_DIGITS
    rows = []
    for row, top in ((digits[:half], 0.42), (digits[half:], 0.08)):
        codes = "".join(
            f"<{use.code(glyph, digit):04x}>"
            for digit in row
            for glyph in (use.face.font.get_nominal_glyph(ord(digit)) or 0,)
        )
        rows.append(
            f"/{use.resource} {number(small)} Tf 1 0 0 1 {number(x + size * 0.12)} "
            f"{number(y + size * top)} Tm [{codes}]TJ"
        )
    frame = (
        f"q 0.4 w {number(x + size * 0.05)} {number(y)} "
        f"{number(size * (MISSING_WIDTH - 0.1))} {number(size * 0.75)} re S Q"
    )
    actual = f"/Span<</ActualText<{utf16(character).hex()}>>>BDC"
    return "\n".join([frame, actual, "BT", *rows, "ET", "EMC"])
