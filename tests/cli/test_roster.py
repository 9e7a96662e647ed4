"""`intake roster import`: what an operator and a script see of it."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from forms.choices import Relationship
from intake.installation import Installation
from intake.roster.finding import find_students
from intake.roster.model import Student, StudentSearchKey
from intake.roster.scope import EVERY_SCHOOL
from intake.roster.students import add_guardian, add_school, add_student, typed_student
from tests.cli.conftest import AT, Run
from tests.roster.oneroster.sample import district, folder, row, texts, without, zipped


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return zipped(tmp_path / "roster.zip", texts(district()))


def test_a_dry_run_then_the_import_with_the_same_numbers(
    run: Run, installed: Installation, package: Path
) -> None:
    wanted = run("roster", "import", str(package), "--dry-run")
    assert wanted.status == 0
    assert "Dry run, nothing was changed. It would be: OneRoster 1.1, everybody" in wanted.out
    numbers = "Students: 3 added, 0 changed, 0 returned, 0 left, 0 unchanged"
    assert numbers in wanted.out
    with installed.database.read() as session:
        assert session.scalars(select(Student).where(Student.external_id == "s-1")).all() == []
    done = run("roster", "import", str(package))
    assert (done.status, done.err) == (0, "")
    assert numbers in done.out
    assert "users.csv: read as utf-8" in done.out


def test_json_is_json(run: Run, installed: Installation, package: Path) -> None:
    facts = json.loads(run("roster", "import", str(package), "--json").out)
    assert facts["students"] == {
        "added": 3, "changed": 0, "returned": 0, "left": 0, "unchanged": 0
    }  # fmt: skip
    assert (facts["dry_run"], facts["mode"], facts["version"]) == (False, "full", "1.1")
    assert facts["encodings"]["users.csv"] == "utf-8"


def test_rows_that_were_left_out_are_named_and_the_status_says_so(
    run: Run, installed: Installation, tmp_path: Path
) -> None:
    files = district()
    row(files, "demographics", "s-2")["birthDate"] = "31/12/2014"
    ran = run("roster", "import", str(folder(tmp_path / "r", texts(files))))
    assert ran.status == 1
    assert "2 added" in ran.out
    assert "1 row was left out:\n  demographics.csv, line 3: birthDate is not a date" in ran.out


def test_what_is_refused_is_refused_whole(
    run: Run, installed: Installation, tmp_path: Path
) -> None:
    files = district()
    files["users"].append(row(files, "users", "s-2"))
    ran = run("roster", "import", str(folder(tmp_path / "r", texts(files))))
    assert (ran.status, ran.out) == (2, "")
    reason = "a sourcedId that another line has too"
    assert ran.err == f"intake: nothing was imported: users.csv, line 9: {reason}\n"
    refused = json.loads(run("roster", "import", str(tmp_path / "r"), "--json").out)
    assert refused == {"refused": [{"file": "users.csv", "line": 9, "reason": reason}]}


def test_full_and_delta_may_be_said_instead_of_the_manifest(
    run: Run, installed: Installation, tmp_path: Path, package: Path
) -> None:
    run("roster", "import", str(package))
    files = district()
    without(files, "users", "s-2")
    path = str(folder(tmp_path / "r", texts(files)))
    assert "0 left" in run("roster", "import", path, "--delta", "--dry-run").out
    assert "1 left" in run("roster", "import", path, "--full", "--dry-run").out


def test_typed_students_are_found_after_an_import(
    run: Run, installed: Installation, package: Path
) -> None:
    run("roster", "import", str(package))
    with installed.database.begin() as session:
        student = session.scalars(select(Student).where(Student.external_id == "s-1")).one()
        school = student.school
        typed_student(
            session, school=school, name="يوسف  الحسن", birth_date=student.birth_date, at=AT
        )  # fmt: skip
    assert json.loads(run("roster", "link", "--json").out) == {
        "linked": 1, "waiting_for_a_person": 0,
    }  # fmt: skip
    assert run("audit", "verify").status == 0


def test_a_path_that_is_not_there_and_a_file_that_is_no_zip(
    run: Run, installed: Installation, tmp_path: Path
) -> None:
    assert run("roster", "import", str(tmp_path / "none")).status == 2
    (tmp_path / "roster.csv").write_text("a,b\n")
    ran = run("roster", "import", str(tmp_path / "roster.csv"))
    assert ran.err.endswith("roster.csv: not a zip file, or a truncated one\n")


def test_nothing_stays_on_the_disk_behind_an_import(
    run: Run,
    installed: Installation,
    package: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    run("roster", "import", str(package))
    assert list(place.iterdir()) == []


def test_names_of_an_earlier_release_are_found_by_sound_once_indexed(
    run: Run, installed: Installation
) -> None:
    with installed.database.begin() as session:
        school = add_school(session, "Elsewhere High")
        student = add_student(
            session, school=school, name="محمد علي", birth_date=date(2012, 5, 4), at=AT
        )
        add_guardian(session, student=student, name="Faadumo", relationship=Relationship.PARENT)
        session.execute(delete(StudentSearchKey))
    told = json.loads(run("roster", "index", "--json").out)
    assert told["students"] >= 1
    run("roster", "index")
    for typed in ("mohamed ali", "محمد", "fatima"):
        with installed.database.read() as session:
            found = find_students(session, typed, 5, scope=EVERY_SCHOOL)
        assert student.id in [one.id for one in found.students], typed
