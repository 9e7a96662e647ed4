"""Reads codes of which too much is lost for error correction, from what is likely.

A reader of QR codes takes each module for dark or light and corrects as many bytes as it can. But
how dark a module is says how sure it is, and how our texts begin is known: about 70 of the 176
bits are open, and 352 modules are sums of them. So the open bits are taken from the surest modules
(ordered statistics decoding: Fossorier and Lin, IEEE Trans. Inf. Theory 41, 1995), one or two of
those are doubted, and the text counts whose modules agree best with the picture: if it is one of
ours, with its check letters, and agrees far better than any text would by chance.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pdf.scan.arrays import Matrix
from pdf.scan.beginnings import Beginning, beginnings
from pdf.scan.bent import known
from pdf.scan.codes import sheet_code
from pdf.scan.symbol import (
    DATA_BITS,
    MASKS,
    MODULES,
    equations,
    formats,
    is_turned,
    places,
    text_of,
)
from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import PageKind, PaperSize

LEAST_AGREEMENT = 0.6
"""Of 1; a text that is not there agrees by 0.5 at the most, however many are tried."""
_FEWEST_COUNT = 150
"""As many equally sure modules must be there that a text which agrees is no chance."""
_MOST_GRIDS = 6
_MOST_BEGINNINGS = 24
_DOUBTED = 40
"""Of the surest modules, those least sure: each two of them may be wrong."""
_MOST_TEXTS = 30

_Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Likely:
    """A code, and how well its modules agree with the picture: 1 where all do."""

    code: SheetCode
    agreement: float


def likely_code(
    grids: Sequence[Matrix], size: PaperSize, kind: PageKind | None
) -> SheetCode | None:
    """What one of the grids says; None where it can't be told for sure.

    A grid has a number for each module: above 0 is dark, and further from 0 is surer.
    """
    best: Likely | None = None
    for grid in sorted(grids, key=_looks_like_a_code, reverse=True)[:_MOST_GRIDS]:
        for found in _found(grid, size, kind):
            if best is None or found.agreement > best.agreement:
                best = found
    return best.code if best is not None and best.agreement >= LEAST_AGREEMENT else None


def _looks_like_a_code(grid: Matrix) -> float:
    """How well the modules that are the same in every code agree."""
    same = known(MODULES)
    return float((grid * same).sum() / (np.abs(grid * same).sum() + 1e-9))


def _found(grid: Matrix, size: PaperSize, kind: PageKind | None) -> Iterator[Likely]:
    values = np.array([grid[place] for place in places()])
    total = float(np.abs(values).sum())
    # No few modules may decide alone, however sure they look.
    if total**2 < _FEWEST_COUNT * float((values**2).sum()):
        return
    basis: dict[int, _Basis] = {}
    for beginning, mask in _likeliest(grid, values, size, kind):
        if beginning.open not in basis:
            basis[beginning.open] = _Basis.of(np.abs(values), beginning.open)
        for data, agreement in basis[beginning.open].solutions(values, beginning, mask):
            text = text_of(data, beginning.length)
            code = sheet_code(text) if text else None
            if code is not None and code.encoded().startswith(beginning.text):
                yield Likely(code, agreement / total)
                break


def _likeliest(
    grid: Matrix, values: Matrix, size: PaperSize, kind: PageKind | None
) -> list[tuple[Beginning, int]]:
    """The beginnings and masks whose modules agree best, of all that we print."""
    every = beginnings(size, kind)
    expected = _expected(size, kind)
    scored = []
    for mask in MASKS:
        named = sum(grid[m] if dark else -grid[m] for m, dark in formats(mask).items())
        agreeing = expected @ (values * _turned(mask)) + named
        scored += [(score, i, mask) for i, score in enumerate(agreeing)]
    scored.sort(reverse=True)
    return [(every[i], mask) for _, i, mask in scored[:_MOST_BEGINNINGS]]


@cache
def _expected(size: PaperSize, kind: PageKind | None) -> Matrix:
    """For each beginning and module before the mask: 1 dark, -1 light, 0 not known yet."""
    rows = []
    for each in beginnings(size, kind):
        row = [
            0 if e & each.open else (e & each.value).bit_count() % 2 * 2 - 1 for e in equations()
        ]
        rows.append(row)
    return np.array(rows, np.float64)


@cache
def _turned(mask: int) -> Matrix:
    """-1 where the mask turns a module, else 1."""
    return np.array([-1.0 if is_turned(mask, place) else 1.0 for place in places()])


@dataclass(frozen=True, slots=True)
class _Basis:
    """The surest modules from which all open bits follow."""

    open_bits: tuple[int, ...]
    rows: NDArray[np.intp]
    """Which modules: as many as there are open bits, the surest first."""
    to_bits: _Bits
    """From those modules to the open bits, modulo 2."""
    to_all: _Bits
    """From those modules to all modules, modulo 2."""

    @classmethod
    def of(cls, sureness: Matrix, unknown: int) -> "_Basis":
        open_bits = tuple(i for i in range(DATA_BITS) if unknown >> i & 1)
        matrix = np.array([[e >> i & 1 for i in open_bits] for e in equations()], np.uint8)
        rows, inverse = _surest_independent(matrix, np.argsort(-sureness, kind="stable"))
        return cls(open_bits, rows, inverse, matrix @ inverse % 2)

    def solutions(
        self, values: Matrix, beginning: Beginning, mask: int
    ) -> Iterator[tuple[int, float]]:
        """Data and how well its modules agree, the best first."""
        turned = _turned(mask) < 0
        fixed = np.array([(e & beginning.value).bit_count() % 2 for e in equations()], np.uint8)
        fixed ^= turned
        chosen = (values[self.rows] > 0) ^ fixed[self.rows]
        modules = (self.to_all @ chosen % 2) ^ fixed
        signed: Matrix = np.where(modules, values, -values).astype(np.float64)
        flips: Matrix = 1.0 - 2.0 * self.to_all.astype(np.float64)
        for agreement, doubted in _ways(signed, flips)[:_MOST_TEXTS]:
            bits = chosen.copy()
            bits[list(doubted)] ^= 1
            solved = self.to_bits @ bits % 2
            data = beginning.value
            for i, bit in zip(self.open_bits, solved, strict=True):
                data |= int(bit) << i
            yield data, agreement


def _ways(signed: Matrix, flips: Matrix) -> list[tuple[float, tuple[int, ...]]]:
    """How well all agrees when none, one or two of the surest modules are taken as wrong."""
    count = flips.shape[1]
    single = signed @ flips
    found: list[tuple[float, tuple[int, ...]]] = [(float(signed.sum()), ())]
    found += [(float(score), (i,)) for i, score in enumerate(single)]
    last = range(max(0, count - _DOUBTED), count)
    late = flips[:, last.start :]
    both = late.T @ (signed[:, None] * late)
    for i, j in itertools.combinations(range(len(last)), 2):
        found.append((float(both[i, j]), (last[i], last[j])))
    found.sort(reverse=True)
    return found


def _surest_independent(matrix: _Bits, order: NDArray[np.intp]) -> tuple[NDArray[np.intp], _Bits]:
    """The first rows in this order that are independent, and the inverse of what they form."""
    count = matrix.shape[1]
    reduced = np.zeros((count, count), np.uint8)
    inverse = np.zeros((count, count), np.uint8)
    pivots: list[int] = []
    rows: list[int] = []
    for index in order:
        row = matrix[index].copy()
        combination = np.zeros(count, np.uint8)
        if len(rows) == count:
            break
        combination[len(rows)] = 1
        for k, pivot in enumerate(pivots):
            if row[pivot]:
                row ^= reduced[k]
                combination ^= inverse[k]
        left = np.flatnonzero(row)
        if not len(left):
            continue
        pivot = int(left[0])
        for k in range(len(pivots)):
            if reduced[k][pivot]:
                reduced[k] ^= row
                inverse[k] ^= combination
        reduced[len(pivots)], inverse[len(pivots)] = row, combination
        pivots.append(pivot)
        rows.append(int(index))
    ordered = np.argsort(pivots)
    return np.array(rows, np.intp), inverse[ordered]
