"""However a scan was put into a PDF, its pages come out as they are shown."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pdf.scan.files import Gray
from tests.pdf.scan.saved import (
    DPI,
    HEIGHT,
    POINTS,
    WIDTH,
    assert_same,
    black_and_white,
    only_page,
    picture,
    saved,
)

# --- a PDF by hand: only so every entry of a picture can be tried --------------------------------


def pdf_of(
    data: bytes,
    entries: str,
    *,
    matrix: str = "{w} 0 0 {h} 0 0",
    page: str = "",
    before: str = "",
    after: str = "",
    box: tuple[float, float] = POINTS,
    more: tuple[str, ...] = (),
    catalog: str = "",
) -> bytes:
    """One page with one picture; ``more`` are further objects, from number 6."""
    width, height = box
    matrix = matrix.format(w=width, h=height)
    content = f"{before} q {matrix} cm /Im Do Q {after}".encode()
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R {page} "
        f"/Resources << /XObject << /Im 5 0 R >> /Font << /F << /Type /Font /Subtype /Type1 "
        f"/BaseFont /Helvetica >> >> /ExtGState << /Half << /ca 0.5 >> >> "
        f"/Properties << /Layer 6 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image %s /Length %d >>\nstream\n%s\nendstream"
        % (entries.encode(), len(data), data),
        *(text.encode("latin-1") for text in more),
    ]
    return joined(objects)


def joined(objects: list[bytes]) -> bytes:
    """The file of numbered objects; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


GRAY = f"/Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 8"
BITS = f"/Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 1"


def drawn_by_pdfium(path: Path, width: int) -> Gray:
    """What a person sees who opens the file."""
    page = pypdfium2.PdfDocument(path)[0]
    scale = width / page.get_width() * (1 - 1e-6)
    return np.array(page.render(scale=scale, grayscale=True).to_numpy())


def assert_as_shown(path: Path, tolerance: float) -> None:
    """What we read is what a person sees."""
    pixels = only_page(path).pixels
    shown = drawn_by_pdfium(path, pixels.shape[1])
    assert pixels.shape == pytest.approx(shown.shape, abs=1)
    height, width = np.minimum(pixels.shape, shown.shape)
    difference = np.abs(pixels[:height, :width].astype(int) - shown[:height, :width])
    assert difference.mean() <= tolerance


MATRICES = {
    "upright": "{w} 0 0 {h} 0 0",
    "mirrored": "-{w} 0 0 {h} {w} 0",
    "upside down": "{w} 0 0 -{h} 0 {h}",
    "half a turn": "-{w} 0 0 -{h} {w} {h}",
    "left": "0 {h} -{w} 0 {w} 0",
    "right": "0 -{h} {w} 0 0 {h}",
    "transposed": "0 {h} {w} 0 0 0",
    "other transposed": "0 -{h} -{w} 0 {w} {h}",
}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_pdf_picture_is_taken_out_as_it_is_shown(tmp_path: Path, matrix: str, rotate: int) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(
        pdf_of(picture().tobytes(), GRAY, matrix=matrix, page=f"/Rotate {rotate}", box=(300, 300))
    )
    page = only_page(path)
    shown = Image.fromarray(drawn_by_pdfium(path, 300)).resize(page.pixels.shape[::-1])
    # it comes square from a page that stretches it: the same places must be dark
    assert np.abs(page.pixels.astype(int) - np.array(shown)).mean() < 12
    assert page.dpi == pytest.approx(HEIGHT / 300 * 72, abs=0.1)


@pytest.mark.parametrize("turn", range(4))
def test_a_turned_scan_is_exact(tmp_path: Path, turn: int) -> None:
    """A scanner's PDF: the picture lies, /Rotate sets it up. Not one pixel may change."""
    lying = picture().rotate(90 * turn, expand=True)
    box = POINTS if turn % 2 == 0 else POINTS[::-1]
    entries = GRAY.replace(f"{WIDTH} /Height {HEIGHT}", f"{lying.width} /Height {lying.height}")
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(lying.tobytes(), entries, page=f"/Rotate {90 * turn}", box=box))
    page = only_page(path)
    assert_same(page.pixels, picture())
    assert page.dpi == pytest.approx(DPI)


def test_pdf_of_other_programs(tmp_path: Path) -> None:
    saved(tmp_path / "pillow.pdf", picture(), resolution=DPI)
    canvas = Canvas(str(tmp_path / "reportlab.pdf"), pagesize=POINTS)
    canvas.drawImage(ImageReader(picture()), 0, 0, *POINTS)
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "pillow.pdf"))
    writer.pages[0].rotate(180)
    writer.write(tmp_path / "pypdf.pdf")
    assert_same(only_page(tmp_path / "pillow.pdf").pixels, picture(), 1.5)
    assert_same(only_page(tmp_path / "reportlab.pdf").pixels, picture())
    assert_same(only_page(tmp_path / "pypdf.pdf").pixels, picture().rotate(180), 1.5)


def rgb() -> bytes:
    return picture().convert("RGB").tobytes()


