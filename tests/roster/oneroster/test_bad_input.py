"""Files that can't be trusted: refused whole, or a row left out, always with file, line, reason."""

import io
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, text

from intake.roster.model import School, Student
from intake.roster.oneroster.importing import IMPORT_LOCK, ImportRunning
from intake.roster.oneroster.report import Outcome, Problem, RosterRefused
from tests.roster.oneroster.conftest import Importer
from tests.roster.oneroster.sample import district, folder, row, texts, user, zipped


def refused(importer: Importer, path: Path, **options: object) -> list[Problem]:
    """The problems with which a package is refused; and nothing of it is in the database."""
    with pytest.raises(RosterRefused) as raised:
        importer.package(path, **options)  # type: ignore[arg-type]
    with importer.database.read() as session:
        assert session.scalars(select(School.id)).all() == []
        assert session.scalars(select(Student.id)).all() == []
    return raised.value.problems


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


@pytest.mark.parametrize("file", ["users", "demographics", "orgs", "enrollments"])
def test_missing_columns_are_named(importer: Importer, file: str) -> None:
    made = texts(district())
    made[f"{file}.csv"] = "sourcedId,status\n"
    [problem] = refused(importer, importer.written(made))
    assert (problem.file, problem.line) == (f"{file}.csv", 1)
    assert problem.reason.startswith("missing columns: ")


def test_semicolons_are_suspected(importer: Importer) -> None:
    made = texts(district())
    made["orgs.csv"] = made["orgs.csv"].replace(",", ";")
    [problem] = refused(importer, importer.written(made))
    assert problem.reason.endswith("is it separated by semicolons or tabs?")


def test_a_missing_manifest_is_refused(importer: Importer) -> None:
    made = texts(district())
    del made["manifest.csv"]
    [problem] = refused(importer, importer.written(made))
    assert problem.file == "manifest.csv"
    assert problem.reason.startswith("missing")


def test_a_manifest_must_be_true(importer: Importer) -> None:
    made = texts(district())
    del made["users.csv"]
    [problem] = refused(importer, importer.written(made))
    assert problem.reason == "names users.csv, which is not in the package"
    made = texts(district(), version="1.0")
    [problem] = refused(importer, importer.written(made))
    assert problem.reason == "oneroster.version must be 1.1 or 1.2"
    files = district()
    del files["demographics"]
    [problem] = refused(importer, importer.written(texts(files)))
    assert problem.reason.startswith("demographics.csv is absent")


@pytest.mark.parametrize(
    ("file", "key", "line"),
    [("users", "s-2", 9), ("orgs", "sch-1", 5), ("demographics", "s-1", 5),
     ("enrollments", "e-1", 6), ("classes", "c-1", 4)],
)  # fmt: skip
def test_one_id_twice_refuses_the_package(
    importer: Importer, file: str, key: str, line: int
) -> None:
    files = district()
    files[file].append(row(files, file, key))
    [problem] = refused(importer, importer.written(texts(files)))
    assert problem == Problem(f"{file}.csv", line, "a sourcedId that another line has too")


def test_circles_among_schools_are_refused(importer: Importer) -> None:
    files = district()
    row(files, "orgs", "dist")["parentSourcedId"] = "sch-2"
    [problem] = refused(importer, importer.written(texts(files)))
    assert problem.file == "orgs.csv"
    assert problem.line in {2, 4}


@pytest.mark.parametrize(
    ("changes", "line"),
    [({"g-1": "g-2", "g-2": "g-3", "g-3": "g-1"}, {6, 7, 8}), ({"s-1": "s-1"}, {3})],
)
def test_circles_among_people_are_refused(
    importer: Importer, changes: dict[str, str], line: set[int]
) -> None:
    files = district()
    for key, others in changes.items():
        row(files, "users", key)["agentSourcedIds"] = others
    [problem] = refused(importer, importer.written(texts(files)))
    assert problem.file == "users.csv"
    assert problem.line in line


