"""A paragraph of any script, broken into lines of positioned runs."""

import functools
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from icu4py.breakers import LineBreaker

from pdf.text import bidi
from pdf.text.kept import KeptLine, Place
from pdf.text.shape import Cluster, Item, drawable, shape, shape_paragraph, unbroken
from translations import Direction
from translations import language as registered_language

NEW_LINE = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its runs from left to right. Widths are in ems."""

    text: str
    """The whole paragraph that the clusters' indexes point into."""
    runs: tuple[Item, ...]
    width: float
    base: int
    """The paragraph's level: 1 where it reads from right to left."""
    goes_on: bool
    """Whether a space stood where the line was broken, between its last word and the next one."""
    surplus: int = 0
    """How many more letters run from left to right than the other way."""
    written: dict[Place, KeptLine] = field(default_factory=dict, compare=False, repr=False)
    """How it was written before, by its place."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines, and the code points that no font has a glyph for (drawn as boxes)."""

    lines: tuple[Line, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Shaped:
    """A paragraph before it is broken: independent of width and size."""

    text: str
    base: int
    items: tuple[Item, ...]
    opportunities: frozenset[int]
    missing: tuple[int, ...]


def lay_out(
    text: str,
    *,
    language: str,
    weight: int,
    width: float,
    base: int | None = None,
    personal: bool = False,
) -> Paragraph:
    """Break text into lines at most ``width`` ems wide; a word that is wider is cut.

    ``base`` is the direction (0 left to right, 1 right to left); without it the first strong
    letter of each paragraph decides. ``personal`` text isn't kept in this process's memory.
    Always ends, for any string: every line takes at least one cluster.
    """
    lay = _laid_out if personal else _kept_laid_out
    return lay(text, language, weight, width, base)


def _laid_out(text: str, language: str, weight: int, width: float, base: int | None) -> Paragraph:
    lines: list[Line] = []
    missing: list[int] = []
    for part in NEW_LINE.split(unicodedata.normalize("NFC", text)):
        shaped = _shaped(part.replace("\t", " "), language, weight, base)
        lines += _break(shaped, width, language)
        missing += shaped.missing
    return Paragraph(tuple(lines), tuple(dict.fromkeys(missing)))


_kept_laid_out = functools.lru_cache(maxsize=4096)(_laid_out)


def _shaped(text: str, language: str, weight: int, base: int | None) -> _Shaped:
    level = base if base is not None else _natural_level(text, language)
    items = shape_paragraph(text, language, weight, level)
    missing = tuple(
        ord(character) for item in items if item.face is None
        for character in text[item.start : item.end]
    )  # fmt: skip
    return _Shaped(text, level, items, _opportunities(text, language), missing)


def _natural_level(text: str, language: str) -> int:
    level = bidi.base_level(text)
    if level is not None:
        return level
    try:
        return int(registered_language(language).direction is Direction.RTL)
    except LookupError:
        return 0


def _opportunities(text: str, language: str) -> frozenset[int]:
    """Where ICU allows a line to begin. ICU counts UTF-16 units; we count characters."""
    if not text:
        return frozenset()
    text = drawable(text)
    ends = [end for _, end in LineBreaker(text, language).segments()]
    if max(text) > "\uffff":
        units = itertools.accumulate((2 if c > "\uffff" else 1 for c in text), initial=0)
        character_at = {unit: index for index, unit in enumerate(units)}
        ends = [character_at[end] for end in ends]
    return frozenset(ends) - unbroken(text)


def _break(shaped: _Shaped, width: float, language: str) -> list[Line]:
    clusters = [cluster for item in shaped.items for cluster in item.clusters]
    lines = []
    start = 0
    while start < len(clusters):
        end = _line_end(shaped, clusters, start, width)
        line = _line(shaped, clusters, start, end, language)
        while line.width > width + 1e-6 and end > start + 1 and _cuts_a_word(shaped, clusters, end):
            end = _shortened(clusters, start, end, line.width - width)
            line = _line(shaped, clusters, start, end, language)
        lines.append(line)
        start = end
    return lines or [Line(shaped.text, (), 0.0, shaped.base, False)]


def _cuts_a_word(shaped: _Shaped, clusters: Sequence[Cluster], end: int) -> bool:
    """A letter that has become the line's last one may be wider than it was inside its word."""
    return end < len(clusters) and clusters[end].start not in shaped.opportunities


def _shortened(clusters: Sequence[Cluster], start: int, end: int, excess: float) -> int:
    """An earlier end of the line, by at least the excess; one cluster remains."""
    while end > start + 1 and excess > 0:
        end -= 1
        excess -= clusters[end].width
    return end


def _line_end(shaped: _Shaped, clusters: Sequence[Cluster], start: int, width: float) -> int:
    """The cluster that begins the next line."""
    used = 0.0
    allowed = start
    for i in range(start, len(clusters)):
        cluster = clusters[i]
        if i > start and cluster.start in shaped.opportunities:
            allowed = i
        used += cluster.width
        if used <= width + 1e-6 or _is_space(shaped, cluster):
            continue
        if allowed > start:
            return allowed
        return max(i, start + 1)
    return len(clusters)


def _trimmed(shaped: _Shaped, clusters: Sequence[Cluster], start: int, end: int) -> int:
    """Where the line's text ends, without the spaces before the break."""
    while end > start + 1 and _is_space(shaped, clusters[end - 1]):
        end -= 1
    return clusters[end - 1].end


def _is_space(shaped: _Shaped, cluster: Cluster) -> bool:
    return shaped.text[cluster.start : cluster.end].isspace()


def _line(
    shaped: _Shaped, clusters: Sequence[Cluster], first: int, beyond: int, language: str
) -> Line:
    start, end = clusters[first].start, _trimmed(shaped, clusters, first, beyond)
    runs = [
        _cut(shaped, item, max(item.start, start), min(item.end, end), (start, end), language)
        for item in shaped.items
        if item.start < end and item.end > start
    ]
    order = bidi.visual_order([run.level for run in runs])
    width = sum(cluster.width for run in runs for cluster in run.clusters)
    goes_on = beyond < len(clusters) and end < clusters[beyond].start
    surplus = _surplus(shaped.text[start:end])
    return Line(shaped.text, tuple(runs[i] for i in order), width, shaped.base, goes_on, surplus)


def _surplus(text: str) -> int:
    if text.isascii():
        return sum(map(str.isalpha, text))
    counts = Counter(map(unicodedata.bidirectional, text))
    return counts["L"] - counts["R"] - counts["AL"]


def _cut(
    shaped: _Shaped, item: Item, start: int, end: int, line: tuple[int, int], language: str
) -> Item:
    """The part of an item that stands on one line, shaped anew where the cut changes it."""
    if start == item.start and end == item.end:
        return item
    inside = tuple(c for c in item.clusters if start <= c.start < end)
    after = next((c for c in item.clusters if c.start >= end), None)
    if (start > item.start and inside[0].joined) or (after is not None and after.joined):
        codes = [ord(c) for c in drawable(shaped.text[line[0] : line[1]])]
        offset = line[0]
        again = shape(
            codes, start - offset, end - offset, item.face, item.script, item.level, language
        )
        inside = tuple(
            Cluster(c.start + offset, c.end + offset, c.glyphs, c.width, c.joined) for c in again
        )
    return Item(start, end, item.face, item.script, item.level, inside)
