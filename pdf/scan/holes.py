"""Reads codes whose dark modules have run together, from the holes that are left.

A fax fattens ink until most light modules are closed: error correction gives up. But what is
still light is surely light, in either of the two codes, and each such module is an equation about
the text. How our texts begin is known, so few bits are unknown: where the holes leave but one text
that is one of ours, with its check letters, it is read. Otherwise nothing is.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from forms.document import UnknownDocument, versions
from pdf.scan.arrays import Matrix, Picture
from pdf.scan.bent import known
from pdf.scan.codes import sheet_code
from pdf.scan.register import Registration
from pdf.scan.symbol import (
    DATA_BITS,
    LONGEST,
    MASKS,
    MODULES,
    Module,
    data_bits,
    equations,
    formats,
    is_turned,
    modules_of,
    places,
    text_of,
)
from pdf.sheet.code import ID_LENGTH, SheetCode, SheetDocument
from pdf.sheet.geometry import PageKind, PaperSize, Square, codes
from translations import languages

_PER_MODULE = 12
_AROUND = 6
"""Pixels by which a code may lie elsewhere."""
_MIDDLE = 0.28
"""Of a module: how far from its middle a hole counts half."""
_HOLE = 0.3
"""How light a module's middle is that is surely light."""
_FEWEST = 60
"""Light modules: with fewer, nothing can be found."""
_MOST_LIGHT = 205
"""Of the 352 modules of data about half are light: masks see to that."""
_MOST_BEGINNINGS = 100
"""That contradict no hole: if there are more, the holes say too little."""
_MOST_OPEN = 8
"""Bits that the holes may leave open: each doubles the texts that are tried."""
_MOST_PAGES = 9
_CHECK_LENGTH = 2
_KINDS = {
    SheetDocument.WAIVER: (PageKind.TEXT, PageKind.CONSENT),
    SheetDocument.REVOCATION: (PageKind.TEXT, PageKind.REVOCATION),
}

_Row = tuple[int, int]
"""Bits (bit i: number i) and their sum, modulo 2."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """How the text of a code may begin; the id and the check letters follow."""

    text: str
    known: int
    """Which bits of the data are known (bit i: number i)."""
    value: int

    @property
    def length(self) -> int:
        return len(self.text) + ID_LENGTH + _CHECK_LENGTH

    @property
    def open(self) -> int:
        """The bits that are not known."""
        return ~self.known & (1 << DATA_BITS) - 1


def read_holes(picture: Picture, registration: Registration) -> SheetCode | None:
    """What both codes say together; None where it can't be told for sure."""
    lightness = np.max(
        [_lightness(picture, registration, square) for square in codes(registration.size)], axis=0
    )
    light = {(int(r), int(c)) for r, c in np.argwhere(lightness > _HOLE)}
    if len(light) < _FEWEST:
        return None
    kind = None if registration.contradicts else registration.marked
    possible = [
        (beginning, mask, rows)
        for mask in MASKS
        if not any(dark and module in light for module, dark in formats(mask).items())
        for beginning in _beginnings(registration.size, kind)
        if (rows := _rows(beginning, mask, light)) is not None
    ]
    if len(possible) > _MOST_BEGINNINGS:
        return None
    found = {code for each in possible for code in _codes(*each)}
    return found.pop() if len(found) == 1 else None


