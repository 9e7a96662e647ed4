"""Pages of a PDF, through PDFium.

A scanner's page is one picture, which is taken out as it is: four times faster than drawing the
page, and not resampled. Everything else is drawn. No form environment is started, so nothing in
the file can run (see limits.py).
"""

import ctypes
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pdf.scan.file_image import decoding
from pdf.scan.file_raster import ENOUGH_DPI, Gray, RawPage, check_size, normal, placed
from pdf.scan.limits import Limits, Refusal, Refused

_DPI = 200
_LOW_DPI = 150
_LONG_SIDE = 17 * ENOUGH_DPI
"""A page is never drawn larger than tabloid: phones' apps make "pages" of 40 inches."""
_COVER = 0.9
_MAX_OBJECTS = 3_000
"""To look at for whether the page is a single picture: hidden text has many."""
_KEPT_BYTES = 16 << 20
_KEPT_PAGES = 200
"""What PDFium may hold of pages that were read."""
_TAIL = 1_024
_CHUNK = 1 << 22
_MASKS = (b"/SMask", b"/Mask", b"/OC ", b"/OC\n", b"/OC\r", b"/OC<")
"""A mask, or a layer that may be switched off. A picture's dictionary is never compressed: a file
without these has no such picture."""
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_PLAIN_COLOURS = frozenset({
    pdfium_c.FPDF_COLORSPACE_DEVICEGRAY,
    pdfium_c.FPDF_COLORSPACE_DEVICERGB,
    pdfium_c.FPDF_COLORSPACE_CALGRAY,
    pdfium_c.FPDF_COLORSPACE_CALRGB,
    pdfium_c.FPDF_COLORSPACE_ICCBASED,
})  # fmt: skip
"""Others (a palette, CMYK, a stencil without any) PDFium converts only while it draws."""


