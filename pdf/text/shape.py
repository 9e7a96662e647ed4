"""From a paragraph to glyphs: itemize by direction, script and font, then shape each item.

HarfBuzz gets each item with its language and its surroundings, so that Karen finds its own
forms and Arabic letters join across a change of font.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import uharfbuzz as hb

from pdf.fonts import FontFace, others, preference
from pdf.text import bidi
from pdf.text.bidi_explicit import REMOVED

_IGNORABLE = frozenset("\u034f\u061c\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
_DIGITS_OR_MASK = rf"(?:[{_DIGITS}*]+|\u2022{{2,}})"
_LEFT_TO_RIGHT_TOKEN = re.compile(
    rf"""
      https?://[!-~]+
    | [A-Za-z0-9._+*\u2022\-]+@[A-Za-z0-9*\-]+(?:\.[A-Za-z0-9*\-]+)*
    | [A-Za-z0-9]+(?:[-_./:][A-Za-z0-9]+)+
    | \+?(?:[{_DIGITS}]{{1,3}}[ ])?(?:\([{_DIGITS}]{{1,5}}\)[ -]?)?
      {_DIGITS_OR_MASK}(?:[-./:,\u2013 ]{_DIGITS_OR_MASK})+
    | \+[{_DIGITS}]+
    """,
    re.VERBOSE,
)
"""What keeps its own order inside right-to-left text: addresses, phones, dates, ids."""
_LONGEST_UNBROKEN = 32
_SELDOM_CUT = 64
"""Characters: a shorter item stands on one line nearly always, and asking HarfBuzz where it could
be cut takes a tenth of the time of setting a document. If it is cut, it is shaped anew."""


class Glyph(NamedTuple):
    """One glyph as HarfBuzz placed it, in the font's units."""

    id: int
    advance: int
    dx: int
    dy: int


class Cluster(NamedTuple):
    """The smallest piece of text that has glyphs of its own.

    ``width`` is in ems. ``joined``: perhaps a line can't begin here without shaping anew.
    """

    start: int
    end: int
    glyphs: tuple[Glyph, ...]
    width: float
    joined: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of one font, script and level; ``face`` is None where no font has the letter."""

    start: int
    end: int
    face: FontFace | None
    script: str
    level: int
    clusters: tuple[Cluster, ...]
    """In reading order; the glyphs of each run from left to right."""


MISSING_WIDTH = 1.1
"""Width in ems of the box that stands for a code point without a glyph."""


def drawable(text: str) -> str:
    """The text as HarfBuzz and ICU can take it, of the same length: no lone surrogates."""
    if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def shape_paragraph(text: str, language: str, weight: int, base: int) -> tuple[Item, ...]:
    """Items of one paragraph (no line breaks in it) in reading order."""
    if not text:
        return ()
    codes = [ord(c) for c in drawable(text)]
    return tuple(
        Item(
            start, end, face, script, level,
            shape(codes, start, end, face, script, level, language),
        )
        for start, end, face, script, level in _itemize(text, language, weight, base)
    )  # fmt: skip


def shape(
    codes: Sequence[int],
    start: int,
    end: int,
    face: FontFace | None,
    script: str,
    level: int,
    language: str,
) -> tuple[Cluster, ...]:
    """Clusters of ``codes[start:end]``, shaped within its surroundings, in reading order."""
    if face is None:
        return tuple(Cluster(i, i + 1, (), MISSING_WIDTH, False) for i in range(start, end))
    buffer = hb.Buffer()
    buffer.add_codepoints(list(codes), item_offset=start, item_length=end - start)
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.script = script
    buffer.language = language
    hb.shape(face.font, buffer)
    known = end - start > _SELDOM_CUT
    return _clusters(buffer, end, face.units_per_em, backwards=bool(level % 2), known=known)


def unbroken(text: str) -> set[int]:
    """Where a line must not begin although spaces or hyphens allow it: inside a phone number."""
    return {
        place
        for match in _LEFT_TO_RIGHT_TOKEN.finditer(text)
        if len(match[0]) <= _LONGEST_UNBROKEN
        for place in range(match.start() + 1, match.end())
    }


def direction_levels(text: str, base: int) -> list[int]:
    """Levels by UAX 9, each phone number, date, id and address isolated in its own order."""
    if base == 0 and not bidi.needs_bidi(text):
        return [0] * len(text)
    pieces: list[str] = []
    inserted: set[int] = set()
    position = length = 0
    for match in _LEFT_TO_RIGHT_TOKEN.finditer(text):
        before = text[position : match.start()]
        pieces += [before, bidi.LRI, match[0], bidi.PDI]
        inserted.add(length + len(before))
        length += len(before) + len(match[0]) + 2
        inserted.add(length - 1)
        position = match.end()
    pieces.append(text[position:])
    found = bidi.levels("".join(pieces), base)
    kept = [level for i, level in enumerate(found) if i not in inserted]
    previous = base
    for i, level in enumerate(kept):  # what X9 removed stays with its neighbour
        previous = kept[i] = previous if level == REMOVED else level
    return kept


def _itemize(
    text: str, language: str, weight: int, base: int
) -> Iterator[tuple[int, int, FontFace | None, str, int]]:
    fonts = preference(language, weight)
    plain = _plain_face(text, fonts, weight) if base == 0 and text.isascii() else None
    if plain is not None:
        yield 0, len(text), plain, "Latn", 0
        return
    levels = direction_levels(text, base)
    scripts = _scripts(text)
    faces = _faces(text, fonts, weight)
    start = 0
    for i in range(1, len(text) + 1):
        if i < len(text) and (
            faces[i] is faces[start] and scripts[i] == scripts[start] and levels[i] == levels[start]
        ):
            continue
        yield start, i, faces[start], scripts[start], levels[start]
        start = i


def _plain_face(text: str, fonts: Sequence[FontFace], weight: int) -> FontFace | None:
    """The one font of ASCII text: codes, hashes, dates and most names are that simple."""
    letter = next(filter(str.isalpha, text), text[0])
    face = _face_of(text[0], fonts, weight)
    if face is None or _face_of(letter, fonts, weight) is not face:
        return None
    return face if face.covered.issuperset(map(ord, text)) else None


@functools.lru_cache(maxsize=4096)
def _face_of(character: str, fonts: Sequence[FontFace], weight: int) -> FontFace | None:
    return _faces(character, fonts, weight)[0]


def _scripts(text: str) -> list[str]:
    """ISO 15924 per character; common ones take their neighbour's (UAX 24)."""
    found = [script_of(c) for c in text]
    first = next((script for script in found if script), "Latn")
    current = first
    result = []
    for script in found:
        current = script or current
        result.append(current)
    return result


