"""A row that can't be read ends nothing: who is known stays as they are, and the row is named."""

from collections.abc import Callable

import pytest

from forms.choices import Relationship
from intake.roster.oneroster.report import Outcome
from tests.roster.oneroster.conftest import Importer
from tests.roster.oneroster.sample import Files, district, row, texts, without

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused never reaches the engine."""

Break = Callable[[str], str]
KARIM = {"فاطمة الحسن": Relationship.PARENT, "Karim Al-Hassan": Relationship.GUARDIAN}


def one_comma_more(line: str) -> str:
    """As a name with a comma and no quotes has it."""
    key, rest = line.split(",", 1)
    return f"{key},a,{rest}"


def cut_off(line: str) -> str:
    """As a full disk leaves it."""
    return line[: len(line) // 2]


def unknown_status(line: str) -> str:
    """A word that no version of the standard has."""
    cells = line.split(",")
    cells[1] = "perhaps"
    return ",".join(cells)


BREAKS = [one_comma_more, cut_off, unknown_status]


def broken(
    files: Files, name: str, key: str, change: Break, version: str = "1.1"
) -> dict[str, str]:
    """The package's texts, of which one row is changed."""
    made = texts(files, version=version)
    lines = made[f"{name}.csv"].splitlines(keepends=True)
    made[f"{name}.csv"] = "".join(
        change(line.rstrip()) + "\n" if line.startswith(f"{key},") else line for line in lines
    )
    return made


def version_1_2(files: Files) -> Files:
    """The same with roles in a file of their own."""
    files["roles"] = [
        {"sourcedId": f"r-{one['sourcedId']}", "userSourcedId": one["sourcedId"],
         "roleType": "primary", "role": one.pop("role"), "orgSourcedId": one.pop("orgSourcedIds")}
        for one in files["users"]
    ]  # fmt: skip
    return files


@pytest.mark.parametrize("change", BREAKS)
def test_a_known_student_does_not_leave_by_it(importer: Importer, change: Break) -> None:
    importer(district())
    report = importer.package(importer.written(broken(district(), "users", "s-3", change)))
    assert (report.rejected_count, report.students[Outcome.LEFT]) == (1, 0)
    assert report.students[Outcome.UNCHANGED] == 2
    assert importer.student("s-3").left_on is None


def test_a_student_who_is_not_there_leaves_all_the_same(importer: Importer) -> None:
    importer(district())
    files = district()
    without(files, "users", "s-2")
    made = broken(files, "users", "s-3", one_comma_more)
    assert importer.package(importer.written(made)).students[Outcome.LEFT] == 1
    assert importer.student("s-2").left_on is not None


@pytest.mark.parametrize("change", BREAKS)
def test_a_known_guardian_may_still_sign(importer: Importer, change: Break) -> None:
    importer(district())
    report = importer.package(importer.written(broken(district(), "users", "g-2", change)))
    assert report.rejected_count == 1
    assert report.students[Outcome.UNCHANGED] == 3
    assert importer.guardians("s-1") == KARIM
    assert importer.is_on_record("s-1", "+18015550160")


def test_a_guardian_whose_name_has_no_letter_stays_under_the_one_on_record(
    importer: Importer,
) -> None:
    importer(district())
    files = district()
    row(files, "users", "g-2").update(givenName="-", familyName=".")
    importer(files)
    assert importer.guardians("s-1") == KARIM


def test_a_guardian_whom_the_student_no_longer_names_goes_all_the_same(importer: Importer) -> None:
    importer(district())
    files = district()
    row(files, "users", "s-1")["agentSourcedIds"] = "g-1"
    importer.package(importer.written(broken(files, "users", "g-2", cut_off)))
    assert set(importer.guardians("s-1")) == {"فاطمة الحسن"}


def test_a_role_that_cannot_be_read_makes_nobody_leave(importer: Importer) -> None:
    importer(version_1_2(district()), version="1.2")
    made = broken(version_1_2(district()), "roles", "r-s-3", one_comma_more, version="1.2")
    made["roles.csv"] = made["roles.csv"].replace("r-s-3,a,,,s-3,primary,", "r-s-3,,,s-3,primary,,")
    report = importer.package(importer.written(made))
    assert (report.rejected_count, report.students[Outcome.LEFT]) == (1, 0)
    assert importer.student("s-3").left_on is None


def test_an_enrollment_that_cannot_be_read_may_be_one_that_goes_on(importer: Importer) -> None:
    importer(district())
    files = district()
    row(files, "enrollments", "e-1")["endDate"] = "2026-11-02"
    row(files, "enrollments", "e-2")["endDate"] = "some day"
    report = importer(files)
    assert (report.rejected_count, report.students[Outcome.LEFT]) == (1, 0)


def test_guardians_of_whom_nothing_says_whose_they_are_change_nothing(importer: Importer) -> None:
    importer(district())
    files = district()
    for one in files["users"]:
        one.pop("agentSourcedIds", None)
    report = importer(files)
    assert report.students[Outcome.UNCHANGED] == 3
    assert importer.guardians("s-1") == KARIM


def test_a_student_whose_role_has_ended_is_named_and_not_taken_in(importer: Importer) -> None:
    files = version_1_2(district())
    row(files, "roles", "r-s-3")["endDate"] = "2026-11-02"
    report = importer(files, version="1.2")
    assert report.students[Outcome.ADDED] == 2
    assert [note.reason for note in report.notes] == [
        "not taken in: every role as a student has ended"
    ]
    assert importer.students().keys() == {"s-1", "s-2"}


def test_it_is_counted_who_has_a_guardian(importer: Importer) -> None:
    report = importer(district())
    assert (report.with_guardian, report.without_guardian) == (2, 1)
    assert report.as_json()["guardians"] == {"with": 2, "without": 1}