class PdfFile:
    """All pages of a PDF."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        _check_end(file)
        self._document = self._load()
        self.pages = len(self._document)
        if self.pages > limits.max_pages:
            self.close()
            raise Refused(Refusal.TOO_MANY_PAGES, str(self.pages))
        bytes_per_page = os.fstat(file.fileno()).st_size / max(self.pages, 1)
        self._pages_per_load = min(max(1, int(_KEPT_BYTES / bytes_per_page)), _KEPT_PAGES)
        self._since_load = 0
        names = _mentioned(file, (*_MASKS, *_ACTIVE))
        self._masked = not names.isdisjoint(_MASKS)
        self.active_content = (
            not names.isdisjoint(_ACTIVE)
            or pdfium_c.FPDFDoc_GetJavaScriptActionCount(self._document) > 0
            or pdfium_c.FPDFDoc_GetAttachmentCount(self._document) > 0
        )

    def _load(self) -> pdfium.PdfDocument:
        # by the handle that was checked, since another file may stand at the path by now
        raw = pdfium_c.FPDF_LoadDocument(f"/dev/fd/{self._file.fileno()}".encode(), None)
        if not raw:
            raise _not_loaded(pdfium_c.FPDF_GetLastError())
        return pdfium.PdfDocument(raw)

    def read(self, number: int) -> RawPage:
        """Page ``number``, from 1."""
        with decoding():
            self._forget()
            page = self._document[number - 1]
            try:
                return self._read(number, page)
            finally:
                page.close()

    def _forget(self) -> None:
        """Open the document anew now and then: PDFium keeps the data of every page it has read."""
        if self._since_load >= self._pages_per_load:
            self._document.close()
            self._document = self._load()
            self._since_load = 0
        self._since_load += 1

    def _read(self, number: int, page: pdfium.PdfPage) -> RawPage:
        for image in _first(page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=5)):
            check_size(image.get_px_size(), self._limits)
        single = None if self._masked else _single_picture(page)
        if single:
            picture = _taken_out(page, single)
            if picture is not None:
                dpi = single.dpi_displayed(page.get_rotation())
                return normal(number, picture, dpi)
        return self._drawn(number, page)

    def _drawn(self, number: int, page: pdfium.PdfPage) -> RawPage:
        width, height = page.get_size()
        dpi = min(_drawing_dpi(page), _LONG_SIDE / (max(width, height, 1) / 72))
        scale = dpi / 72 * (1 - 1e-6)  # or rounding up makes one pixel more
        check_size((math.ceil(width * scale), math.ceil(height * scale)), self._limits)
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        return normal(number, np.array(bitmap.to_numpy(), dtype=np.uint8), (dpi, dpi))

    def close(self) -> None:
        """Let go of the document."""
        self._document.close()


@dataclass(frozen=True, slots=True)
class _Placed:
    """The one picture of a page, and where its rows and columns run there (points, y up)."""

    image: pdfium.PdfImage
    across: tuple[float, float]
    along: tuple[float, float]
    size: tuple[int, int]

    def dpi_displayed(self, rotation: int) -> tuple[float, float]:
        """Across and along the page as it is shown."""
        column = self.size[0] / (math.hypot(*self.across) / 72)
        row = self.size[1] / (math.hypot(*self.along) / 72)
        lying = abs(self.across[0]) < abs(self.across[1])
        return (row, column) if lying != (rotation in (90, 270)) else (column, row)


def _single_picture(page: pdfium.PdfPage) -> _Placed | None:
    """The picture that is all there is to see on a page, where it simply fills it."""
    if pdfium_c.FPDFPage_GetAnnotCount(page) > 0:
        return None
    if pdfium_c.FPDFPage_CountObjects(page) > _MAX_OBJECTS:
        return None
    seen = [thing for thing in page.get_objects(max_depth=1) if not _hidden_text(thing)]
    if len(seen) != 1 or not isinstance(seen[0], pdfium.PdfImage) or not _plain(seen[0]):
        return None
    image = seen[0]
    a, b, c, d, e, f = image.get_matrix().get()
    across, along = (a, b), (-c, -d)
    if not (_axis(a, b) and _axis(d, c) and _axis(a, c)):
        return None
    corners = [(e, f), (e + a + c, f + b + d)]
    if not _fills(page, corners):
        return None
    return _Placed(image, across, along, image.get_px_size())


def _axis(first: float, second: float) -> bool:
    """Whether exactly one of two is (nearly) nothing."""
    small, large = sorted((abs(first), abs(second)))
    return large > 1 and small < 0.002 * large


def _fills(page: pdfium.PdfPage, corners: list[tuple[float, float]]) -> bool:
    """Whether a box covers the visible page, and is not cut by its edges."""
    left, bottom, right, top = map(float, page.get_bbox())
    (x0, y0), (x1, y1) = corners
    x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    width, height = right - left, top - bottom
    if width < 1 or height < 1:
        return False
    slack_x, slack_y = 0.01 * width, 0.01 * height
    inside = (
        x0 > left - slack_x and x1 < right + slack_x
        and y0 > bottom - slack_y and y1 < top + slack_y
    )  # fmt: skip
    return inside and (x1 - x0) * (y1 - y0) >= _COVER * width * height


def _hidden_text(thing: pdfium.PdfObject) -> bool:
    """What a scanner's text recognition lays over the picture."""
    if not isinstance(thing, pdfium.PdfTextObj):
        return False
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(thing)
    return bool(mode == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _plain(image: pdfium.PdfImage) -> bool:
    """Whether nothing but its own pixels decides how a picture looks."""
    if pdfium_c.FPDFPageObj_HasTransparency(image) or _layered(image):
        return False
    clip = pdfium_c.FPDFPageObj_GetClipPath(image)
    if clip and pdfium_c.FPDFClipPath_CountPaths(clip) > 0:
        return False
    return int(image.get_metadata().colorspace) in _PLAIN_COLOURS


def _layered(image: pdfium.PdfImage) -> bool:
    """Whether it belongs to a layer, which may be switched off."""
    name = ctypes.create_string_buffer(16)
    length = ctypes.c_ulong()
    for at in range(pdfium_c.FPDFPageObj_CountMarks(image)):
        mark = pdfium_c.FPDFPageObj_GetMark(image, at)
        pdfium_c.FPDFPageObjMark_GetName(
            mark, ctypes.cast(name, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), len(name), length
        )
        if name.raw[: max(length.value, 2) - 2].decode("utf-16-le", "replace") == "OC":
            return True
    return False


def _taken_out(page: pdfium.PdfPage, single: _Placed) -> Gray | None:
    """Its pixels as the page shows them."""
    bitmap = single.image.get_bitmap(render=False)
    gray = _bitmap_gray(bitmap) if (bitmap.width, bitmap.height) == single.size else None
    if gray is None:
        return None
    across, along = (
        _shown(vector, page.get_rotation()) for vector in (single.across, single.along)
    )
    return placed(gray, across, along)


def _bitmap_gray(bitmap: pdfium.PdfBitmap) -> Gray | None:
    pixels = bitmap.to_numpy()
    if bitmap.format == pdfium_c.FPDFBitmap_Gray:
        return np.array(pixels, dtype=np.uint8)
    if bitmap.format == pdfium_c.FPDFBitmap_BGR:
        return cast(Gray, cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))
    if bitmap.format == pdfium_c.FPDFBitmap_BGRx:
        return cast(Gray, cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY))
    return None


