"""Sums of bits, modulo 2, and the data for which all of them are right."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdf.scan.symbol import DATA_BITS

Row = tuple[int, int]
"""Bits (bit i: number i) and their sum, modulo 2."""
Words = NDArray[np.uint64]
"""Data in words of 64 bits, the lowest first: a row for each."""

WORD = 64
_WORDS = -(-DATA_BITS // WORD)
_AT_ONCE = 14
"""Free bits: so many texts are looked at together."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """All data for which every sum is right."""

    fixed: int
    """What follows where the free bits are 0."""
    turned: tuple[int, ...]
    """For each free bit: it, and the bits that turn with it."""

    @property
    def count(self) -> int:
        """How many there are."""
        return 1 << len(self.turned)

    def handfuls(self) -> Iterator[Words]:
        """Every solution, many at a time."""
        together, apart = self.turned[:_AT_ONCE], self.turned[_AT_ONCE:]
        handful = words(self.fixed)
        for turned in together:
            handful = np.concatenate([handful, handful ^ words(turned)])
        for chosen in itertools.product((False, True), repeat=len(apart)):
            start = 0
            for turned in itertools.compress(apart, chosen):
                start ^= turned
            yield handful ^ words(start)


def words(data: int) -> Words:
    """One row of words."""
    return np.frombuffer(data.to_bytes(_WORDS * WORD // 8, "little"), "<u8")[None].astype(np.uint64)


def data_of(row: Words) -> int:
    """The data of one row."""
    return int.from_bytes(row.astype("<u8").tobytes(), "little")


def solve(rows: Iterable[Row], unknown: int) -> Solutions | None:
    """Gauss's elimination; None where the sums contradict each other.

    ``unknown``: the bits that are asked for.
    """
    pivots: dict[int, Row] = {}
    for equation in rows:
        row, value = equation
        for bit, (other, its) in pivots.items():
            if row >> bit & 1:
                row, value = row ^ other, value ^ its
        if row == 0 and value:
            return None
        if row:
            _add(pivots, row, value)
    free = [i for i in range(DATA_BITS) if unknown >> i & 1 and i not in pivots]
    turned = [1 << i | _turned_by(i, list(pivots.items())) for i in free]
    return Solutions(sum(1 << bit for bit, (_, value) in pivots.items() if value), tuple(turned))


def _add(pivots: dict[int, Row], row: int, value: int) -> None:
    """A new equation, from which one bit follows, and which takes that bit out of the others."""
    bit = row.bit_length() - 1
    for earlier, (other, its) in pivots.items():
        if other >> bit & 1:
            pivots[earlier] = (other ^ row, its ^ value)
    pivots[bit] = (row, value)


def _turned_by(free: int, pivots: Sequence[tuple[int, Row]]) -> int:
    return sum(1 << bit for bit, (row, _) in pivots if row >> free & 1)
