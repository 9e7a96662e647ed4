"""Sizes and pages: of 200 dpi, never huge, and one broken page stops no other."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pdf.scan import file_pdf
from pdf.scan.file_raster import normal
from pdf.scan.files import RawPage, count_pages, open_pages
from pdf.scan.limits import Limits, Refusal, Refused
from tests.pdf.scan.saved import DPI, HEIGHT, WIDTH, only_page, picture, saved

# --- size ---------------------------------------------------------------------------------------


def test_fine_scans_are_reduced_by_area() -> None:
    lines = np.full((6600, 5100), 255, np.uint8)
    lines[::4] = 0
    page = normal(1, lines, (600, 600))
    assert page.pixels.shape == (3300, 2550)
    assert page.dpi == 300
    assert abs(float(page.pixels.mean()) - 255 * 3 / 4) < 1
    assert normal(1, lines, None).pixels.shape == (6600, 5100)
    assert normal(1, lines[:3300, :2550], (300, 300)).pixels.shape == (3300, 2550)


def test_an_invented_resolution_does_not_shrink_a_picture() -> None:
    photo = np.zeros((3200, 2400), np.uint8)
    assert normal(1, photo, (600, 600)).pixels.shape == (3000, 2250)
    assert normal(1, photo, (72, 72)).dpi is None
    assert normal(1, photo, (0, float("nan"))).dpi is None


def test_pixels_of_a_fax_become_square(tmp_path: Path) -> None:
    fax = Image.new("1", (1728, 1078), 1)
    fax.save(tmp_path / "fax.tif", dpi=(204, 98), compression="group3")
    page = only_page(tmp_path / "fax.tif")
    assert page.pixels.shape == (2244, 1728)
    assert page.dpi == 204


# --- pages --------------------------------------------------------------------------------------


def test_two_processes_can_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [picture()] * 7
    path = tmp_path / "a.pdf"
    saved(path, pages[0], save_all=True, append_images=pages[1:], resolution=DPI)
    read: list[int] = []
    original = file_pdf.PdfFile.read
    monkeypatch.setattr(
        file_pdf.PdfFile, "read", lambda self, n: read.append(n) or original(self, n)
    )
    assert [page.number for page in open_pages(path, first=1, step=3)] == [2, 5]
    assert read == [2, 5]
    assert count_pages(path) == 7


def test_a_broken_page_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [picture()] * 3
    saved(path, pages[0], save_all=True, append_images=pages[1:], compression="tiff_lzw")
    limits = Limits(max_pixels=WIDTH * HEIGHT - 1)
    assert [page.refusal for page in open_pages(path, limits)] == [Refusal.TOO_LARGE_PICTURE] * 3
    data = bytearray(path.read_bytes())
    at = data.index(b"\x80", 200)  # the LZW stream's first code
    data[at : at + 40] = bytes(40)
    path.write_bytes(data)
    found = list(open_pages(path))
    assert [page.number for page in found] == [1, 2, 3]
    assert isinstance(found[2], RawPage)


def test_what_a_whole_file_is_refused_for(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.tif", picture(), save_all=True, append_images=[picture()] * 3)
    for limits, refusal in (
        (Limits(max_pages=3), Refusal.TOO_MANY_PAGES),
        (Limits(max_file_bytes=100), Refusal.TOO_LARGE_FILE),
    ):
        with pytest.raises(Refused) as caught:
            count_pages(path, limits)
        assert caught.value.refusal is refusal
    buffer = io.BytesIO()
    picture().save(buffer, "BMP")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(Refused) as caught:
        list(open_pages(path))
    assert caught.value.refusal is Refusal.UNSUPPORTED
