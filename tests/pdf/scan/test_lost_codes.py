"""Codes that error correction gives up: what is read of them for sure, and what nobody guesses."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from pdf.scan.arrays import Matrix
from pdf.scan.beginnings import beginnings, may_be_text
from pdf.scan.fattened import agreement
from pdf.scan.likely import likely_code
from pdf.scan.solving import data_of, solve, words
from pdf.scan.symbol import DATA_BITS, data_bits, places
from pdf.sheet.code import ALPHABET, SheetCode, SheetDocument
from pdf.sheet.geometry import PageKind, PaperSize

CODE = SheetCode(
    SheetDocument.WAIVER, PageKind.CONSENT, "2026-1", "ksw", 3, 6, "P368NEXYJH", PaperSize.A4
)


def drawn(code: SheetCode) -> tuple[Matrix, int]:
    """A code's modules (1 dark, -1 light) as segno draws it, and its mask."""
    made = segno.make(code.encoded(), version=2, error="q", boost_error=False)
    assert made.mask is not None
    return np.where(np.array([[*row] for row in made.matrix]) > 0, 1.0, -1.0), made.mask


def data(text: str) -> int:
    """The data of a text."""
    return sum(1 << i for i, dark in data_bits(text, len(text)).items() if dark)


@pytest.mark.parametrize("seed", range(6))
def test_a_code_in_noise_is_read(seed: int) -> None:
    rng = np.random.default_rng(seed)
    code = replace(CODE, waiver_id="".join(rng.choice([*ALPHABET], 10)))
    noise = rng.normal(size=(25, 25))
    grid = drawn(code)[0] + 0.8 * noise
    assert int(np.sum(np.sign(grid) != drawn(code)[0])) > 20
    assert likely_code([grid], PaperSize.A4, None) == code


@pytest.mark.parametrize("seed", range(8))
def test_noise_alone_is_no_code(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(size=(25, 25))
    assert likely_code([noise], PaperSize.LETTER, None) is None


def test_a_paper_that_we_do_not_print_is_not_guessed() -> None:
    grid, _ = drawn(replace(CODE, version="2039-9"))
    assert likely_code([grid], PaperSize.A4, None) is None


def test_a_few_sure_modules_do_not_decide() -> None:
    grid, _ = drawn(CODE)
    weak = np.random.default_rng(1).normal(size=grid.shape) * 0.01
    some = places()[::4]
    for place in some:
        weak[place] = grid[place]
    assert likely_code([weak], PaperSize.A4, None) is None


def test_a_page_without_a_code_is_none() -> None:
    assert likely_code([np.zeros((25, 25))], PaperSize.A4, None) is None


@given(
    st.lists(st.tuples(st.integers(1, 2**20 - 1), st.booleans()), min_size=1, max_size=30),
)
def test_every_solution_solves_and_there_are_all(rows: list[tuple[int, bool]]) -> None:
    equations = [(row, int(value)) for row, value in rows]
    unknown = 2**20 - 1
    solved = solve(equations, unknown)
    rank = _rank([row for row, _ in equations])
    if solved is None:
        assert _rank([row << 1 | value for row, value in equations]) > rank
        return
    assert solved.count == 2 ** (20 - rank)
    handful = next(solved.handfuls())
    found = [data_of(row) for row in handful[:64]]
    assert len(set(found)) == len(found)
    for each in found:
        assert all((row & each).bit_count() % 2 == value for row, value in equations)


def _rank(rows: list[int]) -> int:
    rank = 0
    while rows:
        row = rows.pop()
        if row:
            rank += 1
            low = row & -row
            rows = [other ^ row if other & low else other for other in rows]
    return rank


def test_only_texts_with_letters_of_ids_are_tried() -> None:
    for beginning in beginnings(PaperSize.LETTER, PageKind.CONSENT)[::40]:
        good = beginning.text + "0123456789" + "AB"
        bad = beginning.text + "01234:6789" + "AB"
        rows = np.concatenate([words(data(text)) for text in (good, bad)])
        assert may_be_text(rows, beginning).tolist() == [True, False]


def test_data_keep_their_bits_in_words() -> None:
    numbers = [0, 1, 1 << DATA_BITS - 1, (1 << DATA_BITS) - 1, data(CODE.encoded())]
    assert [data_of(words(number)[0]) for number in numbers] == numbers


@pytest.mark.parametrize("seed", range(4))
def test_holes_tell_the_text_from_another(seed: int) -> None:
    grid, mask = drawn(CODE)
    ink = np.kron(grid > 0, np.ones((10, 10))).astype(np.uint8)
    fat = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17)))
    light = fat.reshape(25, 10, 25, 10).min(axis=(1, 3)) == 0
    holes = {place for place in places() if light[place]}
    assert len(holes) < 100
    other = replace(
        CODE, waiver_id="".join(np.random.default_rng(seed).permutation([*"AB34567XYZ"]))
    )
    assert agreement(data(CODE.encoded()), mask, holes) > 0.65
    assert agreement(data(other.encoded()), mask, holes) < 0.4
