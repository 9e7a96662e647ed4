"""However a scan was saved, its pages come out as the same picture."""

import base64
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pdf.scan import file_pdf
from pdf.scan.file_raster import normal
from pdf.scan.files import Gray, RawPage, count_pages, open_pages
from pdf.scan.limits import Limits, Refusal, Refused

WIDTH, HEIGHT, DPI = 136, 176, 40
POINTS = (WIDTH / DPI * 72, HEIGHT / DPI * 72)
TOPS = Image.Transpose

# the picture() below, encoded by libheif 1.23 with x265 and turned by an irot box; and an Exif
# orientation that must not turn it once more
HEIC = base64.b64decode("""
AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAZptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA
AAAAADRpbG9jAAAAAERAAAIAAQAAAAABvgABAAAAAAAAAR4AAgAAAAAC3AABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVp
bmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA2WlwcnAAAAC5aXBjbwAAAHNo
dmNDAQQIAAAAn/gAAAAAHvAA/Pz4+AAADwNgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJAYQABACdCAQEECAAAAwCf+AAA
AwAAHsBYgIllupJKa5sCAAADADIAAAMAAhBiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAA
sAAAAIgAAAAOcGl4aQAAAAABCAAAAAlpcm90AwAAABhpcG1hAAAAAAAAAAEAAQWBAgMEhQAAABppcmVmAAAAAAAAAA5jZHNj
AAIAAQABAAABSm1kYXQAAAEaKAGuE7EUzDA7iOv1/+5w7FIYBg6GRV0Vy//eN4gAA4g/6f0X+vezstQ2ocFLNQb8HeAn0cB6
pmZq0dIHXrs298LukXTSbMkl/mqTrAGbeRztN6O/gNwuNMzATN1NNwF0uU1ZBEn/wv8z7kqAH82tV4hRlXSuKf1qCaUKjVkW
Hy8Mg1HHOOO/jrrXYFNa3IGMJOpaYXvdWSrNvGknr52KJ3ls1dRj3oqdVnWw+Ux30CdaaR7//teDbV8Q0k/47A+m7l9GqL4r
w/37v9M6IFgCNVvtX3V7AXIDbeUIDGcEzbAeywi2wx5Q8A21WphRl9MMIib/4u5N6ynx/7Qhpq1c9Y+eZkTWuUwlWpeGSNY6
AA5oAAADAAADAJ+AAAAABkV4aWYAAE1NACoAAAAIAAEBEgADAAAAAQAGAAAAAAAA
""")  # fmt: skip