SIZE = f"/Width {WIDTH} /Height {HEIGHT}"
HIDDEN_LAYER: dict[str, Any] = {
    "more": ("<< /Type /OCG /Name (hidden) >>",),
    "catalog": "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >>",
}
ODD_PICTURES: dict[str, Callable[[], bytes]] = {
    "inverted": lambda: pdf_of(
        Image.eval(picture(), lambda v: 255 - v).tobytes(), GRAY + " /Decode [1 0]"
    ),
    "1 bit": lambda: pdf_of(black_and_white().tobytes(), BITS),
    "1 bit inverted": lambda: pdf_of(
        bytes(255 - byte for byte in black_and_white().tobytes()), BITS + " /Decode [1 0]"
    ),
    "stencil": lambda: pdf_of(
        black_and_white().tobytes(), f"{SIZE} /ImageMask true /BitsPerComponent 1"
    ),
    "palette": lambda: pdf_of(
        picture().tobytes(),
        f"{SIZE} /BitsPerComponent 8 /ColorSpace [/Indexed /DeviceGray 255 <"
        + "".join(f"{255 - value:02x}" for value in range(256))
        + ">]",
    ),
    "1 bit palette": lambda: pdf_of(
        black_and_white().tobytes(),
        f"{SIZE} /BitsPerComponent 1 /ColorSpace [/Indexed /DeviceGray 1 <ff00>]",
    ),
    "colour": lambda: pdf_of(rgb(), f"{SIZE} /ColorSpace /DeviceRGB /BitsPerComponent 8"),
    "CMYK": lambda: pdf_of(
        picture().convert("CMYK").tobytes(), f"{SIZE} /ColorSpace /DeviceCMYK /BitsPerComponent 8"
    ),
    "16 bits": lambda: pdf_of(
        (np.array(picture()).astype(">u2") * 257).tobytes(),
        f"{SIZE} /ColorSpace /DeviceGray /BitsPerComponent 16",
    ),
    "calibrated": lambda: pdf_of(
        picture().tobytes(),
        f"{SIZE} /BitsPerComponent 8 /ColorSpace [/CalGray << /WhitePoint [0.95 1 1.09] >>]",
    ),
    "flate": lambda: pdf_of(zlib.compress(picture().tobytes()), GRAY + " /Filter /FlateDecode"),
    "soft mask": lambda: pdf_of(
        bytes(WIDTH * HEIGHT),
        GRAY + " /SMask 6 0 R",
        more=(
            f"<< /Type /XObject /Subtype /Image {GRAY} /Length {WIDTH * HEIGHT} >>\nstream\n"
            + Image.eval(picture(), lambda v: 255 - v).tobytes().decode("latin-1")
            + "\nendstream",
        ),
    ),
    "colour mask": lambda: pdf_of(picture().tobytes(), GRAY + " /Mask [0 10]"),
    "half transparent": lambda: pdf_of(picture().tobytes(), GRAY, before="/Half gs"),
    "clipped": lambda: pdf_of(picture().tobytes(), GRAY, before="60 60 100 200 re W n"),
    "skewed": lambda: pdf_of(picture().tobytes(), GRAY, matrix="{w} 12 -12 {h} 6 -6"),
    "layer": lambda: pdf_of(
        picture().tobytes(), GRAY, before="/OC /Layer BDC", after="EMC", **HIDDEN_LAYER
    ),
    "picture in a layer": lambda: pdf_of(
        picture().tobytes(), GRAY + " /OC 6 0 R", **HIDDEN_LAYER
    ),
    "line over it": lambda: pdf_of(
        picture().tobytes(), GRAY, after="6 w 20 40 m 200 40 l S"
    ),
    "text over it": lambda: pdf_of(
        picture().tobytes(), GRAY, after="BT /F 40 Tf 60 150 Td (No) Tj ET"
    ),
    "note over it": lambda: pdf_of(
        picture().tobytes(),
        GRAY,
        page="/Annots [<< /Type /Annot /Subtype /Square /Rect [60 100 200 200] /F 4 /IC [0 0 0] "
        "/C [0 0 0] /AP << /N 6 0 R >> >>]",
        more=(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 140 100] /Length 18 >>\nstream\n"
            "0 0 140 100 re f  \nendstream",
        ),
    ),
    "cropped": lambda: pdf_of(picture().tobytes(), GRAY, page="/CropBox [30 30 200 250]"),
    "small on its page": lambda: pdf_of(picture().tobytes(), GRAY, matrix="120 0 0 160 9 9"),
}  # fmt: skip


@pytest.mark.parametrize("make", ODD_PICTURES.values(), ids=ODD_PICTURES)
def test_odd_pictures_look_as_they_are_shown(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(make())
    assert_as_shown(path, 4)


def test_hidden_text_does_not_matter(tmp_path: Path) -> None:
    """Office scanners lay the recognised text invisibly over the picture."""
    path = tmp_path / "a.pdf"
    text = "BT /F 30 Tf 3 Tr 60 150 Td (recognised) Tj ET"
    path.write_bytes(pdf_of(picture().tobytes(), GRAY, after=text))
    assert_same(only_page(path).pixels, picture())


def test_drawn_pages_are_of_200_dpi_and_never_huge(tmp_path: Path) -> None:
    for size, pixels in (((612, 792), (2200, 1700)), ((14_400, 7_200), (2550, 5100))):
        canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=size)
        canvas.drawString(100, 100, "waiver")
        canvas.save()
        page = only_page(tmp_path / "a.pdf")
        assert page.pixels.shape == pixels
        assert page.dpi == (200 if size[0] == 612 else None)


def test_a_phone_app_that_makes_pages_of_40_inches(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    large = picture().resize((1360, 1760))
    path.write_bytes(
        pdf_of(large.tobytes(), GRAY.replace(str(WIDTH), "1360").replace(str(HEIGHT), "1760"),
               box=(2720, 3520))
    )  # fmt: skip
    page = only_page(path)
    assert_same(page.pixels, large)
    assert page.dpi is None