def test_a_student_and_a_guardian_who_name_each_other_are_no_circle(importer: Importer) -> None:
    files = district()
    row(files, "users", "g-3")["agentSourcedIds"] = "s-2"
    assert importer(files).students[Outcome.ADDED] == 3


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_ten_megabytes_is_refused(importer: Importer, quote: str) -> None:
    made = texts(district())
    made["users.csv"] += f"s-9,,,true,sch-1,student,x,,{quote}{'a' * 10_000_000}{quote},Lee"
    [problem] = refused(importer, importer.written(made))
    assert (problem.file, problem.line) == ("users.csv", 9)
    lines = texts(district())
    lines["users.csv"] += 's-9,,,true,sch-1,student,x,,"' + "a\n" * 5_000_000 + '",Lee'
    [problem] = refused(importer, importer.written(lines))
    assert problem.file == "users.csv"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2013-02-30", "birthDate is not a date like 2013-04-02"),
        ("04/02/2013", "birthDate is not a date like 2013-04-02"),
        ("2072-01-01", "birthDate is in the future: another calendar, or a slip"),
        ("1394-01-01", "birthDate is before 1900: another calendar, or a slip"),
        ("", "birthDate is empty"),
    ],
)  # fmt: skip
def test_a_wrong_birth_date_leaves_the_student_out_and_nobody_else(
    importer: Importer, written: str, reason: str
) -> None:
    files = district()
    row(files, "demographics", "s-2")["birthDate"] = written
    report = importer(files)
    assert report.rejected == [Problem("demographics.csv", 3, reason)]
    assert set(importer.students()) == {"s-1", "s-3"}


def test_a_row_that_is_left_out_does_not_make_a_known_student_leave(importer: Importer) -> None:
    importer(district())
    files = district()
    row(files, "demographics", "s-2")["birthDate"] = "soon"
    row(files, "users", "s-1")["orgSourcedIds"] = "nowhere"
    report = importer(files)
    assert report.rejected_count == 2
    assert report.students[Outcome.LEFT] == 0
    assert importer.student("s-2").left_on is None


def test_rows_that_are_cut_off_are_left_out_with_their_line(importer: Importer) -> None:
    made = texts(district())
    made["users.csv"] = made["users.csv"].rstrip() + "\ns-9,,,true,sch-1"
    made["enrollments.csv"] += "e-9,,,c-1,sch-1,s-1,student,,01/02/2026,,\n"
    report = importer.package(importer.written(made))
    assert report.rejected == [
        Problem("users.csv", 9, "5 cells under a header of 19"),
        Problem("enrollments.csv", 6, "11 cells under a header of 10"),
    ]


def test_lines_are_counted_over_line_breaks_in_cells(importer: Importer) -> None:
    files = district()
    row(files, "users", "t-1")["givenName"] = "Jordan\nB."
    files["users"].append(user("s-9", "student", "-", "."))
    report = importer(files)
    assert report.rejected == [Problem("users.csv", 10, "the name has no letter")]


def test_no_reason_repeats_what_a_cell_holds(importer: Importer) -> None:
    files = district()
    row(files, "users", "s-2")["phone"] = "SECRET"
    row(files, "users", "s-2")["status"] = "SECRET"
    row(files, "demographics", "s-1")["birthDate"] = "SECRET"
    assert "SECRET" not in str(importer(files).as_json())


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
    archive.writestr(link, "/etc/passwd")


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
        (_archive(lambda one: one.writestr("/etc/users.csv", "")), "points outside"),
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


def test_a_fault_at_the_very_end_leaves_nothing_behind(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Applied in one transaction: the last of it fails, and all of it is gone."""
    files = district()
    importer_follow = importer.births

    def fail(_births: object) -> None:
        raise RuntimeError("the disk is full")

    importer(files)
    monkeypatch.setattr(importer, "births", type("Births", (), {"update": staticmethod(fail)})())
    row(files, "demographics", "s-1")["birthDate"] = "2014-01-01"
    row(files, "users", "s-2")["grades"] = "07"
    with pytest.raises(RuntimeError):
        importer(files)
    assert importer_follow == {}
    assert importer.student("s-2").grade == "06"


def test_two_imports_at_once_do_not_mix(importer: Importer) -> None:
    """On PostgreSQL the second is refused; on SQLite it waits for the first."""
    database = importer.database
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.begin() as session:
            if database.is_postgresql:
                query = text("SELECT pg_advisory_xact_lock(:key)")
                session.execute(query, {"key": IMPORT_LOCK})
            holding.set()
            release.wait(20)

    first = threading.Thread(target=hold)
    first.start()
    holding.wait(10)
    if database.is_postgresql:
        with pytest.raises(ImportRunning):
            importer(district())
        release.set()
        first.join()
        return
    threading.Timer(0.5, release.set).start()
    assert importer(district()).students[Outcome.ADDED] == 3
    assert release.is_set()
    first.join()
