"""The fonts that PDFs are set in: which there are, and in which order a language asks them.

The build writes them into this folder (``<family>-<subset>-<weight>.ttf``, decoded from the
npm packages of Fontsource, OFL 1.1); nothing is ever fetched while the program runs. Each is
parsed once per process and shared between threads: HarfBuzz's faces are immutable here.
"""

import functools
import re
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
    """A glyph without ink; of no width where the font has a joiner, else the space."""
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
    face = hb.Face(hb.Blob.from_file_path(str(path)))
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
        empty=int(font.get_nominal_glyph(0x200C) or font.get_nominal_glyph(0x20) or 0),
        units_per_em=int(face.upem),
        ascent=int(extents.ascender),
        descent=int(extents.descender),
    )
