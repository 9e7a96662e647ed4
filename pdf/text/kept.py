"""Lines as they were written once: a legal text is set again and again, for one family after
another, and most of its lines stand at the same place each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pdf.fonts import FontFace


@dataclass(frozen=True, slots=True)
class Piece:
    """Operators of neighbouring runs, all of them English or none."""

    start: int
    """The first character's place in the paragraph."""
    english: bool
    operators: str


@dataclass(frozen=True, slots=True)
class Need:
    """What a piece takes for granted of a document's fonts."""

    face: FontFace
    backwards: bool
    resource: str
    codes: Mapping[tuple[int, str], str]
    """By glyph and the text it carries."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line's pieces; they can be used again in a document whose fonts fit."""

    pieces: tuple[Piece, ...]
    needs: tuple[Need, ...]


Place: TypeAlias = tuple[float, float, float, str, bool, bool]
"""Left end, baseline, size, colour, whether its English words are apart, and whether it is on a
page of right-to-left lines."""

MOST_PLACES = 128
"""How many places of one line are remembered (a bullet has the most); beyond, all are forgotten."""
