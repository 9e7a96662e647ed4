"""Reads codes whose dark modules have run together, from the holes that are left.

A fax fattens ink until most light modules are closed: error correction gives up. But what is
still light is surely light, in either of the two codes, and each such module is an equation about
the text. How our texts begin is known, so few bits are unknown: where the holes leave but one text
that is one of ours, with its check letters, it is read. Otherwise nothing is.
"""

import itertools
from collections.abc import Iterator
from heapq import nlargest

import numpy as np

from pdf.scan.arrays import Matrix, Picture
from pdf.scan.beginnings import Beginning, beginnings, may_be_text
from pdf.scan.bent import known
from pdf.scan.codes import sheet_code
from pdf.scan.fattened import agreement
from pdf.scan.flat import cut_out
from pdf.scan.register import Registration
from pdf.scan.solving import Row, Solutions, data_of, solve, words
from pdf.scan.symbol import (
    MASKS,
    MODULES,
    Module,
    equations,
    formats,
    is_turned,
    modules_of,
    places,
    text_of,
)
from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import PageKind, PaperSize, Square, codes

_PER_MODULE = 12
_AROUND = 6
"""Pixels by which a code may lie elsewhere."""
_MIDDLE = 0.28
"""Of a module: how far from its middle a hole counts half."""
_HOLES = (0.3, 0.1)
"""How light a module's middle is that is surely light: a fax leaves holes of a few pixels, and
where they are too few the smaller ones are looked at, too."""
_FEWEST = 60
"""Light modules: with fewer, nothing can be found."""
_MOST_LIGHT = 205
"""Of the 352 modules of data about half are light: masks see to that."""
_FEW_TEXTS, _MOST_TEXTS = 1 << 13, 1 << 20
"""Each bit that the holes leave open doubles the texts. Of few, hardly one has check letters by
chance; more than the most are not tried."""
_AGREES_OF_FEW, _AGREES_OF_MANY = 0.4, 0.65
"""Of the holes that a text must have and that are seen. On faxes the right text's were 0.56 to
0.85; of ten that fit by chance, among a million, the best had 0.6."""
_CLEARLY = 0.1
"""By so much the next text must agree less."""


def read_holes(picture: Picture, registration: Registration) -> SheetCode | None:
    """What both codes say together; None where it can't be told for sure."""
    lightness = np.max(
        [_lightness(picture, registration, square) for square in codes(registration.size)], axis=0
    )
    kind = None if registration.contradicts else registration.marked
    for least in _HOLES:
        light = {(int(r), int(c)) for r, c in np.argwhere(lightness > least)}
        found = _told_by(light, registration.size, kind)
        if found is not None:
            return found
    return None


def _told_by(light: set[Module], size: PaperSize, kind: PageKind | None) -> SheetCode | None:
    """The only code of ours that is light wherever these are."""
    if len(light) < _FEWEST:
        return None
    possible = [
        (beginning, mask, rows)
        for mask in MASKS
        if not any(dark and module in light for module, dark in formats(mask).items())
        for beginning in beginnings(size, kind)
        if (rows := _rows(beginning, mask, light)) is not None
    ]
    solved = [(beginning, mask, solve(rows, beginning.open)) for beginning, mask, rows in possible]
    open_texts = [(beginning, mask, each) for beginning, mask, each in solved if each]
    count = sum(each.count for *_, each in open_texts)
    if count > _MOST_TEXTS:
        return None
    agreeing: dict[SheetCode, float] = {}
    for beginning, mask, solutions in open_texts:
        for code, data in _codes(beginning, mask, solutions):
            agreeing[code] = max(agreement(data, mask, light), agreeing.get(code, 0.0))
    best, second = nlargest(2, [*agreeing.values(), 0.0, 0.0])
    least = _AGREES_OF_FEW if count <= _FEW_TEXTS else _AGREES_OF_MANY
    if best < least or best - second < _CLEARLY:
        return None
    return max(agreeing, key=agreeing.__getitem__)


def _lightness(picture: Picture, registration: Registration, square: Square) -> Matrix:
    """How light the lightest point of each module is; less, the further from its middle."""
    pixels = MODULES * _PER_MODULE + 2 * _AROUND
    step = square.side / (MODULES * _PER_MODULE)
    corner = square.x - _AROUND * step, square.y + square.side + _AROUND * step
    flat = cut_out(picture, registration.to_picture, corner, step, (pixels, pixels), beyond=0)
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


def _rows(beginning: Beginning, mask: int, light: set[Module]) -> list[Row] | None:
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


def _codes(
    beginning: Beginning, mask: int, solutions: Solutions
) -> Iterator[tuple[SheetCode, int]]:
    """The codes with this beginning that have holes where holes are, and their data."""
    for handful in solutions.handfuls():
        full = handful | words(beginning.value)
        for row in full[may_be_text(full, beginning)]:
            data = data_of(row)
            text = text_of(data, beginning.length)
            code = sheet_code(text) if text else None
            if code is None or not code.encoded().startswith(beginning.text):
                continue
            if len(places()) - int(modules_of(data, mask).sum()) <= _MOST_LIGHT:
                yield code, data