def _shown(vector: tuple[float, float], rotation: int) -> tuple[float, float]:
    """A direction on the page (y up) as it is displayed (y down, turned clockwise)."""
    x, y = vector[0], -vector[1]
    for _ in range(rotation // 90 % 4):
        x, y = -y, x
    return x, y


def _drawing_dpi(page: pdfium.PdfPage) -> float:
    """A large picture's own resolution, as far as it is sensible; else what text needs."""
    left, bottom, right, top = page.get_bbox()
    area = max((right - left) * (top - bottom), 1)
    finest, only_pictures = 0.0, True
    for thing in _first(page.get_objects(max_depth=5)):
        if isinstance(thing, pdfium.PdfImage):
            a, b, c, d, *_ = thing.get_matrix().get()
            across, along = math.hypot(a, b), math.hypot(c, d)
            if across * along > area / 4:
                width, height = thing.get_px_size()
                finest = max(finest, width / across * 72, height / along * 72)
        elif thing.type != pdfium_c.FPDF_PAGEOBJ_FORM and not _hidden_text(thing):
            only_pictures = False
    if not finest:
        return _DPI
    return min(max(finest, _LOW_DPI if only_pictures else _DPI), ENOUGH_DPI)


def _first(things: Iterable[pdfium.PdfObject]) -> Iterator[pdfium.PdfObject]:
    """As many as may be looked at."""
    return (thing for _, thing in zip(range(_MAX_OBJECTS), things, strict=False))


def _not_loaded(code: int) -> Refused:
    locked = (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
    refusal = Refusal.ENCRYPTED if code in locked else Refusal.DAMAGED
    return Refused(refusal, f"PDFium's error {code}")


def _check_end(file: BinaryIO) -> None:
    """Refuse a PDF without its end: PDFium would quietly show the pages that are left."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16)))
    tail = file.read().rstrip(b"\0 \r\n\t")
    if b"%%EOF" not in tail[-_TAIL:]:
        raise Refused(Refusal.DAMAGED, "no end of file mark")


def _mentioned(file: BinaryIO, names: Iterable[bytes]) -> set[bytes]:
    """Which names stand somewhere in a file, outside of what is compressed."""
    missing, found = set(names), set[bytes]()
    overlap = max(map(len, missing)) - 1
    file.seek(0)
    rest = b""
    while missing and (chunk := file.read(_CHUNK)):
        window = rest + chunk
        new = {name for name in missing if name in window}
        found |= new
        missing -= new
        rest = window[-overlap:]
    return found
