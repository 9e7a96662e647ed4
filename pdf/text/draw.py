"""From lines of glyphs to the operators of a page."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from pdf.file import number, utf16
from pdf.fonts import REGULAR, FontFace, preference
from pdf.text.embed import UNREAD, DocumentFonts, FontUse
from pdf.text.kept import MOST_PLACES, KeptLine, Need, Piece
from pdf.text.paragraph import Line
from pdf.text.shape import MISSING_WIDTH, Cluster, Glyph, Item

_BOX_DIGITS = 0.3
"""Size of the digits in a code-point box, in ems of the text around it."""
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Not written: they have no ink, and readers find the directions out again by themselves."""
_RIGHT_TO_LEFT_MARK = "\u200f"
_LETTERS = ("R", "AL")


def draw_line(
    line: Line,
    x: float,
    y: float,
    size: float,
    fonts: DocumentFonts,
    colour: str,
    *,
    english_apart: bool,
) -> Sequence[Piece]:
    """The line's pieces from left to right, its left end at ``x`` and baseline at ``y`` (points).

    ``english_apart``: its Latin words are English, and make pieces of their own.
    """
    if not line.runs:
        return ()
    place = (x, y, size, colour, english_apart)
    kept = line.written.get(place)
    if kept is not None and all(map(fonts.fit, kept.needs)):
        return kept.pieces
    needs: list[Need] = []
    pieces = _drawn(line, x, y, size, fonts, colour, needs, english_apart=english_apart)
    if all(run.face is not None for run in line.runs):
        if len(line.written) >= MOST_PLACES:
            line.written.clear()
        line.written[place] = KeptLine(tuple(pieces), tuple(needs))
    return pieces


def _drawn(
    line: Line,
    x: float,
    y: float,
    size: float,
    fonts: DocumentFonts,
    colour: str,
    needs: list[Need],
    *,
    english_apart: bool,
) -> list[Piece]:
    pieces: list[Piece] = []
    shown: list[str] = []
    start, english = 0, False
    left = x
    for place, run in enumerate(line.runs):
        foreign = english_apart and _is_english(line, run)
        if shown and foreign is not english:
            pieces.append(_piece(start, english, colour, shown))
            shown = []
        start, english = min(start, run.start) if shown else run.start, foreign
        shown.append(_drawn_run(line, place, x, y, size, fonts, needs))
        x += sum(cluster.width for cluster in run.clusters) * size
    pieces.append(_piece(start, english, colour, shown))
    if line.goes_on:
        last = 0 if line.base else -1
        face = line.runs[last].face or preference("en", REGULAR)[0]
        space = _space(face, left if line.base else x, y, size, fonts, needs, line.base)
        pieces[last] = replace(pieces[last], operators=f"{pieces[last].operators}\nBT\n{space}\nET")
    return pieces


def _space(
    face: FontFace,
    x: float,
    y: float,
    size: float,
    fonts: DocumentFonts,
    needs: list[Need],
    base: int,
) -> str:
    """The space at a line's end, beyond its last word: who hears the text needs it (14.8.2.5)."""
    use = fonts.use(face)
    glyph = use.face.font.get_nominal_glyph(0x20)
    if not glyph:
        return ""
    before = use.advance(glyph) * size / use.face.units_per_em if base else 0.0
    code = use.code(glyph, " ")
    needs.append(Need(face, False, use.resource, {(glyph, " "): code}))
    return f"{_tf(use, size, x - before, y)} [{code}]TJ"


def _piece(start: int, english: bool, colour: str, shown: Sequence[str]) -> Piece:
    return Piece(start, english, "\n".join([colour, "BT", *shown, "ET"]))


def _is_english(line: Line, run: Item) -> bool:
    """Two Latin letters make a word; one may be a list's letter."""
    if run.script != "Latn":
        return False
    return sum(character.isalpha() for character in line.text[run.start : run.end]) > 1


def _drawn_run(
    line: Line,
    place: int,
    x: float,
    y: float,
    size: float,
    fonts: DocumentFonts,
    needs: list[Need],
) -> str:
    run = line.runs[place]
    if run.face is not None:
        backwards = bool(run.level % 2)
        use = fonts.use(run.face, backwards=backwards)
        pen = _Pen(use, size)
        _write_run(pen, line, place)
        needs.append(Need(run.face, backwards, use.resource, pen.codes))
        return f"{_tf(use, size, x, y)}\n{pen.finished()}"
    boxes = []
    for cluster in _visual(run):
        boxes.append(_box(line.text[cluster.start], x, y, size, fonts))
        x += cluster.width * size
    return "\n".join(boxes)


