"""Hostile files are refused with a reason: what they are, what a PDF may hold."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader, PdfWriter

from pdf.scan.apart import FileRefused, PageResult
from pdf.scan.files import kind_of
from pdf.scan.limits import Refusal
from pdf.scan.sentences import SENTENCES
from tests.pdf.scan.hostile_files import CATALOG, TINY_PAGE, pdf, pdf_objects, save, stream
from tests.pdf.scan.hostile_work import read, refusals, whole

A_SECRET_OF_THE_MACHINE, WITHOUT_END = "/etc/passwd", Path("/dev/zero")
"""What attacks point at: neither is opened, and no test needs it to be there."""


def test_each_refusal_says_what_to_do_next() -> None:
    assert set(SENTENCES) == set(Refusal)
    for sentence in SENTENCES.values():
        assert sentence.count(". ") >= 1
        assert sentence.endswith(".")


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
    (tmp_path / "passwd").symlink_to(A_SECRET_OF_THE_MACHINE)
    os.mkfifo(tmp_path / "pipe")
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.write(good.read_bytes())
        file.truncate(501_000_000)
    paths = [tmp_path / "link", tmp_path / "passwd", tmp_path / "pipe", tmp_path, huge,
             tmp_path / "gone", WITHOUT_END, tmp_path / "nul\0.pdf",
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
