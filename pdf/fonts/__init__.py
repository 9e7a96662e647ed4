"""The fonts that PDFs are set in: which there are, and in which order a language asks them.

The build writes them into this folder (``<family>-<subset>-<weight>.ttf``, decoded from the
npm packages of Fontsource, OFL 1.1); nothing is ever fetched while the program runs. Each is
parsed once per process and shared between threads: HarfBuzz's faces are immutable here.
"""

import functools
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from translations import language as registered_language

_HERE = Path(__file__).parent
_FILE = re.compile(
    r"(?P<family>noto-sans(?:-(?:myanmar|devanagari|ethiopic))?|vazirmatn)"
    r"-(?P<subset>[a-z-]+)-(?P<weight>400|700)\.ttf"
)
REGULAR = 400
BOLD = 700
EMPTY_ADVANCE = 20
"""Font units; a character without any width is no part of the page for PDFium."""
_COMMON_SUBSETS = ("latin", "latin-ext", "cyrillic", "greek", "vietnamese")


class FontsMissing(RuntimeError):
    """The fonts were not built; nothing can be printed."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"No fonts in {directory}: run `make setup` to build them.")


@dataclass(frozen=True, slots=True, eq=False)
class FontFace:
    """One font file, parsed. Compared by identity: there is one of each in a process."""

    name: str
    """The file's name without its ending, such as ``vazirmatn-arabic-400``."""
    family: str
    subset: str
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
    """Every font of the folder that PDFs use, by name.

    Latin letters come from Noto Sans in every language, so that the Latin subsets of the other
    families stay out, and a document of two languages embeds each letter once.
    Raises FontsMissing.
    """
    faces = []
    for path in sorted(directory.glob("*.ttf")):
        match = _FILE.fullmatch(path.name)
        if match and _is_used(match["family"], match["subset"]):
            faces.append(_parse(path, match["family"], match["subset"], int(match["weight"])))
    if not faces:
        raise FontsMissing(directory)
    return tuple(faces)


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

    def rank(face: FontFace) -> tuple[int, int, str]:
        family = wanted.index(face.family) if face.family in wanted else len(wanted)
        subsets = _COMMON_SUBSETS
        subset = subsets.index(face.subset) if face.subset in subsets else len(subsets)
        return (family, subset, face.name)

    return tuple(sorted((f for f in catalogue() if f.weight == weight), key=rank))


def _is_used(family: str, subset: str) -> bool:
    if family == "noto-sans":
        return subset != "devanagari"
    return not subset.startswith("latin")


def _parse(path: Path, family: str, subset: str, weight: int) -> FontFace:
    data = path.read_bytes()
    face = hb.Face(data)
    font = hb.Font(face)
    empty = int(font.get_nominal_glyph(0x200C) or font.get_nominal_glyph(0x20) or 0)
    if not font.get_glyph_h_advance(empty):
        face = hb.Face(_with_advance(data, empty, EMPTY_ADVANCE))
        font = hb.Font(face)
    extents = font.get_font_extents("ltr")
    return FontFace(
        name=path.stem,
        family=family,
        subset=subset,
        weight=weight,
        face=face,
        prepared=hb.subset_preprocess(face),
        font=font,
        covered=frozenset(face.unicodes),
        advances=tuple(font.get_glyph_h_advance(glyph) for glyph in range(face.glyph_count)),
        empty=empty,
        units_per_em=int(face.upem),
        ascent=int(extents.ascender),
        descent=int(extents.descender),
    )


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
