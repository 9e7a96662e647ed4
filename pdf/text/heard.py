"""How PDFium (Chrome) puts a line of two directions back into the order in which it was typed.

It sorts what is shown by where each show operator begins, cuts the line wherever letters change
their kind, and turns the whole sequence round if it has no fewer pieces from right to left than
from left to right (CPDF_TextPage, CFX_BidiString). So in an Arabic line the words of a Latin name
come out last one first. Against that, each such word is shown by an operator of its own that
begins, with a space, at the name's left end: the last word first.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pdf.fonts import FontFace
from pdf.text.paragraph import Line
from pdf.text.shape import Cluster, Item


class Kind(StrEnum):
    """What PDFium takes a character for."""

    LEFT = "left"
    WEAK = "weak"
    RIGHT = "right"
    NEUTRAL = "neutral"


_KINDS = {
    "L": Kind.LEFT,
    "R": Kind.RIGHT,
    "AL": Kind.RIGHT,
    **dict.fromkeys(("AN", "EN", "NSM", "CS", "ES", "ET", "BN"), Kind.WEAK),
}


def kind_of(character: str) -> Kind:
    """Of one character."""
    return _KINDS.get(unicodedata.bidirectional(character), Kind.NEUTRAL)


@dataclass(frozen=True, slots=True)
class Word:
    """Letters of one kind that are shown by one operator; places in ems from the line's begin."""

    run: int
    """The run's place on the line."""
    face: FontFace
    clusters: tuple[Cluster, ...]
    """From left to right."""
    x: float
    begin: float
    """Where its operator begins."""
    space: str
    """What it begins with; another one for each word: PDFium drops a character like another one
    that stands within 0.07 ems."""
    marks: int = 0
    """Of the line's direction, before it."""


_APART = 0.002
"""Between the begins of two words, in ems."""
_SPACES = " \u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008"


def turned(line: Line) -> tuple[dict[int, list[Word]], int]:
    """The runs whose words need operators of their own, by their place on the line; and how many
    marks of the line's direction must stand before the line, if they don't before a word."""
    if line.base == 0 and all(run.level == 0 for run in line.runs):
        return {}, 0
    words = _words(line)
    missing = _missing(line, words)
    if not words or not missing:
        return words, missing
    first = min((word for held in words.values() for word in held), key=lambda word: word.begin)
    held = words[first.run]
    held[held.index(first)] = replace(first, marks=missing)
    return words, 0


def _words(line: Line) -> dict[int, list[Word]]:
    """Of the phrases that run against the line's direction."""
    words: dict[int, list[Word]] = {}
    x = 0.0
    group: list[tuple[int, float]] = []
    for place, run in enumerate(line.runs):
        against = run.level % 2 == 0 if line.base else run.level > 0
        if against and run.face is not None:
            group.append((place, x))
        else:
            words |= _separated(line, group)
            group = []
        x += sum(cluster.width for cluster in run.clusters)
    return words | _separated(line, group)


def ends_open(text: str) -> bool:
    """Whether its last character is of no direction."""
    return unicodedata.bidirectional(text.rstrip()[-1:] or " ") not in ("L", "EN")


def starts_open(text: str) -> bool:
    """Whether its first character is of no direction."""
    return unicodedata.bidirectional(text.lstrip()[:1] or " ") not in ("L", "EN")


def marks_of(mark: str, count: int) -> Iterator[str]:
    """So many marks as pieces of their own; no two of these texts are the same, and none is
    longer than poppler takes (eight characters)."""
    for i, start in enumerate(range(0, count, 4)):
        yield f"{_SPACES[i % len(_SPACES)]}{mark}" * min(4, count - start)


def _missing(line: Line, words: dict[int, list[Word]]) -> int:
    """How many pieces of the line's direction it must be given, so that PDFium sees that it is."""
    kinds: list[Kind] = []
    for place, run in enumerate(line.runs):
        if place in words:
            for word in words[place]:
                kinds += [Kind.NEUTRAL, kind_of(line.text[word.clusters[0].start])]
        else:
            text = line.text[run.start : run.end]
            kinds += [kind_of(c) for c in (reversed(text) if run.level % 2 else text)]
            kinds += [Kind.LEFT] if run.level % 2 == 0 and ends_open(text) else []
    pieces = [kind for i, kind in enumerate(kinds) if i == 0 or kind is not kinds[i - 1]]
    left, right = pieces.count(Kind.LEFT), pieces.count(Kind.RIGHT)
    if line.base == 0:
        return max(right - left + 1, 0) if right else 0
    return max(max(left, 1 if words else 0) - right, 0)


def _separated(line: Line, group: list[tuple[int, float]]) -> dict[int, list[Word]]:
    """A phrase's runs, cut into words; nothing where it is one word."""
    cut = [word for place, x in group for word in _cut(line, place, x)]
    if len(cut) < 2 or any(not _is_plain(line.runs[place]) for place, _ in group):
        return {}
    first = group[0][1]
    result: dict[int, list[Word]] = {place: [] for place, _ in group}
    for i, word in enumerate(cut):
        begin = first + (len(cut) - 1 - i) * _APART
        space = _SPACES[i % len(_SPACES)]
        result[word.run].append(replace(word, begin=begin, space=space))
    return result


def _cut(line: Line, place: int, x: float) -> Iterator[Word]:
    run = line.runs[place]
    if run.face is None:
        return
    inside: list[Cluster] = []
    left = x
    for cluster in run.clusters[::-1] if run.level % 2 else run.clusters:
        character = line.text[cluster.start]
        if inside and (
            character.isspace() or kind_of(character) is not kind_of(line.text[inside[0].start])
        ):
            yield Word(place, run.face, tuple(inside), left, left, " ")
            inside = []
        if not character.isspace():
            if not inside:
                left = x
            inside.append(cluster)
        x += cluster.width
    if inside:
        yield Word(place, run.face, tuple(inside), left, left, " ")


def _is_plain(run: Item) -> bool:
    """Whether it can be shown in one string: each letter is a glyph, on the line's height."""
    if run.level % 2:
        return all(_is_plain_backwards(cluster) for cluster in run.clusters)
    return all(len(c.glyphs) == 1 and c.glyphs[0].dy == 0 for c in run.clusters)


def _is_plain_backwards(cluster: Cluster) -> bool:
    letters = [glyph for glyph in cluster.glyphs if glyph.advance]
    length = cluster.end - cluster.start
    return len(letters) <= length and all(glyph.dy == 0 for glyph in letters)