def _visual(run: Item) -> tuple[Cluster, ...]:
    return run.clusters[::-1] if run.level % 2 else run.clusters


def _write_run(pen: "_Pen", line: Line, place: int) -> None:
    """Distances are in font units until they are written."""
    run = line.runs[place]
    at_left, at_right = _marked_sides(line, place)
    if at_left:
        pen.show(pen.empty, 0, _RIGHT_TO_LEFT_MARK)
    if run.level % 2:
        _write_backwards(pen, line, run)
    else:
        _write_forwards(pen, line, run)
    if at_right:
        pen.show(pen.empty, 0, _RIGHT_TO_LEFT_MARK)


def _marked_sides(line: Line, place: int) -> tuple[bool, bool]:
    """Where a run from right to left begins or ends with no letter, beside the other direction.

    poppler takes such punctuation for part of the Latin word; a right-to-left mark says whose
    it is.
    """
    run = line.runs[place]
    if not run.level % 2:
        return False, False

    def marked(neighbour: int, character: str) -> bool:
        return (
            0 <= neighbour < len(line.runs)
            and line.runs[neighbour].level > run.level
            and unicodedata.bidirectional(character) not in _LETTERS
        )

    return (
        marked(place - 1, line.text[run.end - 1]),
        marked(place + 1, line.text[run.start]),
    )


def _separates(text: str) -> bool:
    """Whether it begins with a comma, colon or the like and goes on with no letter.

    poppler counts the like as numbers, and what follows them too, until the next letter.
    """
    rest = text[1:].lstrip()
    return (
        unicodedata.bidirectional(text[0]) in ("CS", "ES", "ET")
        and rest != ""
        and unicodedata.bidirectional(rest[0]) not in _LETTERS
    )


def _write_forwards(pen: "_Pen", line: Line, run: Item) -> None:
    """Left to right: the first glyph speaks for the cluster; several ones need a span."""
    controlled = _BIDI_CONTROLS.search(line.text, run.start, run.end) is not None
    for cluster in run.clusters:
        carried = line.text[cluster.start : cluster.end]
        if controlled:
            carried = _BIDI_CONTROLS.sub("", carried)
        glyphs = cluster.glyphs
        if len(glyphs) == 1:
            pen.show(glyphs[0], 0, carried)
            pen.origin += glyphs[0].advance
        else:
            pen.span(carried, _placed(cluster))
            pen.origin += sum(glyph.advance for glyph in glyphs)


def _write_backwards(pen: "_Pen", line: Line, run: Item) -> None:
    for cluster in reversed(run.clusters):
        if _separates(line.text[cluster.start : run.end]):
            pen.show(pen.empty, 0, _RIGHT_TO_LEFT_MARK)
        _backwards(pen, cluster, _BIDI_CONTROLS.sub("", line.text[cluster.start : cluster.end]))
        pen.origin += sum(glyph.advance for glyph in cluster.glyphs)


def _backwards(pen: "_Pen", cluster: Cluster, carried: str) -> None:
    """Right to left: each character has a code of its own, the last one leftmost.

    Readers put words together from the places of their codes, and begin a new word where the
    pen jumps. So what has no width of its own (a mark, the alef of a ligature) is read from an
    empty glyph at the letter's place, and marks are drawn at the run's end, unread. Two letters
    that are the same (of the name Abdullah's ligature) share a code: readers take a letter that
    stands on itself for a shadow, and drop it.
    """
    placed = _placed(cluster)
    letters = [(glyph, place) for glyph, place in placed if glyph.advance] or placed[-1:]
    shares = list(reversed(carried))
    if len(shares) > len(letters):
        shares = ["".join(same) for _, same in itertools.groupby(shares)]
    extra = len(shares) - len(letters)
    for share in shares[: max(extra, 0)]:
        pen.show(pen.empty, letters[0][1], share)
    for glyph, place in letters[: max(-extra, 0)]:
        pen.span("", [(glyph, place)])
    for (glyph, place), share in zip(
        letters[max(-extra, 0) :], shares[max(extra, 0) :], strict=True
    ):
        pen.show(glyph, place, share)
    pen.marks += [
        (glyph, pen.origin + place) for glyph, place in placed if (glyph, place) not in letters
    ]


