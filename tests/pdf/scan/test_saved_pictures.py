"""However a picture was saved, it comes out as the same one: PNG, JPEG, TIFF, HEIC."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pdf.scan.files import RawPage, count_pages, open_pages
from tests.pdf.scan.saved import DPI, TOPS, assert_same, black_and_white, only_page, picture, saved

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
