"""Writes glyphs: which codes, how far apart, and what is read from each."""

import itertools
from collections.abc import Sequence

from pdf.file import number, utf16
from pdf.text.embed import UNREAD, FontUse
from pdf.text.shape import Cluster, Glyph

_ASIDE = 0.13
"""How far before a place its mark stands, in ems: readers sort by place, and take what stands
within a tenth of an em of the letter before for its shadow (poppler)."""


def placed(cluster: Cluster) -> list[tuple[Glyph, int]]:
    """The glyphs, each with its place from the cluster's begin."""
    places = itertools.accumulate((glyph.advance for glyph in cluster.glyphs), initial=0)
    return list(zip(cluster.glyphs, places, strict=False))


class Pen:
    """Writes glyphs at their places, moving only where the font's own widths don't lead."""

    def __init__(self, use: FontUse, size: float) -> None:
        self.pieces: list[str] = []
        self.origin = 0
        """Where the cluster begins, from the run's begin."""
        self.empty = Glyph(use.face.empty, 0, 0, 0)
        self.aside = round(_ASIDE * use.face.units_per_em)
        self.marks: list[tuple[Glyph, int]] = []
        """To be drawn at the line's end, with their places in the run: PDFium ends the line where
        something stands higher."""
        self.codes: dict[tuple[int, str], str] = {}
        """The codes that were used, by glyph and text, in the order of their first use."""
        self._use = use
        self._size = size
        self._shown: list[str] = []
        self._at = 0
        self._rise = 0

    def show(self, glyph: Glyph, place: int, text: str) -> None:
        """One glyph, ``place`` from the origin, that carries this text."""
        scale = 1000 / self._use.face.units_per_em
        if glyph.dy != self._rise:
            self.flush()
            self._rise = glyph.dy
            self.pieces.append(f"{number(glyph.dy * scale * self._size / 1000)} Ts ")
        wanted = self.origin + place + glyph.dx
        if wanted != self._at:
            self._shown.append(number((self._at - wanted) * scale))
        code = self.codes[glyph.id, text] = self._use.code(glyph.id, text)
        self._shown.append(code)
        self._at = wanted + self._use.advance(glyph.id)

    def mark(self, character: str) -> None:
        """An unseen character that tells readers of a direction, just before the origin."""
        self.show(self.empty, -self.aside, character)

    def span(self, text: str, placed: Sequence[tuple[Glyph, int]], *, carried: bool = True) -> None:
        """Several glyphs that are read as this text, whatever each of them carries.

        For readers that know no ActualText it is shared out, unless it is not to be ``carried``:
        the first glyph has what the others, one letter each, leave over.
        """
        self.flush()
        self.pieces.append(f"/Span<</ActualText<{utf16(text).hex()}>>>BDC ")
        first = max(len(text) - len(placed) + 1, 1)
        shares = [text[:first], *text[first:]] if carried else []
        for i, (glyph, place) in enumerate(placed):
            self.show(glyph, place, shares[i] if i < len(shares) and shares[i] else UNREAD)
        self.flush()
        self.pieces.append("EMC ")

    def flush(self) -> None:
        """End the string that is being written."""
        if self._shown:
            self.pieces.append(f"[{''.join(self._shown)}]TJ ")
            self._shown.clear()

    def finished(self) -> str:
        """All operators but those of the marks, with the rise set back."""
        self.flush()
        if self._rise:
            self._rise = 0
            self.pieces.append("0 Ts")
        return "".join(self.pieces).replace("><", "")  # neighbouring codes in one string

    def finished_marks(self) -> str:
        """The operators that draw the marks, from the run's begin again."""
        if not self.marks:
            return ""
        self.pieces = []
        self.origin = self._at = 0
        self.span("", self.marks)
        return self.finished()