@functools.lru_cache(maxsize=4096)
def script_of(character: str) -> str | None:
    """ISO 15924; None for what stands in every script."""
    if "\ud800" <= character <= "\udfff":
        return None
    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    script: str | None = buffer.script
    return script


def _faces(text: str, fonts: Sequence[FontFace], weight: int) -> list[FontFace | None]:
    """A font for each character; a letter and its marks get one and the same."""
    result: list[FontFace | None] = []
    current: FontFace | None = fonts[0]
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _extends(text[end]):
            end += 1
        letter = text[start:end]
        if not (current and _is_neutral(letter) and _covers(current, letter)):
            current = _covering(letter, fonts, weight)
        if current is None and end - start > 1:
            result += [_covering(c, fonts, weight) for c in letter]
        else:
            result += [current] * (end - start)
        start = end
    return result


def _covering(letter: str, fonts: Sequence[FontFace], weight: int) -> FontFace | None:
    first = next((face for face in fonts if _covers(face, letter)), None)
    if first is not None or _is_certainly_missing(letter):
        return first
    return next((face for face in others(weight) if _covers(face, letter)), None)


def _is_certainly_missing(letter: str) -> bool:
    """What no font ever has a shape for: for private use, half a pair, a control."""
    return unicodedata.category(letter[0]) in ("Co", "Cs", "Cc")


@functools.lru_cache(maxsize=4096)
def _extends(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me") or _ignorable(character)


def _is_neutral(letter: str) -> bool:
    return script_of(letter[0]) is None


def _ignorable(character: str) -> bool:
    """Characters that are never seen, whatever the font has (most of category Cf)."""
    code = ord(character)
    return (
        (unicodedata.category(character) == "Cf" and not 0x600 <= code <= 0x605)
        or character in _IGNORABLE
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0100 <= code <= 0xE01EF
        or 0x180B <= code <= 0x180F
    )


def _covers(face: FontFace, letter: str) -> bool:
    covered = face.covered
    if all(ord(c) in covered or _ignorable(c) for c in letter):
        return not (len(letter) == 1 and _ignorable(letter)) or ord(" ") in covered
    if letter.isascii():
        return False
    other = unicodedata.normalize("NFC", letter)
    decomposed = unicodedata.normalize("NFD", letter)
    return any(
        form != letter and all(ord(c) in covered or _ignorable(c) for c in form)
        for form in (other, decomposed)
    )


def _clusters(
    buffer: hb.Buffer, end: int, units_per_em: int, *, backwards: bool, known: bool
) -> tuple[Cluster, ...]:
    groups: list[tuple[int, list[Glyph], bool]] = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyph = Glyph(info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        if groups and groups[-1][0] == info.cluster:
            groups[-1][1].append(glyph)
            continue
        unsafe = not known or bool(info.flags & hb.GlyphFlags.UNSAFE_TO_BREAK)
        groups.append((info.cluster, [glyph], unsafe))
    if backwards:
        groups.reverse()
    ends = [group[0] for group in groups[1:]] + [end]
    return tuple(
        Cluster(
            start,
            stop,
            tuple(glyphs),
            sum(g.advance for g in glyphs) / units_per_em,
            unsafe,
        )
        for (start, glyphs, unsafe), stop in zip(groups, ends, strict=True)
    )
