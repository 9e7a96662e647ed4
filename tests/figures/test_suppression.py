"""No withheld count can be worked out from everything that is published at once."""

from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.figures.suppression import (
    SMALLEST,
    Axes,
    Axis,
    Counts,
    Published,
    publish,
)

EVERY_SUM: Axes = (Axis.SUMMED, Axis.SUMMED, Axis.SUMMED)
WEEKS: Axes = (Axis.SUMMED, Axis.SUMMED, Axis.APART)
STANDINGS: Axes = (Axis.SUMMED, Axis.APART, Axis.APART)

Row = dict[tuple[int, ...], Fraction]


def cubes(widest: int) -> st.SearchStrategy[Counts]:
    """Counts as they are: many nothings, some small, a few large."""
    count = st.one_of(st.just(0), st.integers(0, 14), st.integers(0, 400))
    shapes = st.tuples(*[st.integers(1, widest)] * 3)
    return shapes.flatmap(
        lambda shape: st.lists(
            count, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))
        ).map(lambda found: np.array(found, dtype=np.int64).reshape(shape))
    )


@settings(max_examples=60, deadline=None)
@given(cubes(4))
def test_no_withheld_count_follows_from_totals_and_shown_counts(counts: Counts) -> None:
    found = publish(counts, EVERY_SUM)
    somebody = found.counts[:, :, -1:] > 0
    assert not (found.is_shown & (found.counts < SMALLEST) & somebody).any()
    assert determined(found, EVERY_SUM) == set()
    for number in range(3):
        parts, total = np.split(np.arange(found.counts.shape[number]), [-1])
        counts, shown = found.counts.take(parts, number), found.is_shown.take(parts, number)
        rest = np.where(shown, 0, counts).sum(axis=number)
        is_told = found.is_shown.take(total, number).squeeze(number) & ~shown.all(axis=number)
        assert (rest[is_told] >= SMALLEST).all()


@settings(max_examples=60, deadline=None)
@given(cubes(4))
def test_nor_where_another_table_tells_the_sums_over_the_weeks(counts: Counts) -> None:
    sums = publish(counts.sum(axis=1, keepdims=True), STANDINGS).is_shown[:, 0, :]
    found = publish(counts, WEEKS, elsewhere=sums)
    assert not (found.is_shown & (found.counts < SMALLEST) & (found.counts > 0))[:, :-1].any()
    assert (found.is_shown[:, -1] == sums).all()
    assert determined(found, WEEKS).isdisjoint(weeks_of(found))


def weeks_of(found: Published) -> set[tuple[int, ...]]:
    """The places that this cube publishes, without the sums of the other table."""
    first, weeks, third = found.counts.shape
    return set(product(range(first), range(weeks - 1), range(third)))


@settings(max_examples=40, deadline=None)
@given(cubes(2))
def test_every_withheld_count_could_be_another_one(counts: Counts) -> None:
    """Also for somebody who knows that no count is below nothing."""
    found = publish(counts, EVERY_SUM)
    for place in np.argwhere(~found.is_shown):
        assert has_another_table(found, tuple(int(index) for index in place))


def test_what_is_large_enough_is_published_as_it_is() -> None:
    counts = np.full((2, 2, 2), 40)
    found = publish(counts, EVERY_SUM)
    assert found.is_shown.all()
    assert (found.at(0, 0, 0), found.at(-1, -1, -1)) == (40, 320)


def test_a_small_count_takes_others_with_it_and_leaves_the_totals() -> None:
    counts = np.array([[[300, 4], [210, 60]], [[250, 55], [180, 70]]])
    found = publish(counts, EVERY_SUM)
    assert found.at(0, 0, 1) is None
    assert (~found.is_shown).sum() == 8
    assert found.is_shown[-1].all()


def test_where_there_is_nobody_nobody_is_protected() -> None:
    found = publish(np.array([[[30, 20], [0, 0]], [[40, 15], [25, 25]]]), EVERY_SUM)
    assert found.is_shown.all()


def test_nothing_in_a_group_with_somebody_in_it_is_withheld() -> None:
    found = publish(np.array([[[30, 0]]]), EVERY_SUM)
    assert found.at(0, 0, 1) is None
    assert found.at(0, 0, 0) is None  # it would say that all are the same
    assert found.at(0, 0, -1) == 30


def determined(found: Published, axes: Axes) -> set[tuple[int, ...]]:
    """The withheld counts that linear algebra finds: a row with one unknown in reduced form."""
    rows = [row for row in lines(found, axes) if row]
    reduced: dict[tuple[int, ...], Row] = {}
    for row in rows:
        left = row
        for pivot, known in reduced.items():
            left = minus(left, known, left.get(pivot, Fraction(0)))
        if not left:
            continue
        pivot = next(iter(left))
        left = {place: value / left[pivot] for place, value in left.items()}
        reduced = {
            other: minus(known, left, known.get(pivot, Fraction(0)))
            for other, known in reduced.items()
        }
        reduced[pivot] = left
    return {pivot for pivot, row in reduced.items() if len(row) == 1}


def minus(row: Row, other: Row, times: Fraction) -> Row:
    if not times:
        return row
    places = row.keys() | other.keys()
    found = {p: row.get(p, Fraction(0)) - times * other.get(p, Fraction(0)) for p in places}
    return {place: value for place, value in found.items() if value}


def lines(found: Published, axes: Axes) -> list[Row]:
    """What is known: along each axis the parts make the total. Only unknowns are kept."""
    rows = []
    for number, axis in enumerate(axes):
        others = [range(length) for length in found.counts.shape]
        others[number] = range(1)
        for place in product(*others):
            at = [
                (*place[:number], i, *place[number + 1 :])
                for i in range(found.counts.shape[number])
            ]
            if axis is Axis.APART:
                continue
            signs = [*[1] * (len(at) - 1), -1]
            hidden = zip(at, signs, strict=True)
            rows.append({one: Fraction(sign) for one, sign in hidden if not found.is_shown[one]})
    return rows


def has_another_table(found: Published, place: tuple[int, ...]) -> bool:
    """Whether some other counts, none below nothing, make the same published ones."""
    inner = tuple(length - 1 for length in found.counts.shape)
    cells = list(product(*[range(length) for length in inner]))
    for change in product((-1, 0, 1), repeat=len(cells)):
        moved = np.zeros(inner, dtype=np.int64)
        for cell, step in zip(cells, change, strict=True):
            moved[cell] = step
        other = with_all_totals(found.counts[:-1, :-1, :-1] + moved)
        same = (other == found.counts) | ~found.is_shown
        if (other >= 0).all() and same.all() and other[place] != found.counts[place]:
            return True
    return False


def with_all_totals(counts: Counts) -> Counts:
    for number in range(3):
        counts = np.concatenate([counts, counts.sum(axis=number, keepdims=True)], axis=number)
    return counts
