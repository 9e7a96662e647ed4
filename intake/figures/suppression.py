"""Withholds small counts, and others with them, so that no withheld one can be worked out.

Counts stand in a cube of three axes with its totals. A count under SMALLEST is withheld. Then each
withheld count gets company: a *box* of withheld counts that could all be another number together
(one more here, one less there) without any published number or total being different. So for each
withheld count at least two tables agree with everything that is published: no adding and
subtracting finds it, nor the knowledge that no count is below nothing.

Of a group with nobody in it (a language that nobody speaks at a school) all counts are nothing,
and that is published: there is nobody to protect. Nor is there where nothing happened in a week.
Otherwise nothing is a small count: that none of twenty has declined says something of each.
And where a total less what is shown beside it would be small, more is withheld.

The whole cube is looked at, whatever part of it somebody sees: so what is published never depends
on a filter or on who looks, and nothing comes of comparing two pages with each other.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import product

import numpy as np
from numpy.typing import NDArray

SMALLEST = 10
"""Counts under this are never published."""
_UNLIMITED = 1 << 40
_TOTAL_COSTS = 30.0
"""How many inner counts are rather withheld than one total."""
_UNPROVEN_GAIN = 1e-3
_NEAR = 30
"""How far along a long axis company is looked for, besides the total: so time stays short."""

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
_Place = tuple[int, int, int]


class Axis(Enum):
    """What somebody can know about the sum along an axis."""

    SUMMED = "summed"
    """Totals stand beside the counts: they are added at the axis's end."""
    APART = "apart"
    """Counts of different kinds of events: their sum is published nowhere."""


Axes = tuple[Axis, Axis, Axis]


@dataclass(frozen=True, slots=True)
class Published:
    """A cube with its totals, and which of its counts may be seen."""

    counts: Counts
    is_shown: Mask

    def at(self, first: int, second: int, third: int) -> int | None:
        """One count; None where it is withheld. -1 is the total of an axis that is summed."""
        place = first, second, third
        return int(self.counts[place]) if self.is_shown[place] else None


def publish(counts: Counts, axes: Axes, *, elsewhere: Mask | None = None) -> Published:
    """Decide which counts of a cube, and of its totals, may be seen.

    ``elsewhere``: the totals of the second axis are not this cube's to publish; it says which of
    them another one has published, by first and third axis.
    """
    if not counts.size:
        totals = with_totals(counts, axes)
        return Published(totals, np.zeros(totals.shape, dtype=np.bool_))
    cube = _Cube(with_totals(counts, axes), axes, elsewhere)
    # Totals first: the counts that hide one are often hidden themselves.
    for place in sorted(cube.small(), key=lambda one: -cube.totals_in(one)):
        if not cube.is_proven[place]:
            cube.cover(place)
    cube.widen()
    return Published(cube.counts, ~cube.is_hidden)


def with_totals(counts: Counts, axes: Axes) -> Counts:
    """The same with a total at the end of each axis that is summed."""
    for number, axis in enumerate(axes):
        if axis is Axis.SUMMED:
            counts = np.concatenate([counts, counts.sum(axis=number, keepdims=True)], axis=number)
    return counts