def picture() -> Image.Image:
    """Different from itself however it is turned or mirrored."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((16, 16, 63, 47), fill=0)
    draw.rectangle((16, 48, 31, 143), fill=0)
    draw.rectangle((80, 112, 111, 159), fill=128)
    return image


def black_and_white() -> Image.Image:
    """The same in 1 bit; its gray is black."""
    return picture().point(lambda value: 255 if value > 200 else 0, "1")


def saved(path: Path, image: Image.Image, **how: object) -> Path:
    """The file that Pillow makes."""
    image.save(path, dpi=(DPI, DPI), **how)
    return path


def only_page(path: Path, limits: Limits | None = None) -> RawPage:
    """Of a file that has one; it can be read."""
    (page,) = open_pages(path, limits or Limits())
    assert isinstance(page, RawPage), page
    return page


def assert_same(pixels: Gray, image: Image.Image, tolerance: float = 0) -> None:
    """Compared pixel by pixel."""
    expected = np.array(image.convert("L"))
    assert pixels.shape == expected.shape
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert np.abs(pixels.astype(int) - expected).mean() <= tolerance


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


# --- pictures -----------------------------------------------------------------------------------


def test_png_of_every_kind_is_the_same_picture(tmp_path: Path) -> None:
    gray = picture()
    deep = Image.fromarray(np.array(gray).astype(np.uint16) * 257)
    alpha = Image.new("RGBA", gray.size, (0, 0, 0, 0))
    alpha.putalpha(Image.eval(gray, lambda value: 255 - value))
    palette = gray.convert("RGB").quantize(8)
    kinds = {"L": gray, "RGB": gray.convert("RGB"), "deep": deep, "alpha": alpha, "P": palette}
    for name, image in kinds.items():
        page = only_page(saved(tmp_path / f"{name}.png", image))
        assert_same(page.pixels, gray, 0.6)
        assert page.dpi == pytest.approx(DPI, abs=0.1)
    transparent = saved(tmp_path / "t.png", palette, transparency=palette.getpixel((0, 0)))
    assert_same(only_page(transparent).pixels, gray, 0.6)
    keyed = saved(tmp_path / "k.png", gray, transparency=0)
    assert only_page(keyed).pixels[20, 20] == 255


def test_one_bit_stays_black_and_white(tmp_path: Path) -> None:
    for name, how in (
        ("a.png", {}),
        ("g4.tif", {"compression": "group4"}),
        ("g3.tif", {"compression": "group3"}),
        ("raw.tif", {}),
        ("white_is_zero.tif", {"tiffinfo": {262: 0}, "compression": "group4"}),
    ):
        pixels = only_page(saved(tmp_path / name, black_and_white(), **how)).pixels
        assert set(np.unique(pixels)) == {0, 255}
        assert_same(pixels, black_and_white())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_jpeg_and_tiff(tmp_path: Path, orientation: int) -> None:
    undo = {
        2: TOPS.FLIP_LEFT_RIGHT,
        3: TOPS.ROTATE_180,
        4: TOPS.FLIP_TOP_BOTTOM,
        5: TOPS.TRANSPOSE,
        6: TOPS.ROTATE_90,
        7: TOPS.TRANSVERSE,
        8: TOPS.ROTATE_270,
    }.get(orientation)
    lying = picture().transpose(undo) if undo is not None else picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    jpeg = saved(tmp_path / "a.jpg", lying.convert("RGB"), exif=exif, quality=95)
    assert_same(only_page(jpeg).pixels, picture(), 1.5)
    for compression in ("raw", "tiff_lzw"):
        tiff = saved(
            tmp_path / "a.tif", lying, tiffinfo={0x0112: orientation}, compression=compression
        )
        assert_same(only_page(tiff).pixels, picture())


def test_colours_of_jpeg(tmp_path: Path) -> None:
    for mode in ("L", "RGB", "CMYK"):
        page = only_page(saved(tmp_path / "a.jpg", picture().convert(mode), quality=95))
        assert_same(page.pixels, picture(), 1.5)
        assert page.dpi == DPI


def test_heic_is_turned_once(tmp_path: Path) -> None:
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(HEIC)
    page = only_page(path)
    assert_same(page.pixels, picture(), 3)
    assert page.dpi is None


@pytest.mark.parametrize("compression", ["tiff_lzw", "jpeg", "tiff_adobe_deflate", "packbits"])
def test_tiff_of_many_pages(tmp_path: Path, compression: str) -> None:
    pages = [picture().rotate(90 * turn, expand=True) for turn in range(5)]
    path = saved(
        tmp_path / "a.tif",
        pages[0],
        save_all=True,
        append_images=pages[1:],
        compression=compression,
    )
    assert count_pages(path) == 5
    for image, page in zip(pages, open_pages(path), strict=True):
        assert isinstance(page, RawPage)
        assert_same(page.pixels, image, 3)


def test_a_thumbnail_is_no_page(tmp_path: Path) -> None:
    small = picture().resize((34, 44))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    path = saved(tmp_path / "a.tif", picture(), save_all=True, append_images=[small, picture()])
    assert count_pages(path) == 2
    assert [page.number for page in open_pages(path)] == [1, 2]


def test_deep_and_big_endian_tiff(tmp_path: Path) -> None:
    deep = Image.fromarray(np.array(picture()).astype(np.uint16) * 257)
    assert_same(only_page(saved(tmp_path / "a.tif", deep)).pixels, picture())
    assert_same(only_page(saved(tmp_path / "b.tif", deep, big_tiff=True)).pixels, picture())
    swapped = Image.fromarray(np.array(picture()).astype(">u2") * 257)
    assert_same(only_page(saved(tmp_path / "c.tif", swapped)).pixels, picture())


# --- PDF ----------------------------------------------------------------------------------------

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
