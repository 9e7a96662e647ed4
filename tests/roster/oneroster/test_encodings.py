"""In which encodings a roster is read: those that are certain, or that the operator names."""

import pytest

from tests.roster.oneroster.conftest import Importer, refused
from tests.roster.oneroster.sample import district, row, texts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused never reaches the engine."""


def encoded(encoding: str) -> dict[str, bytes]:
    return {name: made.encode(encoding) for name, made in _latin().items()}


def _latin() -> dict[str, str]:
    """Only letters that Windows-1252 has."""
    files = district()
    for one in files["users"]:
        if not one["givenName"].isascii():
            one |= {"givenName": "José", "familyName": "Peña"}
    return texts(files)


@pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")])
def test_utf_8_and_16_are_recognised_and_named(
    importer: Importer, encoding: str, name: str
) -> None:
    made = {key: one.encode(encoding) for key, one in texts(district()).items()}
    report = importer.package(importer.written(made))
    assert report.encodings["users.csv"] == name
    assert importer.student("s-1").name == "يوسف الحسن"


@pytest.mark.parametrize("mark", ["utf-16-be", "utf-16-le"])
def test_utf_16_without_its_mark_is_refused(importer: Importer, mark: str) -> None:
    made = {key: one.encode(mark) for key, one in texts(district()).items()}
    [problem] = refused(importer, importer.written(made))
    assert (problem.file, problem.line) == ("manifest.csv", 1)


def test_windows_1252_is_never_guessed(importer: Importer) -> None:
    [problem] = refused(importer, importer.written(encoded("cp1252")))
    assert (problem.file, problem.line) == ("users.csv", 3)
    assert "--encoding windows-1252" in problem.reason


def test_windows_1252_is_read_when_the_operator_says_so(importer: Importer) -> None:
    report = importer.package(importer.written(encoded("cp1252")), encoding="windows-1252")
    assert report.encodings["users.csv"] == "windows-1252"
    assert report.encodings["orgs.csv"] == "utf-8", "only what is not UTF-8"
    assert importer.student("s-1").name == "José Peña"


def test_windows_1256_is_never_guessed_and_read_when_named(importer: Importer) -> None:
    files = district()
    row(files, "users", "s-2")["familyName"] = "Hernandez"
    row(files, "users", "g-3") | {}
    row(files, "users", "g-3").update(givenName="Lucia", familyName="Ruiz")
    made = {name: one.encode("cp1256") for name, one in texts(files).items()}
    path = importer.written(made)
    [problem] = refused(importer, path)
    assert (problem.file, problem.line) == ("users.csv", 3)
    report = importer.package(path, encoding="windows-1256")
    assert report.encodings["users.csv"] == "windows-1256"
    assert importer.student("s-1").name == "يوسف الحسن"


def test_bytes_that_windows_1252_lacks_are_refused_even_so(importer: Importer) -> None:
    made = {**encoded("utf-8"), "orgs.csv": b"sourcedId,name,type\nsch-1,R\x81verside,school\n"}
    [problem] = refused(importer, importer.written(made), encoding="windows-1252")
    assert (problem.file, problem.line, problem.reason) == (
        "orgs.csv", 2, "not windows-1252 either",
    )  # fmt: skip
