"""From lines of glyphs to the operators of a page."""

from pdf.file import number, utf16
from pdf.fonts import REGULAR, preference
from pdf.text.embed import DocumentFonts, FontUse
from pdf.text.paragraph import Line
from pdf.text.shape import MISSING_WIDTH, Cluster, Item

_BOX_DIGITS = 0.3
"""Size of the digits in a code-point box, in ems of the text around it."""


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
    """One run, from the pen's place on. Distances are in font units until they are written."""
    pieces: list[str] = []
    shown: list[str] = []
    advances, scale = use.face.advances, 1000 / use.face.units_per_em
    wanted = actual = rise = 0

    def flush() -> None:
        if shown:
            pieces.append(f"[{''.join(shown)}]TJ ")
            shown.clear()

    for cluster in _visual(run):
        carried = text[cluster.start : cluster.end]
        if run.level % 2:
            spanned = False
            shares = _right_to_left_shares(cluster, carried)
        else:
            spanned = len(cluster.glyphs) != 1
            shares = [carried] + [""] * (len(cluster.glyphs) - 1)
        if spanned:
            flush()
            pieces.append(f"/Span<</ActualText<{utf16(carried).hex()}>>>BDC ")
        if len(shares) > len(cluster.glyphs):
            for share in shares[: len(shares) - len(cluster.glyphs)]:
                shown.append(use.code(use.face.empty, share))
            shares = shares[len(shares) - len(cluster.glyphs) :]
        for glyph, share in zip(cluster.glyphs, shares, strict=True):
            if glyph.dy != rise:
                flush()
                rise = glyph.dy
                pieces.append(f"{number(rise * scale * size / 1000)} Ts ")
            if wanted + glyph.dx != actual:
                shown.append(number((actual - wanted - glyph.dx) * scale))
                actual = wanted + glyph.dx
            shown.append(use.code(glyph.id, share))
            actual += advances[glyph.id]
            wanted += glyph.advance
        if spanned:
            flush()
            pieces.append("EMC ")
    flush()
    if rise:
        pieces.append("0 Ts")
    return "".join(pieces).replace("><", "")  # neighbouring codes in one string


def _right_to_left_shares(cluster: Cluster, carried: str) -> list[str]:
    """Shares of a cluster's text, from left to right: one character each, the last one first.

    There are at least as many as glyphs; those before the glyphs go on empty ones.
    """
    shares = list(reversed(carried))
    return [""] * (len(cluster.glyphs) - len(shares)) + shares


def _box(character: str, x: float, y: float, size: float, fonts: DocumentFonts) -> str:
    """A frame with the code point in it, in two rows, read as the character itself."""
    digits = f"{ord(character):04X}"
    half = (len(digits) + 1) // 2
    use = fonts.use(preference("en", REGULAR)[0])
    small = size * _BOX_DIGITS
    rows = []
    for row, top in ((digits[:half], 0.42), (digits[half:], 0.08)):
        codes = "".join(
            use.code(glyph, digit)
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
