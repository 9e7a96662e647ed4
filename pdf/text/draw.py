"""From lines of glyphs to the operators of a page."""

from collections.abc import Sequence
from dataclasses import replace

from pdf.file import number
from pdf.fonts import REGULAR, FontFace, preference
from pdf.text.embed import UNREAD, DocumentFonts, FontUse
from pdf.text.heard import Word, marks_of, turned
from pdf.text.kept import MOST_PLACES, KeptLine, Need, Piece
from pdf.text.paragraph import Line
from pdf.text.pen import Pen
from pdf.text.shape import MISSING_WIDTH, Cluster, Glyph, Item
from pdf.text.write import BIDI_CONTROLS, MARKS, seen, write_cluster_backwards, write_run

_BOX_DIGITS = 0.3
"""Size of the digits in a code-point box, in ems of the text around it."""


def draw_line(
    line: Line,
    x: float,
    y: float,
    size: float,
    fonts: DocumentFonts,
    colour: str,
    *,
    english_apart: bool,
    among_right_to_left: bool,
) -> Sequence[Piece]:
    """The line's pieces from left to right, its left end at ``x`` and baseline at ``y`` (points).

    ``english_apart``: its Latin words are English, and make pieces of their own.
    ``among_right_to_left``: it stands on a page of right-to-left lines.
    """
    if not line.runs:
        return ()
    place = (x, y, size, colour, english_apart, among_right_to_left)
    kept = line.written.get(place)
    if kept is not None and all(map(fonts.fit, kept.needs)):
        return kept.pieces
    needs: list[Need] = []
    pieces = _drawn(
        line,
        x,
        y,
        size,
        fonts,
        colour,
        needs,
        english_apart=english_apart,
        among_right_to_left=among_right_to_left,
    )
    if all(run.face is not None for run in line.runs):
        if len(line.written) >= MOST_PLACES:
            line.written.clear()
        line.written[place] = KeptLine(tuple(pieces), tuple(needs))
    return pieces


def unseen(text: str, x: float, y: float, fonts: DocumentFonts) -> str:
    """Operators that show nothing and are read as this text."""
    use = fonts.use(preference("en", REGULAR)[0])
    pen = Pen(use, 1.0)
    pen.span(text, [(pen.empty, 0)], carried=False)
    return f"BT\n{_tf(use, 1.0, x, y)}\n{pen.finished()}\nET"


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
    among_right_to_left: bool,
) -> list[Piece]:
    pieces: list[Piece] = []
    shown: list[str] = []
    start, english = 0, False
    marked: list[str] = []
    if BIDI_CONTROLS.search(line.text) is not None:
        runs = (run for run in line.runs if run.face is None or seen(line, run))
        line = replace(line, runs=tuple(runs))
    left = x
    words, marks = turned(line)
    for place, run in enumerate(line.runs):
        foreign = english_apart and _is_english(line, run)
        if shown and foreign is not english:
            pieces.append(_piece(start, english, colour, shown))
            shown = []
        start, english = min(start, run.start) if shown else run.start, foreign
        if place in words:
            for word in words[place]:
                operators, over = _drawn_word(line, word, left, y, size, fonts, needs)
                shown.append(operators)
                marked += over
        else:
            before = marks if place == 0 else 0
            operators, over = _drawn_run(
                line, place, x, y, size, fonts, needs, before, among_right_to_left
            )
            shown.append(operators)
            marked += over
        x += sum(cluster.width for cluster in run.clusters) * size
    pieces.append(_piece(start, english, colour, shown))
    if marked:
        pieces[-1] = replace(
            pieces[-1], operators="\n".join([pieces[-1].operators, "BT", *marked, "ET"])
        )
    if line.goes_on and line.runs:
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
    marks: int,
    among_right_to_left: bool,
) -> tuple[str, list[str]]:
    """The run's operators, and those that draw the marks over it when the line is done."""
    run = line.runs[place]
    if run.face is not None:
        backwards = bool(run.level % 2)
        use = fonts.use(run.face, backwards=backwards)
        pen = Pen(use, size)
        for text in marks_of(MARKS[line.base], marks):
            pen.mark(text)
        write_run(pen, line, place, among_right_to_left=among_right_to_left)
        needs.append(Need(run.face, backwards, use.resource, pen.codes))
        begin = _tf(use, size, x, y)
        operators = f"{begin}\n{pen.finished()}"
        return operators, [f"{begin}\n{pen.finished_marks()}"] if pen.marks else []
    boxes = []
    for cluster in _visual(run):
        boxes.append(_box(line.text[cluster.start], x, y, size, fonts))
        x += cluster.width * size
    return "\n".join(boxes), []


def _drawn_word(
    line: Line,
    word: Word,
    left: float,
    y: float,
    size: float,
    fonts: DocumentFonts,
    needs: list[Need],
) -> tuple[str, list[str]]:
    """A word whose operator begins elsewhere, with a space; and the marks over it."""
    backwards = bool(line.runs[word.run].level % 2)
    use = fonts.use(word.face, backwards=backwards)
    pen = Pen(use, size)
    for marks in marks_of(MARKS[line.base], word.marks):
        pen.mark(marks)
    space = word.face.font.get_nominal_glyph(0x20) or word.face.empty
    pen.show(Glyph(space, 0, 0, 0), 0, word.space)
    pen.origin = round((word.x - word.begin) * word.face.units_per_em)
    for cluster in word.clusters:
        carried = BIDI_CONTROLS.sub("", line.text[cluster.start : cluster.end])
        if backwards:
            write_cluster_backwards(pen, cluster, carried)
        else:
            pen.show(cluster.glyphs[0], 0, carried)
        pen.origin += sum(glyph.advance for glyph in cluster.glyphs)
    begin = _tf(use, size, left + word.begin * size, y)
    operators = f"{begin}\n{pen.finished()}"
    over = [f"{begin}\n{pen.finished_marks()}"] if pen.marks else []
    needs.append(Need(word.face, backwards, use.resource, pen.codes))
    return operators, over


def _visual(run: Item) -> tuple[Cluster, ...]:
    return run.clusters[::-1] if run.level % 2 else run.clusters


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
