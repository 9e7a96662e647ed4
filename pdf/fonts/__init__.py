"""The fonts that PDFs are set in: which there are, and in which order a language asks them.

The build writes them into this folder (``<family>-<weight>.ttf``, from npm packages, OFL
1.1); nothing is ever fetched while the program runs. Each is parsed once per
process and shared between threads: HarfBuzz's faces are immutable here.
"""

import functools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from translations import language as registered_language

_HERE = Path(__file__).parent
_FAMILIES = (
    "noto-sans",
    "noto-sans-devanagari",
    "noto-sans-ethiopic",
    "noto-sans-myanmar",
    "vazirmatn",
)
"""The families of the languages that documents are written in, and what names often hold."""
_OTHERS = (
    "noto-sans-thai",
    "noto-sans-lao",
    "noto-sans-khmer",
    "noto-sans-bengali",
    "noto-sans-gurmukhi",
    "noto-sans-tamil",
    "noto-sans-hanifi-rohingya",
    "noto-sans-hebrew",
    "noto-sans-georgian",
    "noto-sans-armenian",
    "noto-sans-sc",
    "noto-sans-kr",
    "noto-emoji",
    "noto-sans-symbols-2",
)
"""Asked in this order for a letter that none of the first has: a name may be in any script."""
_DEVANAGARI = frozenset([*range(0x900, 0x980), *range(0xA8E0, 0xA900), *range(0x1CD0, 0x1D00)])
_LEFT_OUT = {
    "noto-sans": _DEVANAGARI,  # a document shall embed it once
    "vazirmatn": frozenset([0x41]),  # one Latin letter, which would stand out in its word
    "noto-emoji": frozenset([0x20, 0xA0]),  # as wide as a picture
}
"""What isn't taken from a family although it has it."""
REGULAR = 400
BOLD = 700
EMPTY_ADVANCE = 20
"""Font units; a character without any width is no part of the page for PDFium."""


class FontsMissing(RuntimeError):
    """Some of the fonts were not built; nothing can be printed."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"Fonts are missing in {directory}: run `make setup` to build them.")


@dataclass(frozen=True, slots=True, eq=False)
class FontFace:
    """One font file, parsed. Compared by identity: there is one of each in a process."""

    name: str
    """The file's name without its ending, such as ``vazirmatn-400``."""
    family: str
    weight: int
    face: Any
    prepared: Any
    """The same face, made ready for quick subsetting."""
    font: Any
    covered: frozenset[int]
    """The code points that have a glyph."""
    advances: tuple[int, ...]
    """Width of each glyph, by glyph id, in font units."""
    empty: int
    """A glyph without ink; of hardly any width where the font has a joiner, else the space."""
    units_per_em: int
    ascent: int
    descent: int
    """Below the baseline, so negative; both in font units, as the font itself asks for."""


@functools.cache
def catalogue(directory: Path = _HERE) -> tuple[FontFace, ...]:
    """The fonts that documents and most names are set in. Raises FontsMissing."""
    return _parsed(directory, _FAMILIES)


@functools.cache
def others(weight: int, directory: Path = _HERE) -> tuple[FontFace, ...]:
    """The fonts to ask when those of ``preference`` don't have a letter, in that order.

    They are parsed when the first such letter comes: 40,000 glyphs take their time and memory.
    A family without bold ones gives its regular ones. Raises FontsMissing.
    """
    faces = _parsed(directory, _OTHERS)
    found = {face.family for face in faces if face.weight == weight}
    return tuple(face for face in faces if face.weight == weight or face.family not in found)


@functools.cache
def preference(language: str, weight: int) -> tuple[FontFace, ...]:
    """The fonts in the order in which text of this language asks them for a letter.

    An unregistered language is asked as English is. Raises FontsMissing.
    """
    try:
        families = registered_language(language).fonts
    except LookupError:
        families = registered_language("en").fonts
    wanted = [family.lower().replace(" ", "-") for family in families]

    def rank(face: FontFace) -> tuple[int, str]:
        return wanted.index(face.family) if face.family in wanted else len(wanted), face.name

    return tuple(sorted((f for f in catalogue() if f.weight == weight), key=rank))


def _parsed(directory: Path, families: Sequence[str]) -> tuple[FontFace, ...]:
    files = [
        (family, weight, file)
        for family in families
        for weight in (REGULAR, BOLD)
        if (file := directory / f"{family}-{weight}.ttf").exists()
    ]
    if {family for family, _, _ in files} != set(families):
        raise FontsMissing(directory)
    return tuple(_parse(file, family, weight) for family, weight, file in files)


def _parse(path: Path, family: str, weight: int) -> FontFace:
    data = path.read_bytes()
    face = hb.Face(data)
    font = hb.Font(face)
    empty = _without_ink(font)
    if not font.get_glyph_h_advance(empty):
        face = hb.Face(_with_advance(data, empty, EMPTY_ADVANCE))
        font = hb.Font(face)
    extents = font.get_font_extents("ltr")
    return FontFace(
        name=path.stem,
        family=family,
        weight=weight,
        face=face,
        prepared=hb.subset_preprocess(face),
        font=font,
        covered=frozenset(face.unicodes) - _LEFT_OUT.get(family, frozenset()),
        advances=tuple(font.get_glyph_h_advance(glyph) for glyph in range(face.glyph_count)),
        empty=empty,
        units_per_em=int(face.upem),
        ascent=int(extents.ascender),
        descent=int(extents.descender),
    )


def _without_ink(font: Any) -> int:
    """The joiner's glyph, where it is nothing to be seen, else the space's."""
    joiner = font.get_nominal_glyph(0x200C)
    extents = font.get_glyph_extents(joiner) if joiner else None
    if extents is not None and not extents.width:
        return int(joiner)
    return int(font.get_nominal_glyph(0x20) or 0)


def _with_advance(data: bytes, glyph: int, advance: int) -> bytes:
    """The font file with another width for one glyph, in its table ``hmtx`` (OpenType 1.9).

    Not in the PDF alone: there each glyph's width must be that of the font (ISO 19005-3, 6.2.11.5).
    HarfBuzz gives joiners no width, whatever the font says.
    """
    tables = {
        data[place : place + 4]: struct.unpack(">II", data[place + 8 : place + 16])
        for place in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
    }
    header, _ = tables[b"hhea"]
    (count,) = struct.unpack(">H", data[header + 34 : header + 36])
    place = tables[b"hmtx"][0] + 4 * glyph
    if glyph >= count:
        raise ValueError("the font gives this glyph no width of its own")
    return data[:place] + struct.pack(">H", advance) + data[place + 2 :]
