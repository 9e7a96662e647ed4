"""The reader on printed and filled-in papers: what it says, and when it says that it is unsure."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from pdf.scan.arrays import Picture
from pdf.scan.codes import find_codes
from pdf.scan.findings import Choice, PageFindings, PaperKind, Presence, Reason
from pdf.scan.marks import all_marks
from pdf.scan.page import read_page, upright
from pdf.scan.register import register_by_marks
from pdf.scan.together import read_together
from pdf.sheet.geometry import PageKind, PaperSize, codes
from tests.pdf.scan.simulation import pens
from tests.pdf.scan.simulation.filled import AMBIGUOUS, Filled, Ticked
from tests.pdf.scan.simulation.levels import LEVELS
from tests.pdf.scan.simulation.pages import arrived
from tests.pdf.scan.simulation.sheets import DPI, Sheet, rendered, sheets

_SEED = 77


@cache
def form(kind: PageKind = PageKind.CONSENT, *, mirrored: bool = False) -> Sheet:
    """A printed page of a kind."""
    return next(
        sheet for sheet in sheets() if sheet.code.kind is kind and sheet.mirrored is mirrored
    )


def filled_in(sheet: Sheet, made: Filled, seed: int = _SEED) -> Picture:
    """The page with what a pen does to it."""
    rng = np.random.default_rng(seed)
    pen = pens.PENS["ballpoint_blue"].pick(rng)
    page = rendered(sheet)
    return pens.write(page, DPI, sheet.boxes, page.shape[0] * 72 / DPI, made, pen, rng)


def covered(page: Picture, sheet: Sheet, *which: int) -> Picture:
    """The page with some of its codes painted over."""
    page = page.copy()
    for index in which:
        square = codes(sheet.code.size)[index]
        left, side = round(square.x * DPI / 72), round(square.side * DPI / 72)
        top = page.shape[0] - round((square.y + square.side) * DPI / 72)
        page[top - 20 : top + side + 20, left - 20 : left + side + 20] = 200
    return page


def test_every_printed_page_says_which_it_is() -> None:
    for sheet in sheets():
        assert read_page(rendered(sheet)).code == sheet.code


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("choice", ["yes", "no"])
def test_a_plain_answer_is_read_and_needs_nobody(choice: Ticked, mirrored: bool) -> None:
    found = read_page(filled_in(form(mirrored=mirrored), Filled(choice)))
    assert (found.kind, found.choice) == (PaperKind.WAIVER, Choice(choice))
    assert (found.state("signature"), found.state("date")) == (Presence.PRESENT,) * 2
    assert found.state("witness") is Presence.ABSENT
    assert not found.review
    assert found.confidence > 0.5


@pytest.mark.parametrize("choice", AMBIGUOUS)
@pytest.mark.parametrize("seed", range(6))
def test_a_doubtful_answer_always_goes_to_a_person(choice: Ticked, seed: int) -> None:
    found = read_page(filled_in(form(), Filled(choice), seed))
    assert found.review
    assert any(reason.value.startswith("choice_") for reason in found.reasons)


def test_what_is_missing_is_named() -> None:
    found = read_page(filled_in(form(), Filled("yes", signature="none", date=False)))
    assert found.reasons == (Reason.SIGNATURE_ABSENT, Reason.DATE_ABSENT)


def test_a_mark_for_a_signature_goes_to_a_person() -> None:
    found = read_page(filled_in(form(), Filled("yes", signature="mark", witness=True)))
    assert found.state("signature") is not Presence.ABSENT
    assert found.state("witness") is Presence.PRESENT
    assert found.review


def test_a_revocation_is_one() -> None:
    found = read_page(filled_in(form(PageKind.REVOCATION), Filled()))
    assert (found.kind, found.choice) == (PaperKind.REVOCATION, None)
    assert not found.review


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_may_lie_in_any_direction(turn: int) -> None:
    page = filled_in(form(), Filled("no"))
    found = read_page(np.ascontiguousarray(np.rot90(page, -turn // 90)))
    assert (found.rotation, found.choice, found.review) == (turn, Choice.NO, False)


def test_the_upright_picture_is_upright() -> None:
    page = filled_in(form(), Filled("no"))
    turned = np.ascontiguousarray(np.rot90(page, 2))
    shown = upright(turned, read_page(turned), 850)
    plain = cv2.resize(page, (shown.shape[1], shown.shape[0]), interpolation=cv2.INTER_AREA)
    assert float(np.abs(shown.astype(np.int16) - plain).mean()) < 10


def test_one_code_is_enough() -> None:
    sheet = form()
    for which in (0, 1):
        found = read_page(covered(filled_in(sheet, Filled("yes")), sheet, which))
        assert (found.code, found.choice, found.review) == (sheet.code, Choice.YES, False)


def test_without_any_code_it_is_ours_and_a_person_must_look() -> None:
    sheet = form()
    found = read_page(covered(filled_in(sheet, Filled("yes")), sheet, 0, 1))
    assert (found.kind, found.code, found.reasons) == (PaperKind.WAIVER, None, (Reason.NO_CODE,))


def test_two_broken_codes_are_read_together() -> None:
    sheet = form()
    page = rendered(sheet).copy()
    for index, square in enumerate(codes(sheet.code.size)):
        left, side = round(square.x * DPI / 72), round(square.side * DPI / 72)
        top = page.shape[0] - round((square.y + square.side) * DPI / 72)
        half = side * 2 // 5
        lost = slice(top, top + half) if index else slice(top + side - half, top + side)
        page[lost, left : left + side] = 255
    assert not find_codes(page).ours
    registration = register_by_marks(all_marks(page), PaperSize)
    assert registration is not None
    assert read_together(page, registration.to_picture, registration.size) == sheet.code
    assert read_page(page).code == sheet.code


def test_two_papers_on_one_picture_go_to_a_person() -> None:
    one, other = [s for s in sheets() if s.code.kind is PageKind.CONSENT][:2]
    height = min(rendered(one).shape[0], rendered(other).shape[0])
    both = np.hstack([rendered(one)[:height], rendered(other)[:height]])
    assert read_page(both).reasons == (Reason.SEVERAL_PAGES,)


def test_an_empty_page_is_blank() -> None:
    paper = np.full((2200, 1700), 243, np.uint8)
    noise = np.random.default_rng(3).normal(0, 3, paper.shape)
    assert read_page(np.clip(paper + noise, 0, 255).astype(np.uint8)).kind is PaperKind.BLANK


def _foreign() -> Iterator[tuple[str, Picture]]:
    rng = np.random.default_rng(5)
    page = np.full((2200, 1700), 250, np.uint8)
    text = page.copy()
    for row in range(120, 2000, 46):
        cv2.putText(text, "some other survey 1 2 3", (90, row), 0, 1.1, 30, 2)
    yield "text", text
    code = text.copy()
    made = segno.make("https://example.org/other-programme/12345", error="q")
    modules = np.array([[0 if m else 255 for m in row] for row in made.matrix], np.uint8)
    grown = np.kron(modules, np.ones((8, 8), np.uint8))
    code[60 : 60 + grown.shape[0], 1300 : 1300 + grown.shape[1]] = grown
    yield "another code", code
    marked = text.copy()
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for mark, (x, y) in enumerate(((50, 50), (900, 300), (300, 1500), (1200, 1900))):
        marked[y : y + 80, x : x + 80] = cv2.aruco.generateImageMarker(dictionary, mark + 4, 80)
    yield "marks like ours, elsewhere", marked
    yield "noise", rng.integers(0, 255, (1600, 1200), np.uint8)
    yield "black", np.zeros((1600, 1200), np.uint8)


@pytest.mark.parametrize(("name", "page"), list(_foreign()))
def test_other_papers_are_never_taken_for_ours(name: str, page: Picture) -> None:
    found = read_page(page)
    assert (found.kind, found.code) == (PaperKind.UNKNOWN, None)
    assert found.review


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_any_picture_is_read_without_harm(height: int, width: int, gray: int) -> None:
    assert isinstance(read_page(np.full((height, width), gray, np.uint8)), PageFindings)


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_no_simulated_scan_is_read_wrong(level: str) -> None:
    """A few of each level; ``bars`` reads thousands."""
    for number in range(4):
        page = arrived(LEVELS[level], _SEED, number)
        found = read_page(page.image, page.dpi)
        assert found.code in (page.sheet.code, None)
        if not found.review:
            assert not page.truth.must_review
            assert found.choice == page.truth.choice


def test_a_newer_layout_is_left_to_a_person() -> None:
    sheet = form()
    page = covered(rendered(sheet), sheet, 0, 1)
    newer = replace(sheet.code, layout=9).encoded()
    made = segno.make(newer, error="q", boost_error=False, micro=False)
    square = codes(sheet.code.size)[0]
    side = round(square.side * DPI / 72)
    left = round(square.x * DPI / 72)
    top = page.shape[0] - round((square.y + square.side) * DPI / 72)
    modules = np.array([[0 if m else 255 for m in row] for row in made.matrix], np.uint8)
    page[top - 20 : top + side + 20, left - 20 : left + side + 20] = 255
    page[top : top + side, left : left + side] = cv2.resize(
        modules, (side, side), interpolation=cv2.INTER_NEAREST
    )
    assert read_page(page).reasons == (Reason.UNKNOWN_LAYOUT,)
