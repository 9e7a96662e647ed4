"""Hostile and broken files are refused with a reason, and harm nothing else.

Every file is made here. ``work`` functions run in the reading processes.
"""

import ctypes
import io
import os
import pickle
import resource
import signal
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from pdf.scan import apart_pickle
from pdf.scan.apart import FileRefused, NotStarted, PageResult, read_files
from pdf.scan.files import RawPage, kind_of
from pdf.scan.limits import Limits, Refusal
from pdf.scan.sentences import SENTENCES

Outcome = PageResult[Any] | FileRefused
QUICK = Limits(seconds_per_page=10, seconds_to_open=20)
IMPATIENT = Limits(seconds_per_page=1.5)

# --- work ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What a reading process tells about a page."""

    number: int
    size: tuple[int, ...]
    mean: float
    pid: int
    at: float


def look(page: RawPage) -> Seen:
    return Seen(
        page.number, page.pixels.shape, float(page.pixels.mean()), os.getpid(), time.monotonic()
    )


def whole(page: RawPage) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return page.pixels


def crash_at_3(page: RawPage) -> Seen:
    if page.number == 3:
        os.abort()
    return look(page)


def crash(page: RawPage) -> None:
    ctypes.string_at(0)


def hang_at_2(page: RawPage) -> Seen:
    if page.number == 2:
        time.sleep(600)
    return look(page)


def hang_deaf_to_signals(page: RawPage) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def eat_at_2(page: RawPage) -> Seen:
    if page.number == 2:
        hoard = [bytearray(64 << 20) for _ in range(1_000)]
        return look(RawPage(len(hoard), page.pixels))
    return look(page)


def killed_by_the_kernel(page: RawPage) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(page: RawPage) -> None:
    os._exit(0)


def raise_at_1(page: RawPage) -> Seen:
    if page.number == 1:
        raise KeyError("a bug of ours")
    return look(page)


def chatter(page: RawPage) -> Seen:
    print("to standard output", flush=True)
    os.write(1, b"\0\0\0\5hello")
    os.write(2, b"and to errors")
    return look(page)


def surroundings(page: RawPage) -> dict[str, Any]:
    try:
        Path("/tmp/written-by-a-reader").write_bytes(b"x" * 10)
        written = True
    except OSError:
        written = False
    return {
        "environment": sorted(os.environ),
        "folder": str(Path.cwd()),
        "written": written,
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        "modules": [name for name in sys.modules if name.split(".")[0] in ("flask", "intake")],
    }


def taken_over(page: RawPage) -> None:
    """What a process would say that belongs to an attacker by now."""
    evil = pickle.dumps(Evil())
    for handle in range(3, 32):
        try:
            os.write(handle, struct.pack(">I", len(evil)) + evil)
        except OSError:
            continue
    time.sleep(600)


class Evil:
    """Runs where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("/tmp/owned-by-a-scan",)


def flood(page: RawPage) -> bytes:
    return bytes(2 << 20)


def memory(page: RawPage) -> tuple[int, int]:
    status = Path("/proc/self/status").read_text()
    rss = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return os.getpid(), int(rss.split()[1])


def an_object(page: RawPage) -> object:
    return threading.Thread


# --- files --------------------------------------------------------------------------------------


def picture() -> Image.Image:
    image = Image.new("L", (170, 220), 255)
    image.paste(0, (20, 20, 90, 60))
    image.paste(100, (20, 60, 50, 200))
    return image


def save(path: Path, pages: int = 1, **how: Any) -> Path:
    picture().save(path, save_all=True, append_images=[picture()] * (pages - 1), **how)
    return path


def pdf(path: Path, pages: int = 1) -> Path:
    return save(path, pages, resolution=20)


def pdf_objects(*objects: str | bytes) -> bytes:
    """A file of numbered objects; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        raw = body if isinstance(body, bytes) else body.encode("latin-1")
        out += b"%d 0 obj\n%s\nendobj\n" % (number, raw)
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
TINY_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"


def stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def zeros(megabytes: int) -> bytes:
    """Deflated; made without ever being that large."""
    packer = zlib.compressobj(9)
    one = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    following = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return one + following * (megabytes - 1) + b"\3\0"