def _placed(cluster: Cluster) -> list[tuple[Glyph, int]]:
    """The glyphs, each with its place from the cluster's begin."""
    places = itertools.accumulate((glyph.advance for glyph in cluster.glyphs), initial=0)
    return list(zip(cluster.glyphs, places, strict=False))


class _Pen:
    """Writes glyphs at their places, moving only where the font's own widths don't lead."""

    def __init__(self, use: FontUse, size: float) -> None:
        self.pieces: list[str] = []
        self.origin = 0
        """Where the cluster begins, from the run's begin."""
        self.empty = Glyph(use.face.empty, 0, 0, 0)
        self.marks: list[tuple[Glyph, int]] = []
        """To be drawn at the run's end, with their places in the run."""
        self.codes: dict[tuple[int, str], str] = {}
        """The codes that were used, by glyph and text, in the order of their first use."""
        self._use = use
        self._size = size
        self._shown: list[str] = []
        self._at = 0
        self._rise = 0

    def show(self, glyph: Glyph, place: int, text: str) -> None:
        """One glyph, ``place`` from the origin, that carries this text."""
        scale = 1000 / self._use.face.units_per_em
        if glyph.dy != self._rise:
            self.flush()
            self._rise = glyph.dy
            self.pieces.append(f"{number(glyph.dy * scale * self._size / 1000)} Ts ")
        wanted = self.origin + place + glyph.dx
        if wanted != self._at:
            self._shown.append(number((self._at - wanted) * scale))
        code = self.codes[glyph.id, text] = self._use.code(glyph.id, text)
        self._shown.append(code)
        self._at = wanted + self._use.advance(glyph.id)

    def span(self, text: str, placed: Sequence[tuple[Glyph, int]]) -> None:
        """Several glyphs that are read as this text, whatever each of them carries.

        For readers that know no ActualText it is shared out: the first glyph has what the
        others, one letter each, leave over.
        """
        self.flush()
        self.pieces.append(f"/Span<</ActualText<{utf16(text).hex()}>>>BDC ")
        first = max(len(text) - len(placed) + 1, 1)
        shares = [text[:first], *text[first:]]
        for i, (glyph, place) in enumerate(placed):
            self.show(glyph, place, shares[i] if i < len(shares) and shares[i] else UNREAD)
        self.flush()
        self.pieces.append("EMC ")

    def flush(self) -> None:
        """End the string that is being written."""
        if self._shown:
            self.pieces.append(f"[{''.join(self._shown)}]TJ ")
            self._shown.clear()

    def finished(self) -> str:
        """All operators, with the rise set back."""
        self.origin = 0
        if self.marks:
            self.span("", self.marks)
        self.flush()
        if self._rise:
            self.pieces.append("0 Ts")
        return "".join(self.pieces).replace("><", "")  # neighbouring codes in one string


def _box(character: str, x: float, y: float, size: float, fonts: DocumentFonts) -> str:
    """A frame with the code point in it, in two rows, read as the character itself.

    It is read from an invisible digit of the text's own size, not from ActualText, and not from
    an empty glyph: PDFium drops an ActualText whose letters no font has, and a string without
    ink; poppler breaks the line at the small digits.
    """
    use = fonts.use(preference("en", REGULAR)[0])
    nominal = use.face.font.get_nominal_glyph
    digits = f"{ord(character):04X}"
    half = (len(digits) + 1) // 2
    hidden = use.code(nominal(ord("0")), character)
    rows = [f"{_tf(use, size, x + size * 0.1, y)} 3 Tr [{hidden}]TJ 0 Tr"]
    for row, top in ((digits[:half], 0.42), (digits[half:], 0.08)):
        codes = "".join(use.code(nominal(ord(digit)), UNREAD) for digit in row)
        place = _tf(use, size * _BOX_DIGITS, x + size * 0.12, y + size * top)
        rows.append(f"/Span<</ActualText<feff>>>BDC {place} [{codes}]TJ EMC")
    frame = (
        f"ET q 0.4 w {number(x + size * 0.05)} {number(y)} "
        f"{number(size * (MISSING_WIDTH - 0.1))} {number(size * 0.75)} re S Q BT"
    )
    return "\n".join([frame, *rows])


def _tf(use: FontUse, size: float, x: float, y: float) -> str:
    """A font at a place."""
    return f"/{use.resource} {number(size)} Tf 1 0 0 1 {number(x)} {number(y)} Tm"