def _lightness(picture: Picture, registration: Registration, square: Square) -> Matrix:
    """How light the lightest point of each module is; less, the further from its middle."""
    pixels = MODULES * _PER_MODULE + 2 * _AROUND
    step = square.side / (MODULES * _PER_MODULE)
    left, top = square.x - _AROUND * step, square.y + square.side + _AROUND * step
    on_paper = np.array([[step, 0, left], [0, -step, top], [0, 0, 1]], np.float64)
    flat = cv2.warpPerspective(
        picture,
        registration.to_picture @ on_paper,
        (pixels, pixels),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    offset = np.arange(_PER_MODULE) - (_PER_MODULE - 1) / 2
    near = np.exp(-(offset**2) / (2 * (_MIDDLE * _PER_MODULE) ** 2))
    weights = near[:, None] * near[None]
    same = known(MODULES)
    best: tuple[float, Matrix] | None = None
    for dy, dx in itertools.product(range(0, 2 * _AROUND + 1, 2), repeat=2):
        inner = flat[dy : dy + MODULES * _PER_MODULE, dx : dx + MODULES * _PER_MODULE] / 255
        cells = inner.reshape(MODULES, _PER_MODULE, MODULES, _PER_MODULE).transpose(0, 2, 1, 3)
        found = (cells * weights).max(axis=(2, 3))
        fits = float(found[same < 0].mean() - found[same > 0].mean())
        if best is None or fits > best[0]:
            best = (fits, found)
    assert best is not None  # noqa: S101  (the loop ran)
    return best[1]


@cache
def _beginnings(size: PaperSize, kind: PageKind | None) -> tuple[_Beginning, ...]:
    """Every way in which the text of a page that we print can begin."""
    pages = [(p, q) for q in range(1, _MOST_PAGES + 1) for p in range(1, q + 1)]
    texts = {
        SheetCode(document, each, version, language, page, of, "0" * ID_LENGTH, size).encoded()
        for document, kinds in _KINDS.items()
        for each in kinds
        if kind in (None, each)
        for version in _versions(document)
        for language in languages()
        for page, of in pages
    }
    return tuple(_beginning(text) for text in sorted(texts) if len(text) <= LONGEST)


def _versions(document: SheetDocument) -> tuple[str, ...]:
    try:
        return versions(document.value)
    except UnknownDocument:
        return ()


def _beginning(code: str) -> _Beginning:
    text = code[: -ID_LENGTH - _CHECK_LENGTH]
    bits = data_bits(text, len(code))
    return _Beginning(
        text, sum(1 << i for i in bits), sum(1 << i for i, dark in bits.items() if dark)
    )


def _rows(beginning: _Beginning, mask: int, light: set[Module]) -> list[_Row] | None:
    """What the holes say about the bits that are not known; None if they contradict the others."""
    rows = []
    for place, row in zip(places(), equations(), strict=True):
        if place not in light:
            continue
        wanted = is_turned(mask, place) ^ (row & beginning.value).bit_count() % 2
        unknown = row & beginning.open
        if unknown == 0 and wanted:
            return None
        rows.append((unknown, int(wanted)))
    return rows


def _codes(beginning: _Beginning, mask: int, rows: Sequence[_Row]) -> Iterator[SheetCode]:
    """The codes with this beginning that have holes where holes are."""
    for solution in _solutions(rows, beginning.open):
        data = solution | beginning.value
        text = text_of(data, beginning.length)
        code = sheet_code(text) if text else None
        if code is None or not code.encoded().startswith(beginning.text):
            continue
        if len(places()) - int(modules_of(data, mask).sum()) <= _MOST_LIGHT:
            yield code


def _solutions(rows: Iterable[_Row], unknown: int) -> Iterator[int]:
    """All data for which every equation holds; none where too many are left (Gauss)."""
    pivots: dict[int, _Row] = {}
    for equation in rows:
        row, value = equation
        for bit, (other, its) in pivots.items():
            if row >> bit & 1:
                row, value = row ^ other, value ^ its
        if row == 0 and value:
            return
        if row:
            _add(pivots, row, value)
    left = [i for i in range(DATA_BITS) if unknown >> i & 1 and i not in pivots]
    if len(left) > _MOST_OPEN:
        return
    for chosen in itertools.product((0, 1), repeat=len(left)):
        free = sum(1 << i for i, bit in zip(left, chosen, strict=True) if bit)
        yield free | _dependent(list(pivots.items()), free)


def _add(pivots: dict[int, _Row], row: int, value: int) -> None:
    """A new equation, from which one bit follows, and which takes that bit out of the others."""
    bit = row.bit_length() - 1
    for earlier, (other, its) in pivots.items():
        if other >> bit & 1:
            pivots[earlier] = (other ^ row, its ^ value)
    pivots[bit] = (row, value)


def _dependent(pivots: Sequence[tuple[int, _Row]], free: int) -> int:
    return sum(1 << bit for bit, (row, value) in pivots if (row & free).bit_count() % 2 ^ value)