def png(width: int, height: int, data: bytes, *more: tuple[bytes, bytes]) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checked

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *more, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def tiff(*directories: dict[int, int], chain: tuple[int, ...] = ()) -> bytes:
    """Directories one after another, each tag a number; ``chain`` are the links between them."""
    size = 2 + 12 * len(directories[0]) + 4
    places = [8 + size * at for at in range(len(directories))]
    links = chain or (*places[1:], 0)
    out = b"II*\0" + struct.pack("<I", 8)
    for directory, link in zip(directories, links, strict=True):
        out += struct.pack("<H", len(directory))
        out += b"".join(struct.pack("<HHII", tag, 4, 1, v) for tag, v in sorted(directory.items()))
        out += struct.pack("<I", link)
    return out


def g4(width: int, height: int, place: int = 8, length: int = 8) -> dict[int, int]:
    return {256: width, 257: height, 258: 1, 259: 4, 262: 0, 273: place, 277: 1, 278: height,
            279: length}  # fmt: skip


def read(*paths: Path, work: Callable[[RawPage], Any] = look, limits: Limits = QUICK,
         processes: int = 2) -> list[Outcome]:  # fmt: skip
    return list(read_files(paths, work=work, limits=limits, processes=processes))


def refusals(outcomes: list[Outcome]) -> list[Refusal | None]:
    return [outcome.refusal for outcome in outcomes]


