"""Folded, faxed and dirty paper: what is still read, and what nobody guesses."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import segno

from pdf.scan.arrays import Picture
from pdf.scan.codes import find_codes
from pdf.scan.findings import Choice, PageFindings, Presence, Reason
from pdf.scan.holes import read_holes
from pdf.scan.marks import all_marks
from pdf.scan.page import read_page
from pdf.scan.register import Registration, register_by_marks
from pdf.scan.symbol import MASKS, data_bits, formats, modules_of, places, text_of
from pdf.sheet.code import SheetCode
from pdf.sheet.geometry import PageKind, PaperSize, Square, codes
from tests.pdf.scan.simulation import pens
from tests.pdf.scan.simulation.filled import Filled
from tests.pdf.scan.simulation.sheets import DPI, Sheet, rendered, sheets

_SCAN_DPI = 200


@cache
def form() -> Sheet:
    """A page with a question, in a script that is written from left to right."""
    return next(s for s in sheets() if s.code.kind is PageKind.CONSENT and not s.mirrored)


@cache
def scanned(made: Filled) -> Picture:
    """The form, filled in, at 200 dpi."""
    rng = np.random.default_rng(5)
    sheet, page = form(), rendered(form())
    pen = pens.PENS["ballpoint_blue"].pick(rng)
    height = page.shape[0] * 72 / DPI
    written = pens.write(page, DPI, sheet.boxes, height, made, pen, rng)
    scale = _SCAN_DPI / DPI
    return np.asarray(
        cv2.resize(written, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def folded(page: Picture, *folds: tuple[float, float]) -> Picture:
    """Folds from top to bottom (parts of the width), 24 mm wide; so many millimetres deep."""
    height, width = page.shape
    per_mm = _SCAN_DPI / 25.4
    columns = np.arange(width)
    down = sum(
        depth * per_mm * np.maximum(1 - np.abs(columns - at * width) / (12 * per_mm), 0)
        for at, depth in folds
    )
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    moved = (ys - np.asarray(down)[None]).astype(np.float32)
    return np.asarray(cv2.remap(page, xs, moved, cv2.INTER_LINEAR, borderValue=255), np.uint8)


def box_of(page: Picture, name: str) -> tuple[slice, slice]:
    """The pixels of a box."""
    box = next(box for box in form().boxes if box.name == name)
    scale = _SCAN_DPI / 72
    bottom = page.shape[0] - round(box.y * scale)
    left = round(box.x * scale)
    rows = slice(bottom - round(box.height * scale), bottom)
    return rows, slice(left, left + round(box.width * scale))


def dusty(page: Picture, name: str, density: float) -> Picture:
    """Toner dust in a box: specks, of which some hang together."""
    rng = np.random.default_rng(11)
    page = page.copy()
    rows, columns = box_of(page, name)
    inside = page[rows, columns]
    inside[rng.random(inside.shape) < density] = 30
    return page


@pytest.mark.parametrize("turned", [False, True])
def test_codes_that_are_bent_are_read(turned: bool) -> None:
    page = folded(scanned(Filled("yes")), (0.19, 4.0), (0.81, -4.0))
    if turned:
        page = np.ascontiguousarray(np.rot90(page))
    assert not find_codes(page).ours
    assert read_page(page).code == form().code


@pytest.mark.parametrize("depth", [1.5, 3.5, -5.0])
def test_the_bent_line_of_a_box_is_no_writing(depth: float) -> None:
    page = scanned(Filled("yes", signature="none", names=False))
    found = read_page(folded(page, (0.3, depth), (0.45, depth)))
    assert (found.state("signature"), found.choice) == (Presence.ABSENT, Choice.YES)
    assert found.reasons == (Reason.SIGNATURE_ABSENT,)


@pytest.mark.parametrize("at", [0.08, 0.1, 0.12])
@pytest.mark.parametrize("depth", [2.0, -4.0])
def test_the_bent_line_of_a_small_box_is_no_tick(at: float, depth: float) -> None:
    found = read_page(folded(scanned(Filled("none")), (at, depth)))
    assert found.choice in (Choice.NONE, Choice.UNSURE)
    assert found.review


def test_a_signature_across_a_fold_is_one() -> None:
    found = read_page(folded(scanned(Filled("no")), (0.4, 2.5)))
    assert (found.choice, found.state("signature")) == (Choice.NO, Presence.PRESENT)
    assert not found.review


def test_a_line_that_is_only_broken_needs_nobody() -> None:
    page = scanned(Filled("yes")).copy()
    rows, columns = box_of(page, "signature")
    for left in range(columns.start, columns.stop, 60):
        page[rows.start - 6 : rows.start + 6, left : left + 15] = 255
    assert not read_page(page).review


@pytest.mark.parametrize("density", [0.04, 0.1, 0.2])
@pytest.mark.parametrize("signature", ["none", "mark"])
def test_dust_is_no_signature(signature: str, density: float) -> None:
    filled = Filled("yes", signature="none" if signature == "none" else "mark", witness=True)
    found = read_page(dusty(scanned(filled), "signature", density))
    assert found.state("signature") is not Presence.PRESENT
    assert found.review


def test_a_signature_among_specks_is_one() -> None:
    found = read_page(dusty(scanned(Filled("yes")), "signature", 0.004))
    assert (found.state("signature"), found.review) == (Presence.PRESENT, False)


def test_codes_and_marks_that_a_fax_has_fattened_are_read() -> None:
    page = scanned(Filled("yes"))
    fat, fatter = (cv2.erode(page, np.ones((side, side), np.uint8)) for side in (5, 7))
    ragged = np.random.default_rng(3).random(page.shape) < 0.45
    page = np.where(np.where(ragged, fatter, fat) < 250, 0, 255).astype(np.uint8)
    assert not find_codes(page).ours
    assert read_page(page).code == form().code


def holes(code: SheetCode, part: float) -> Picture:
    """The form with codes whose light modules are closed but for pinholes, in this part of them."""
    rng = np.random.default_rng(2)
    page = rendered(form()).copy()
    made = segno.make(code.encoded(), error="q", boost_error=False, micro=False)
    for square in codes(code.size):
        page[pixels(square, page)] = 0
        for row, modules in enumerate(made.matrix):
            for column, dark in enumerate(modules):
                if not dark and rng.random() < part:
                    y, x = middle(square, page, row, column)
                    page[y - 1 : y + 2, x - 1 : x + 2] = 255
    return page


def pixels(square: Square, page: Picture) -> tuple[slice, slice]:
    """Where a code stands."""
    scale = DPI / 72
    bottom, left = page.shape[0] - round(square.y * scale), round(square.x * scale)
    side = round(square.side * scale)
    return slice(bottom - side, bottom), slice(left, left + side)


def middle(square: Square, page: Picture, row: int, column: int) -> tuple[int, int]:
    """Of a module."""
    rows, columns = pixels(square, page)
    step = (rows.stop - rows.start) / 25
    return round(rows.start + (row + 0.5) * step), round(columns.start + (column + 0.5) * step)


def placed(page: Picture) -> Registration:
    """By its marks."""
    found = register_by_marks(all_marks(page), PaperSize)
    assert found is not None
    return found


def test_pinholes_that_are_left_tell_which_page_it_is() -> None:
    page = holes(form().code, 0.45)
    found: PageFindings = read_page(page)
    assert found.code == form().code


def test_too_few_pinholes_tell_nothing() -> None:
    page = holes(form().code, 0.15)
    assert read_holes(page, placed(page)) is None
    assert read_page(page).reasons == (Reason.NO_CODE,)


def test_pinholes_of_a_paper_that_we_do_not_print_tell_nothing() -> None:
    page = holes(replace(form().code, version="2039-9"), 0.6)
    assert read_holes(page, placed(page)) is None


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("text", ["S1LC26-1.EN.33P368NEXYJHVK", "S1AC26-1.KSW.47NB83HYTRCKW9"])
def test_the_equations_are_those_of_a_code(text: str, mask: int) -> None:
    drawn = segno.make(text, version=2, error="q", boost_error=False, mask=mask).matrix
    data = sum(1 << bit for bit, dark in data_bits(text, len(text)).items() if dark)
    made = modules_of(data, mask)
    assert all(made[place] == bool(drawn[place[0]][place[1]]) for place in places())
    assert all(bool(drawn[r][c]) is dark for (r, c), dark in formats(mask).items())
    assert text_of(data, len(text)) == text
