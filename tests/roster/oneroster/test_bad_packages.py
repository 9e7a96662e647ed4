"""Zips and folders that are not plain: refused whole, and nothing of them is unpacked."""

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from intake.roster.oneroster.report import Outcome, Problem, RosterRefused
from tests.roster.oneroster.conftest import Importer, refused
from tests.roster.oneroster.sample import district, folder, texts, zipped

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused never reaches the engine."""

A_SECRET_OF_THE_MACHINE, OUTSIDE = "/etc/passwd", "/etc/users.csv"
"""Where attacks in a zip point: no test reads or needs either."""


def _archive(change: Callable[[zipfile.ZipFile], None]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        zipped(path, texts(district()))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            change(archive)
        return path

    return make


def _link(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("courses.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(link, A_SECRET_OF_THE_MACHINE)


def _nested(archive: zipfile.ZipFile) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("users.csv", "")
    archive.writestr("inner.zip", inner.getvalue())


def _bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("courses.csv", b"0" * 50_000_000)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_archive(lambda one: one.writestr("../users.csv", "")), "points outside"),
        (_archive(lambda one: one.writestr(OUTSIDE, "")), "points outside"),
        (_archive(lambda one: one.writestr("a\\..\\users.csv", "")), "points outside"),
        (_archive(lambda one: one.writestr("more/courses.csv", "")), "several folders"),
        (_archive(lambda one: one.writestr("USERS.CSV", "")), "there twice"),
        (_archive(_link), "a link"),
        (_archive(_nested), "an archive inside the zip"),
        (_archive(_bomb), "a zip bomb"),
    ],
)
def test_zips_that_are_not_plain_are_refused(
    importer: Importer, make: Callable[[Path], Path], reason: str
) -> None:
    [problem] = refused(importer, make(importer.place / "roster.zip"))
    assert reason in problem.reason


def test_a_truncated_zip_is_refused(importer: Importer) -> None:
    whole = zipped(importer.place / "whole.zip", texts(district())).read_bytes()
    cut = importer.place / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    [problem] = refused(importer, cut)
    assert problem == Problem("cut.zip", 0, "not a zip file, or a truncated one")
    # Damaged within: its directory is whole, its data is not.
    cut.write_bytes(whole[:200] + bytes(60) + whole[260:])
    [problem] = refused(importer, cut)
    assert problem.file == "cut.zip"


def test_a_zip_with_changed_bytes_is_refused_or_read(importer: Importer) -> None:
    """Whatever is wrong within: one kind of answer, and never half a roster."""
    random = Random(7)
    whole = zipped(importer.place / "whole.zip", texts(district())).read_bytes()
    broken = importer.place / "broken.zip"
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(random.choice((1, 3, 10))):
            data[-1 - random.randrange(700)] = random.randrange(256)
        broken.write_bytes(bytes(data))
        try:
            report = importer.package(broken, apply=False)
        except RosterRefused:
            continue
        assert report.students[Outcome.ADDED] == 3


def test_an_encrypted_zip_is_refused(importer: Importer) -> None:
    path = zipped(importer.place / "locked.zip", texts(district()))
    data = bytearray(path.read_bytes())
    # The flag bit of each entry, in its own header and in the directory.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    path.write_bytes(bytes(data))
    [problem] = refused(importer, path)
    assert problem.reason.startswith("encrypted")


def test_links_in_a_folder_are_not_followed(importer: Importer) -> None:
    made = texts(district())
    elsewhere = importer.place / "elsewhere.csv"
    elsewhere.write_text(made.pop("users.csv"))
    path = folder(importer.place / "linked", made)
    (path / "users.csv").symlink_to(elsewhere)
    [problem] = refused(importer, path)
    assert problem.file == "users.csv"