class _Cube:
    """A cube on its way to being published."""

    def __init__(self, counts: Counts, axes: Axes, elsewhere: Mask | None) -> None:
        self.counts = counts
        self.axes = axes
        is_known: Mask = np.zeros(counts.shape, dtype=np.bool_)
        if axes[2] is Axis.SUMMED:
            is_known |= counts[:, :, -1:] == 0  # nobody is there
        self.is_hidden: Mask = (counts < SMALLEST) & ~is_known
        if axes[2] is Axis.APART:
            self.is_hidden &= counts > 0
        self._own: Mask = np.ones(counts.shape, dtype=np.bool_)
        if elsewhere is not None:
            self._own[:, -1, :] = False
            is_known[:, -1, :] = elsewhere
            self.is_hidden[:, -1, :] = ~elsewhere
        self.is_proven: Mask = np.zeros(counts.shape, dtype=np.bool_)
        """In a box; so are all others of it, and what is hidden stays hidden."""
        totals: Counts = np.zeros(counts.shape, dtype=np.int64)
        for number, axis in enumerate(axes):
            if axis is Axis.SUMMED:
                totals[(slice(None),) * number + (-1,)] += 1
        self._totals = totals
        self._costs = np.where(is_known, np.inf, _TOTAL_COSTS**totals * np.sqrt(counts + 1.0))

    def small(self) -> list[_Place]:
        """What must be withheld for its own sake."""
        return [(int(a), int(b), int(c)) for a, b, c in np.argwhere(self.is_hidden & self._own)]

    def totals_in(self, place: _Place) -> int:
        """How many axes a count is the total of."""
        return int(self._totals[place])

    def cover(self, place: _Place) -> None:
        """Withhold the box that costs least; everything in it is safe then."""
        partners = [self._partners(number, index) for number, index in enumerate(place)]
        shape = tuple(len(found) for found, _ in partners)
        cost, gain = np.zeros(shape), np.zeros(shape)
        up = np.full(shape, _UNLIMITED, dtype=np.int64)
        down = np.full(shape, _UNLIMITED, dtype=np.int64)
        for corner in self._corners():
            at = np.ix_(*self._indexes(place, partners, corner))
            sign = self._sign(partners, corner)
            found = np.broadcast_to(self.counts[at], shape)
            up = np.where(sign < 0, np.minimum(up, found), up)
            down = np.where(sign > 0, np.minimum(down, found), down)
            cost = cost + np.where(self.is_hidden[at], 0.0, self._costs[at])
            gain = gain + np.where(self.is_proven[at], 0.0, _UNPROVEN_GAIN)
        can_move = (up > 0) | (down > 0)
        best = np.unravel_index(np.argmin(np.where(can_move, cost - gain, np.inf)), shape)
        chosen = [found[number] for (found, _), number in zip(partners, best, strict=True)]
        for corner in self._corners():
            index = tuple(
                int(other) if moved else own
                for own, other, moved in zip(place, chosen, corner, strict=True)
            )
            self.is_hidden[index] = self.is_proven[index] = True

    def widen(self) -> None:
        """Withhold more wherever a total less what is shown beside it is a small count itself."""
        while found := [(line, axis) for axis in range(3) for line in self._thin_lines(axis)]:
            for line, axis in found:
                if self._is_thin(line, axis):  # one before may have helped this one too
                    self.cover(self._next_of(line, axis))

    def _thin_lines(self, axis: int) -> list[_Place]:
        """The lines whose withheld counts come to less than SMALLEST, by their total's place."""
        if self.axes[axis] is Axis.APART:
            return []
        parts = [slice(None)] * 3
        parts[axis] = slice(None, -1)
        hidden, counts = self.is_hidden[tuple(parts)], self.counts[tuple(parts)]
        rest = np.where(hidden, counts, 0).sum(axis=axis, keepdims=True)
        parts[axis] = slice(-1, None)
        is_told = ~self.is_hidden[tuple(parts)] & self._own[tuple(parts)]
        thin = np.argwhere(hidden.any(axis=axis, keepdims=True) & is_told & (rest < SMALLEST))
        last = self.counts.shape[axis] - 1
        return [
            (
                last if axis == 0 else int(a),
                last if axis == 1 else int(b),
                last if axis == 2 else int(c),
            )
            for a, b, c in thin
        ]

    def _is_thin(self, line: _Place, axis: int) -> bool:
        along = _parts_of(line, axis)
        rest = self.counts[along][self.is_hidden[along]].sum()
        return not self.is_hidden[line] and bool(rest < SMALLEST)

    def _next_of(self, line: _Place, axis: int) -> _Place:
        """What is withheld next of a line: the cheapest that is shown, or else its total."""
        along = _parts_of(line, axis)
        found = np.where(self.is_hidden[along], np.inf, self._costs[along])
        if not np.isfinite(found).any():
            return line
        place = list(line)
        place[axis] = int(np.argmin(found))
        return place[0], place[1], place[2]

    def _partners(self, number: int, index: int) -> tuple[Counts, Counts]:
        """The other indexes that a box can reach to along an axis, and which way they move.

        Of two counts one grows as the other shrinks; a total moves as its part does.
        """
        if self.axes[number] is Axis.APART:
            return np.array([index]), np.array([1])
        total = self.counts.shape[number] - 1
        others = self._near(index, total)
        return others, np.where((others == total) | (index == total), 1, -1)

    @staticmethod
    def _near(index: int, total: int) -> Counts:
        first = max(0, min(index - _NEAR, total - 2 * _NEAR - 1))
        last = min(total, first + 2 * _NEAR + 1)
        near = [other for other in range(first, last) if other != index]
        if index != total:
            near.append(total)
        return np.array(near, dtype=np.int64)

    def _corners(self) -> list[tuple[bool, bool, bool]]:
        ways = [(False,) if axis is Axis.APART else (False, True) for axis in self.axes]
        return [(a, b, c) for a, b, c in product(*ways)]

    @staticmethod
    def _indexes(
        place: _Place, partners: list[tuple[Counts, Counts]], corner: tuple[bool, bool, bool]
    ) -> list[Counts]:
        return [
            found if moved else np.array([own])
            for own, (found, _), moved in zip(place, partners, corner, strict=True)
        ]

    @staticmethod
    def _sign(partners: list[tuple[Counts, Counts]], corner: tuple[bool, bool, bool]) -> Counts:
        """Which way a corner moves, for each box."""
        first, second, third = (
            signs if moved else np.ones(len(signs), dtype=np.int64)
            for (_, signs), moved in zip(partners, corner, strict=True)
        )
        sign: Counts = first[:, None, None] * second[None, :, None] * third[None, None, :]
        return sign


def _parts_of(line: _Place, axis: int) -> tuple[int | slice, ...]:
    """Where the parts of a total stand, by the total's place."""
    return (*line[:axis], slice(None, -1), *line[axis + 1 :])
