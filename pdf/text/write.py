"""The glyphs of a run: each with the text that is read from it, and the marks between."""

import itertools
import re
import unicodedata

from pdf.text.heard import ends_open, starts_open
from pdf.text.paragraph import Line
from pdf.text.pen import Pen, placed
from pdf.text.shape import Cluster, Item

BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Not written: they have no ink, and readers find the directions out again by themselves."""
_LEFT_TO_RIGHT_MARK = "\u200e"
_RIGHT_TO_LEFT_MARK = "\u200f"
MARKS = (_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK)
"""By the level of a line."""
_LETTERS = ("R", "AL")


def seen(line: Line, run: Item) -> str:
    """The run's text but for what only says where to."""
    return BIDI_CONTROLS.sub("", line.text[run.start : run.end])


def write_run(pen: Pen, line: Line, place: int, *, among_right_to_left: bool) -> None:
    """Write the run at this place. Distances are in font units until they are written.

    ``among_right_to_left``: the line stands on a page of right-to-left lines.
    """
    run = line.runs[place]
    at_left, at_right = _marked_sides(line, place)
    if at_left:
        pen.mark(_RIGHT_TO_LEFT_MARK)
    if run.level % 2:
        _write_backwards(pen, line, run)
    else:
        if _begins_beside_the_other_direction(line, place):
            pen.mark(_LEFT_TO_RIGHT_MARK)
        _write_forwards(pen, line, run)
        if among_right_to_left and ends_open(seen(line, run)):
            _end_forwards(pen, line, place)
    if at_right:
        pen.mark(_RIGHT_TO_LEFT_MARK)


def _begins_beside_the_other_direction(line: Line, place: int) -> bool:
    """With a bracket or the like, which poppler would take for part of the Arabic word."""
    if line.base or not place or line.runs[place - 1].level % 2 == 0:
        return False
    return starts_open(seen(line, line.runs[place]))


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
        marked(place - 1, seen(line, run)[-1]),
        marked(place + 1, seen(line, run)[0]),
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
    controlled = BIDI_CONTROLS.search(line.text, run.start, run.end) is not None
    for cluster in run.clusters:
        carried = line.text[cluster.start : cluster.end]
        if controlled:
            carried = BIDI_CONTROLS.sub("", carried)
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
        carried = BIDI_CONTROLS.sub("", line.text[cluster.start : cluster.end])
        if not carried and not cluster.width:
            continue
        mirrored = len(carried) == 1 and unicodedata.mirrored(carried)
        if mirrored or _separates(line.text[cluster.start :]):
            pen.mark(_RIGHT_TO_LEFT_MARK)
        write_cluster_backwards(pen, cluster, carried)
        pen.origin += sum(glyph.advance for glyph in cluster.glyphs)
        if mirrored:
            pen.mark(_LEFT_TO_RIGHT_MARK)


def write_cluster_backwards(pen: Pen, cluster: Cluster, carried: str) -> None:
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
