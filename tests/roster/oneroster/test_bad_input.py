"""Files that can't be trusted: refused whole, or a row left out, always with file, line, reason."""

import pytest

from intake.roster.oneroster.report import Outcome, Problem
from tests.roster.oneroster.conftest import Importer, refused
from tests.roster.oneroster.sample import district, row, texts, user

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused never reaches the engine."""

TOO_MANY = " (a comma too many, or a text with a comma and no quotes?)"


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
    made["enrollments.csv"] += "e-9,,,c-1,sch-1,s-1,student,,01/02/2026,,\ne-10\n"
    report = importer.package(importer.written(made))
    assert report.rejected == [
        Problem("users.csv", 9, "5 cells under a header of 19"),
        Problem("enrollments.csv", 6, "11 cells under a header of 10" + TOO_MANY),
        Problem("enrollments.csv", 7, "1 cell under a header of 10"),
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
