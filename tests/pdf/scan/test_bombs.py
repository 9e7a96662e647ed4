"""Files that unpack to gigabytes, and files that were cut: refused before they do harm."""

import io
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from reportlab.pdfgen.canvas import Canvas

from pdf.scan.limits import Limits, Refusal
from tests.pdf.scan.hostile_files import (
    CATALOG,
    g4,
    pdf,
    pdf_objects,
    picture,
    png,
    save,
    stream,
    tiff,
    zeros,
)
from tests.pdf.scan.hostile_work import read, refusals, whole

# --- bombs --------------------------------------------------------------------------------------


def pdf_with(entries: str, data: bytes, content: bytes = b"q 90 0 0 90 0 0 cm /Im Do Q") -> bytes:
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 90 90] /Contents 4 0 R "
        "/Resources << /XObject << /Im 5 0 R >> >> >>"
    )
    kids = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    image = stream(f"/Type /XObject /Subtype /Image {entries}", data)
    return pdf_objects(CATALOG, kids, page, stream("", content), image)


def test_pictures_of_60000_by_60000_are_refused_before_decoding(
    hostile: Callable[[bytes], Path],
) -> None:
    size = "/Width 60000 /Height 60000 /BitsPerComponent 1 /ColorSpace /DeviceGray"
    jpeg = bytearray(save_bytes("JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    files = [
        png(60_000, 60_000, zeros(100)),
        tiff(g4(60_000, 60_000)),
        pdf_with(size + " /Filter /CCITTFaxDecode /DecodeParms << /K -1 >>", b"\0\x10\1"),
        pdf_with(size + " /Filter /FlateDecode", zeros(430)),
        bytes(jpeg),
    ]
    begun = time.monotonic()
    assert refusals(read(*map(hostile, files))) == [Refusal.TOO_LARGE_PICTURE] * len(files)
    assert time.monotonic() - begun < 20


def save_bytes(kind: str) -> bytes:
    buffer = io.BytesIO()
    picture().save(buffer, kind)
    return buffer.getvalue()


def test_what_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, hostile: Callable[[bytes], Path]
) -> None:
    """Whatever is packed: a page's content, a picture said to be small, a text in a PNG."""
    bomb = zeros(8_000)
    small = "/Width 100 /Height 100 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    content = pdf_objects(
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 90 90] /Contents 4 0 R >>",
        stream("/Filter /FlateDecode", bomb),
    )
    files = [
        content,
        pdf_with(small + " /Filter /FlateDecode", bomb),
        png(100, 100, zlib.compress(bytes(101 * 100)), (b"zTXt", b"a\0\0" + bomb)),
        png(100, 100, zlib.compress(bytes(101 * 100)), (b"iCCP", b"a\0\0" + bomb)),
    ]
    outcomes = read(*map(hostile, files), pdf(tmp_path / "good.pdf"))
    assert len(outcomes) == 5
    assert all(
        outcome.refusal is not None or outcome.result.size < (300, 300) for outcome in outcomes
    )
    assert outcomes[-1].refusal is None


def test_endless_tiff(hostile: Callable[[bytes], Path]) -> None:
    one = g4(100, 100)
    itself = tiff(one, one, chain=(8 + 2 + 12 * len(one) + 4, 8))
    nowhere = tiff(one, chain=(4_000_000,))
    many = tiff(*[one] * 3_000)
    thumbnails = tiff(*[{**one, 254: 1}] * 10_000)
    tags = b"II*\0\x08\0\0\0" + b"\xff\xff" + bytes(1_000)
    beyond = tiff(g4(100, 100, place=500, length=1 << 30))
    outcomes = read(*map(hostile, [itself, nowhere, many, thumbnails, tags, beyond]))
    found = [(outcome.file, outcome.refusal) for outcome in outcomes]
    assert [index for index, _ in found] == [0, 0, 1, 1, 2, 3, 4, 5]
    assert dict(found)[1] is Refusal.DAMAGED
    assert [refusal for _, refusal in found[4:]] == [
        Refusal.TOO_MANY_PAGES, Refusal.TOO_MANY_PAGES, Refusal.DAMAGED, Refusal.DAMAGED
    ]  # fmt: skip


# --- truncated ----------------------------------------------------------------------------------


def test_a_file_cut_anywhere_is_refused_or_shows_the_whole_page(
    tmp_path: Path, hostile: Callable[[bytes], Path]
) -> None:
    """Never half of a page: the other half would look like a form nobody signed."""
    whole_files = [
        pdf(tmp_path / "a.pdf", 2).read_bytes(),
        flate_pdf(tmp_path / "b.pdf").read_bytes(),
        save(tmp_path / "a.tif", 2, compression="tiff_lzw").read_bytes(),
        save(tmp_path / "b.tif", 2).read_bytes(),
        save_bytes("PNG"),
        save_bytes("JPEG"),
    ]
    cuts = [data[: len(data) * part // 40] for data in whole_files for part in range(1, 40)]
    cuts += [data[:-count] for data in whole_files for count in (1, 2, 3, 10)]
    outcomes = read(*map(hostile, cuts), work=whole, limits=Limits())
    assert {outcome.file for outcome in outcomes} == set(range(len(cuts)))
    expected = np.array(picture()).astype(int)
    for outcome in outcomes:
        if outcome.refusal is None:
            assert outcome.result.shape == expected.shape
            assert np.abs(outcome.result - expected).max() < 40, len(cuts[outcome.file])
        else:
            assert outcome.refusal in (Refusal.DAMAGED, Refusal.UNSUPPORTED)


def flate_pdf(path: Path) -> Path:
    canvas = Canvas(str(path), pagesize=(612, 792))
    canvas.drawInlineImage(picture(), 0, 0, 612, 792)
    canvas.showPage()
    canvas.drawImage(str(save(path.with_suffix(".png"))), 0, 0, 612, 792)
    canvas.save()
    return path


def test_noise_after_a_good_beginning(hostile: Callable[[bytes], Path]) -> None:
    noise = np.random.default_rng(7)
    beginnings = (b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0",
                  b"MM\0+\0\x08\0\0", b"\0\0\0\x1cftypheic")  # fmt: skip
    files = [start + noise.bytes(3_000) for start in beginnings for _ in range(5)]
    outcomes = read(*map(hostile, files))
    assert {outcome.file for outcome in outcomes} == set(range(len(files)))
    assert {outcome.refusal for outcome in outcomes} <= {
        Refusal.DAMAGED, Refusal.TOO_LARGE_PICTURE, Refusal.TOO_MANY_PAGES, Refusal.NO_PAGES
    }  # fmt: skip