@pytest.fixture
def hostile(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes a file."""
    numbers: Iterator[int] = iter(range(10_000))

    def write(data: bytes) -> Path:
        path = tmp_path / f"hostile-{next(numbers)}"
        path.write_bytes(data)
        return path

    return write


def test_each_refusal_says_what_to_do_next() -> None:
    assert set(SENTENCES) == set(Refusal)
    for sentence in SENTENCES.values():
        assert sentence.count(". ") >= 1
        assert sentence.endswith(".")


# --- what a file is -----------------------------------------------------------------------------


def test_only_the_beginning_decides_what_a_file_is(
    tmp_path: Path, hostile: Callable[[bytes], Path]
) -> None:
    good = pdf(tmp_path / "good.pdf").read_bytes()
    polyglots = {
        good + b"PK\3\4 and a ZIP": None,
        b"\r\n" * 20 + good: None,
        b"PK\3\4" + bytes(60) + good: Refusal.UNSUPPORTED,
        b"GIF89a/*" + good + b"*/=1;alert(1)": Refusal.UNSUPPORTED,
        b"<html><script>" + good: Refusal.UNSUPPORTED,
        b"MZ" + bytes(300) + good: Refusal.UNSUPPORTED,
        bytes(1_025) + good: Refusal.UNSUPPORTED,
        b"": Refusal.UNSUPPORTED,
        b"%": Refusal.UNSUPPORTED,
        b"\0\0\0\x1cftypavif" + bytes(99): Refusal.UNSUPPORTED,
        b"\0\0\0\x1cftypheic" + bytes(99): Refusal.DAMAGED,
        b"\xff\xd8\xff" + good: Refusal.DAMAGED,
    }
    outcomes = read(*map(hostile, polyglots))
    assert refusals(outcomes) == list(polyglots.values())
    assert kind_of(b"MM\0*") == kind_of(b"II+\0") == "tiff"


def test_names_mean_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "up"
    folder.mkdir()
    wrong = save(tmp_path / "a.tif").rename(tmp_path / "scan.pdf")
    names = ["waiver\u202egnp.exe", "new\nline.jpg", "-rf", "%s%n", "a" * 200, "no extension",
             "\udcff.pdf", "'; rm -rf", "<b>.html"]  # fmt: skip
    paths = [pdf(tmp_path / "a.pdf").rename(folder / name) for name in names]
    outcomes = read(wrong, *paths, folder / ".." / "scan.pdf")
    assert refusals(outcomes) == [None] * (len(names) + 2)


def test_only_files_are_opened(tmp_path: Path) -> None:
    good = pdf(tmp_path / "good.pdf")
    (tmp_path / "link").symlink_to(good)
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.write(good.read_bytes())
        file.truncate(501_000_000)
    paths = [tmp_path / "link", tmp_path / "passwd", tmp_path / "pipe", tmp_path, huge,
             tmp_path / "gone", Path("/dev/zero"), tmp_path / "nul\0.pdf",
             good / "x.pdf"]  # fmt: skip
    outcomes = read(*paths, good)
    expected = [Refusal.NOT_A_FILE] * len(paths)
    expected[4] = Refusal.TOO_LARGE_FILE
    assert refusals(outcomes) == [*expected, None]


# --- PDF ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_encrypted(tmp_path: Path, algorithm: str) -> None:
    source = pdf(tmp_path / "a.pdf")
    for user, name in (("secret", "locked.pdf"), ("", "open.pdf")):
        writer = PdfWriter(clone_from=PdfReader(source))
        writer.encrypt(user, "owner", algorithm=algorithm)
        writer.write(tmp_path / name)
    locked, unlocked = read(tmp_path / "locked.pdf", tmp_path / "open.pdf")
    assert locked == FileRefused(0, Refusal.ENCRYPTED, locked.detail)
    assert isinstance(unlocked, PageResult)
    assert unlocked.result.size == (220, 170)


def test_number_of_pages(hostile: Callable[[bytes], Path]) -> None:
    kids = " ".join(f"{number} 0 R" for number in range(3, 100_003))
    files = {
        pdf_objects(CATALOG, "<< /Type /Pages /Kids [] /Count 0 >>"): [Refusal.NO_PAGES],
        pdf_objects("<< /Type /Catalog >>"): [Refusal.NO_PAGES],
        pdf_objects(CATALOG, "<< /Type /Pages /Kids [3 0 R] /Count 100000 >>", TINY_PAGE): [
            Refusal.TOO_MANY_PAGES
        ],
        pdf_objects(CATALOG, "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", TINY_PAGE): [
            None
        ],
        pdf_objects(CATALOG, f"<< /Type /Pages /Kids [{kids}] /Count 100000 >>",
                    *[TINY_PAGE] * 100_000): [Refusal.TOO_MANY_PAGES],
        pdf_objects(CATALOG, "<< /Type /Pages /Kids [3 0 R] /Count 3 >>", TINY_PAGE): [
            None, Refusal.DAMAGED, Refusal.DAMAGED
        ],
        # a tree that has itself as a branch
        pdf_objects(CATALOG, "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"): [
            Refusal.DAMAGED, Refusal.DAMAGED
        ],
    }  # fmt: skip
    for data, expected in files.items():
        assert refusals(read(hostile(data), processes=1)) == expected


def test_active_content_is_read_as_a_picture_and_told(
    tmp_path: Path, hostile: Callable[[bytes], Path]
) -> None:
    proof = tmp_path / "proof"
    pages = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = TINY_PAGE.replace("9 9]", "90 90]")
    start = CATALOG.removesuffix(">>")
    files = [
        pdf_objects(start + "/OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>", pages, page),
        pdf_objects(
            start + f"/OpenAction << /S /Launch /F (/bin/touch) /Win << /P ({proof}) >> >> >>",
            pages,
            page,
        ),
        pdf_objects(
            CATALOG,
            pages,
            page.removesuffix(">>") + "/AA << /O << /S /JavaScript /JS (app.launchURL(1)) >> >> >>",
        ),
    ]  # fmt: skip
    writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path / "a.pdf")))
    writer.add_attachment("virus.exe", b"MZ")
    writer.write(tmp_path / "attached.pdf")
    outcomes = read(*map(hostile, files), tmp_path / "attached.pdf", tmp_path / "a.pdf")
    assert refusals(outcomes) == [None] * 5
    told = [outcome.active_content for outcome in outcomes if isinstance(outcome, PageResult)]
    assert told == [True, True, True, True, False]
    assert not proof.exists()


def test_references_to_files_and_addresses_are_not_followed(
    hostile: Callable[[bytes], Path],
) -> None:
    """A picture whose data are said to be in /etc/passwd."""
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 90 90] /Contents 4 0 R "
        "/Resources << /XObject << /Im 5 0 R >> >> >>"
    )
    data = pdf_objects(
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        stream("", b"q 90 0 0 90 0 0 cm /Im Do Q"),
        stream(
            "/Type /XObject /Subtype /Image /Width 10 /Height 10 /BitsPerComponent 8 "
            "/ColorSpace /DeviceGray /F (/etc/passwd)",
            b"",
        ),
    )
    (outcome,) = read(hostile(data), work=whole)
    if outcome.refusal is None:
        assert len(np.unique(outcome.result)) == 1


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


# --- processes ----------------------------------------------------------------------------------


def test_results_come_in_order_from_several_processes(tmp_path: Path) -> None:
    paths = [pdf(tmp_path / "a.pdf", 12), save(tmp_path / "b.tif", 5), tmp_path / "gone",
             save(tmp_path / "c.png"), pdf(tmp_path / "d.pdf", 3)]  # fmt: skip
    outcomes = read(*paths)
    places = [(one.file, getattr(one, "page", 0)) for one in outcomes]
    expected = [(i, n) for i, k in ((0, 12), (1, 5)) for n in range(1, k + 1)]
    assert places == [*expected, (2, 0), (3, 1), (4, 1), (4, 2), (4, 3)]
    pages = [one for one in outcomes if isinstance(one, PageResult)]
    assert [one.pages for one in pages] == [12] * 12 + [5] * 5 + [1] + [3] * 3
    assert len({one.result.pid for one in pages}) == 2
    assert read() == []


def test_a_crash_refuses_one_page(tmp_path: Path) -> None:
    outcomes = read(pdf(tmp_path / "a.pdf", 6), pdf(tmp_path / "b.pdf", 2), work=crash_at_3)
    assert refusals(outcomes) == [None, None, Refusal.CRASHED, None, None, None, None, None]


def test_three_crashes_refuse_the_rest_of_a_file_but_not_the_next(tmp_path: Path) -> None:
    begun = time.monotonic()
    outcomes = read(pdf(tmp_path / "a.pdf", 300), pdf(tmp_path / "b.pdf"), work=crash)
    assert refusals(outcomes) == [Refusal.CRASHED] * 301
    assert time.monotonic() - begun < 30  # not 300 processes


@pytest.mark.parametrize(
    ("work", "refusal"),
    [(killed_by_the_kernel, Refusal.OUT_OF_MEMORY), (leave, Refusal.CRASHED)],
)
def test_other_ways_to_end(
    tmp_path: Path, work: Callable[[RawPage], Any], refusal: Refusal
) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf", 2), work=work)) == [refusal] * 2


def test_a_page_that_hangs_is_given_up(tmp_path: Path) -> None:
    begun = time.monotonic()
    outcomes = read(pdf(tmp_path / "a.pdf", 4), work=hang_at_2, limits=IMPATIENT)
    assert refusals(outcomes) == [None, Refusal.TOOK_TOO_LONG, None, None]
    assert time.monotonic() - begun < 20
    outcomes = read(pdf(tmp_path / "a.pdf"), work=hang_deaf_to_signals, limits=IMPATIENT)
    assert refusals(outcomes) == [Refusal.TOOK_TOO_LONG]


def test_a_file_has_a_limit_of_time_too(tmp_path: Path) -> None:
    limits = Limits(seconds_per_page=1, seconds_for_any_file=0.5, seconds_per_page_of_file=0.001)
    outcomes = read(pdf(tmp_path / "a.pdf", 60), work=hang_at_2, limits=limits, processes=1)
    assert refusals(outcomes)[:2] == [None, Refusal.TOOK_TOO_LONG]
    assert refusals(outcomes)[5:] == [Refusal.TOOK_TOO_LONG] * 55


def test_a_page_that_eats_memory_is_refused(tmp_path: Path) -> None:
    outcomes = read(pdf(tmp_path / "a.pdf", 4), work=eat_at_2, limits=Limits())
    assert refusals(outcomes) == [None, Refusal.OUT_OF_MEMORY, None, None]


def test_a_bug_of_ours_refuses_the_page_and_says_where(tmp_path: Path) -> None:
    first, second = read(pdf(tmp_path / "a.pdf", 2), work=raise_at_1)
    assert first.refusal is Refusal.CRASHED
    assert "a bug of ours" in first.detail
    assert second.refusal is None


def test_time_in_which_nobody_listens_does_not_count(tmp_path: Path) -> None:
    """And no more pages are read ahead than a few."""
    outcomes = read_files([pdf(tmp_path / "a.pdf", 60)], work=look, limits=IMPATIENT, processes=2)
    next(outcomes)
    time.sleep(2)
    woken = time.monotonic()
    rest = list(outcomes)
    assert refusals(rest) == [None] * 59
    ahead = [one for one in rest if isinstance(one, PageResult) and one.result.at < woken]
    assert len(ahead) <= 16


def test_processes_end_with_the_reading(tmp_path: Path) -> None:
    outcomes = read_files([pdf(tmp_path / "a.pdf", 60)], work=look, processes=2)
    pids = {one.result.pid for _, one in zip(range(20), outcomes, strict=False)
            if isinstance(one, PageResult)}  # fmt: skip
    outcomes.close()  # type: ignore[attr-defined]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_it_works_in_a_thread(tmp_path: Path) -> None:
    path, found = pdf(tmp_path / "a.pdf", 3), list[Outcome]()
    thread = threading.Thread(target=lambda: found.extend(read(path)))
    thread.start()
    thread.join()
    assert refusals(found) == [None] * 3


def test_work_that_cannot_be_imported_is_our_mistake(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf")
    local: Callable[[RawPage], int] = lambda page: page.number  # noqa: E731
    with pytest.raises((NotStarted, AttributeError, pickle.PicklingError)):
        read(path, work=local)
    main = type(look)(look.__code__, {"__name__": "__main__"})
    with pytest.raises(ValueError, match="imported"):
        read_files([path], work=main)


def test_processes_that_cannot_start_are_our_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotStarted):
        read(path)


# --- what a process is trusted with -------------------------------------------------------------


def test_a_process_has_no_secrets_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", "postgresql://user:secret@host/intake")
    (outcome,) = read(pdf(tmp_path / "a.pdf"), work=surroundings)
    assert isinstance(outcome, PageResult)
    around = outcome.result
    assert not [name for name in around["environment"] if "INTAKE" in name]
    assert around["folder"] == "/"
    assert around["core"] == 0
    assert around["memory"] == QUICK.memory_bytes
    assert not around["written"]
    assert around["modules"] == []
    Path("/tmp/written-by-a-reader").unlink(missing_ok=True)


def test_what_libraries_print_does_not_disturb(tmp_path: Path) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf", 3), work=chatter)) == [None] * 3


def test_a_process_that_was_taken_over_gets_nothing_run(tmp_path: Path) -> None:
    owned = Path("/tmp/owned-by-a-scan")
    assert refusals(read(pdf(tmp_path / "a.pdf"), work=taken_over)) == [Refusal.CRASHED]
    assert not owned.exists()


def test_too_much_of_a_result_is_refused(tmp_path: Path) -> None:
    limits = Limits(max_result_bytes=1 << 20)
    outcomes = read(pdf(tmp_path / "a.pdf"), work=flood, limits=limits)
    assert refusals(outcomes) == [Refusal.CRASHED]


def test_only_data_is_put_together() -> None:
    modules = frozenset({__name__})
    data = {"a": [Refusal.DAMAGED, np.eye(3), np.float64(2), Seen(1, (2,), 3.0, 4, 5.0)]}
    loaded = apart_pickle.load(pickle.dumps(data, protocol=5), modules)
    assert loaded["a"][0] is Refusal.DAMAGED
    assert loaded["a"][3] == data["a"][3]
    for evil in (
        pickle.dumps(Evil()),
        b"\x80\4\x8c\x0fpdf.scan.limits\x8c\x09dataclass\x93.",
        b"\x80\4\x8c\x0dpdf.scan.apart\x8c\x0aread_files\x93.",
        b"\x80\4\x8c\x0epdf.scan.files\x8c\x09os.system\x93.",
        b"\x80\4\x8c\x08builtins\x8c\x04eval\x93.",
        b"cposix\nsystem\n.",
        b"",
        b"\x80\5\x95\xff\xff\xff\xff\xff\xff\xff\x7f",
    ):
        with pytest.raises(apart_pickle.NotData):
            apart_pickle.load(evil, modules)


def test_a_result_that_is_no_data_refuses_its_page(tmp_path: Path) -> None:
    assert refusals(read(pdf(tmp_path / "a.pdf"), work=an_object)) == [Refusal.CRASHED]


# --- memory -------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured through /proc")
@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_memory_is_flat_from_10_to_1000_pages(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "pdf":
        page = picture().resize((850, 1100))
        page.save(path, save_all=True, append_images=[page] * 999, resolution=100)
    else:
        data = b"\xff" * (850 * 1100)
        one = {
            256: 850,
            257: 1100,
            258: 8,
            259: 1,
            262: 1,
            273: 0,
            277: 1,
            278: 1100,
            279: len(data),
        }
        one[273] = len(tiff(*[one] * 1_000))
        path.write_bytes(tiff(*[one] * 1_000) + data)
    most: dict[bool, int] = {}
    for outcome in read_files([path], work=memory, processes=2):
        assert isinstance(outcome, PageResult)
        assert outcome.refusal is None
        _, kilobytes = outcome.result
        late = outcome.page > 20
        most[late] = max(most.get(late, 0), kilobytes)
    assert most[True] - most[False] < 8_000
