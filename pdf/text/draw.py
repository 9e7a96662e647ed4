"""From lines of glyphs to the operators of a page."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from pdf.file import number
from pdf.fonts import REGULAR, FontFace, preference
from pdf.text.embed import UNREAD, DocumentFonts, FontUse
from pdf.text.heard import Word, ends_open, marks_of, starts_open, turned
from pdf.text.kept import MOST_PLACES, KeptLine, Need, Piece
from pdf.text.paragraph import Line
from pdf.text.pen import Pen, placed
from pdf.text.shape import MISSING_WIDTH, Cluster, Glyph, Item

_BOX_DIGITS = 0.3
"""Size of the digits in a code-point box, in ems of the text around it."""
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Not written: they have no ink, and readers find the directions out again by themselves."""
_LEFT_TO_RIGHT_MARK = "\u200e"
_RIGHT_TO_LEFT_MARK = "\u200f"
_MARKS = (_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK)
"""By the level of a line."""
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
    if _BIDI_CONTROLS.search(line.text) is not None:
        runs = (run for run in line.runs if run.face is None or _seen(line, run))
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


def _seen(line: Line, run: Item) -> str:
    """The run's text but for what only says where to."""
    return _BIDI_CONTROLS.sub("", line.text[run.start : run.end])


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
        for text in marks_of(_MARKS[line.base], marks):
            pen.mark(text)
        _write_run(pen, line, place, among_right_to_left=among_right_to_left)
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
    for marks in marks_of(_MARKS[line.base], word.marks):
        pen.mark(marks)
    space = word.face.font.get_nominal_glyph(0x20) or word.face.empty
    pen.show(Glyph(space, 0, 0, 0), 0, word.space)
    pen.origin = round((word.x - word.begin) * word.face.units_per_em)
    for cluster in word.clusters:
        carried = _BIDI_CONTROLS.sub("", line.text[cluster.start : cluster.end])
        if backwards:
            _backwards(pen, cluster, carried)
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


def _write_run(pen: Pen, line: Line, place: int, *, among_right_to_left: bool) -> None:
    """Distances are in font units until they are written."""
    run = line.runs[place]
    at_left, at_right = _marked_sides(line, place)
    if at_left:
        pen.mark(_RIGHT_TO_LEFT_MARK)
    if run.level % 2:
        _write_backwards(pen, line, run)
    else:
        if (
            place
            and line.base == 0
            and line.runs[place - 1].level % 2
            and starts_open(_seen(line, run))
        ):
            pen.mark(_LEFT_TO_RIGHT_MARK)
        _write_forwards(pen, line, run)
        if among_right_to_left and ends_open(_seen(line, run)):
            _end_forwards(pen, line, place)
    if at_right:
        pen.mark(_RIGHT_TO_LEFT_MARK)


def _end_forwards(pen: Pen, line: Line, place: int) -> None:
    """A mark where the last character would be taken for part of what is right of it."""
    if place + 1 == len(line.runs) and line.base == 0:
        pen.origin += pen.aside
        pen.show(pen.empty, 0, _LEFT_TO_RIGHT_MARK)
    elif place + 1 == len(line.runs) or line.runs[place + 1].level % 2:
        pen.show(pen.empty, -2 * pen.aside, _LEFT_TO_RIGHT_MARK)


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
        marked(place - 1, _seen(line, run)[-1]),
        marked(place + 1, _seen(line, run)[0]),
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


def _write_forwards(pen: Pen, line: Line, run: Item) -> None:
    """Left to right: the first glyph speaks for the cluster; several ones need a span."""
    controlled = _BIDI_CONTROLS.search(line.text, run.start, run.end) is not None
    for cluster in run.clusters:
        carried = line.text[cluster.start : cluster.end]
        if controlled:
            carried = _BIDI_CONTROLS.sub("", carried)
            if not carried and not cluster.width:
                continue
        glyphs = cluster.glyphs
        if len(glyphs) == 1:
            pen.show(glyphs[0], 0, carried)
            pen.origin += glyphs[0].advance
        else:
            pen.span(carried, placed(cluster))
            pen.origin += sum(glyph.advance for glyph in glyphs)


def _write_backwards(pen: Pen, line: Line, run: Item) -> None:
    """PDFium turns a bracket round unless the strong letter before it is a left-to-right one; a
    mark is such a letter, and another one behind the bracket ends what it begins."""
    for cluster in reversed(run.clusters):
        carried = _BIDI_CONTROLS.sub("", line.text[cluster.start : cluster.end])
        if not carried and not cluster.width:
            continue
        mirrored = len(carried) == 1 and unicodedata.mirrored(carried)
        if mirrored or _separates(line.text[cluster.start :]):
            pen.mark(_RIGHT_TO_LEFT_MARK)
        _backwards(pen, cluster, carried)
        pen.origin += sum(glyph.advance for glyph in cluster.glyphs)
        if mirrored:
            pen.mark(_LEFT_TO_RIGHT_MARK)


def _backwards(pen: Pen, cluster: Cluster, carried: str) -> None:
    """Right to left: each character has a code of its own, the last one leftmost.

    Readers put words together from the places of their codes, and begin a new word where the
    pen jumps. So what has no width of its own (a mark, the alef of a ligature) is read from an
    empty glyph at the letter's place, and marks are drawn at the run's end, unread. Two letters
    that are the same (of the name Abdullah's ligature) share a code: readers take a letter that
    stands on itself for a shadow, and drop it.
    """
    glyphs = placed(cluster)
    letters = [(glyph, place) for glyph, place in glyphs if glyph.advance] or glyphs[-1:]
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
        (glyph, pen.origin + place) for glyph, place in glyphs if (glyph, place) not in letters
    ]


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
