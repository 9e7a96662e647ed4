"""What a school's roster does to the record: adding, changing, leaving, coming back."""

from datetime import date

import pytest
from sqlalchemy import select

from forms.choices import Relationship
from intake.roster.model import Enrollment, School, SchoolClass, Student
from intake.roster.oneroster.report import Outcome, RosterRefused
from intake.roster.search import search_roster
from intake.roster.students import add_school, add_student
from tests.roster.oneroster.conftest import TODAY, Importer
from tests.roster.oneroster.sample import Files, district, row, texts, user, without, zipped

NOBODY = dict.fromkeys(Outcome, 0)


def counted(report_students: dict[Outcome, int]) -> dict[Outcome, int]:
    return {**NOBODY, **report_students}


def test_a_district_comes_on_record_with_families_and_classes(importer: Importer) -> None:
    report = importer(district())

    assert counted(report.students) == {**NOBODY, Outcome.ADDED: 3}
    assert (report.rejected_count, report.note_count) == (0, 0)
    yusuf = importer.student("s-1")
    assert (yusuf.name, yusuf.birth_date, yusuf.language, yusuf.grade) == (
        "يوسف الحسن", date(2015, 3, 4), "ar", "05",
    )  # fmt: skip
    assert importer.guardians("s-1") == {
        "فاطمة الحسن": Relationship.PARENT,
        "Karim Al-Hassan": Relationship.GUARDIAN,
    }
    assert importer.contacts("s-1") == {
        ("+18015550144", True), ("fatima.alhassan@example.org", True), ("+18015550160", True),
    }  # fmt: skip
    assert importer.contacts("s-3") == {("+18015550146", False)}
    with importer.database.read() as session:
        [homeroom] = session.scalars(select(SchoolClass).where(SchoolClass.is_homeroom))
        assert (homeroom.title, homeroom.teacher, homeroom.school_year) == (
            "Room 12", "Jordan Lee", "2027",
        )  # fmt: skip
        assert len(session.scalars(select(Enrollment)).all()) == 3
        [found] = search_roster(session, "Ruiz Pen", 5)  # by the mother's name, without its tilde
        assert found.external_id == "s-2"


def test_the_same_again_changes_nothing(importer: Importer) -> None:
    importer(district())
    before = importer.students()["s-1"].id
    report = importer.package(zipped(importer.place / "again.zip", texts(district())))
    assert counted(report.students) == {**NOBODY, Outcome.UNCHANGED: 3}
    assert importer.students()["s-1"].id == before


def test_a_dry_run_counts_the_same_and_changes_nothing(importer: Importer) -> None:
    importer(district())
    files = _next_year()
    wanted = importer(files, apply=False)
    assert set(importer.students()) == {"s-1", "s-2", "s-3"}
    assert importer.student("s-1").grade == "05"
    assert importer(files).as_json() == wanted.as_json()
    assert counted(wanted.students) == {
        Outcome.ADDED: 1, Outcome.CHANGED: 1, Outcome.LEFT: 1, Outcome.UNCHANGED: 1,
        Outcome.RETURNED: 0,
    }  # fmt: skip


def test_a_dry_run_counts_classes_that_are_new(importer: Importer) -> None:
    importer(district())
    files = district()
    files["classes"].append({**row(files, "classes", "c-2"), "sourcedId": "c-3"})
    files["classes"].append({**row(files, "classes", "c-2"), "sourcedId": "c-4"})
    row(files, "classes", "c-4")["schoolSourcedId"] = "nowhere"
    for key, student in (("c-3", "s-2"), ("c-4", "s-3")):
        files["enrollments"].append(
            {"sourcedId": f"e-{key}", "classSourcedId": key, "userSourcedId": student,
             "role": "student"}
        )  # fmt: skip
    wanted = importer(files, apply=False)
    assert wanted.students[Outcome.CHANGED] == 1, "a class of no known school is no class"
    assert importer(files).as_json() == wanted.as_json()
    assert importer(files).students[Outcome.UNCHANGED] == 3


def _next_year() -> Files:
    files = district()
    row(files, "users", "s-1")["grades"] = "06"
    without(files, "users", "s-2")
    files["users"].append(user("s-4", "student", "Naw", "Paw Htoo"))
    files["demographics"].append({"sourcedId": "s-4", "birthDate": "2016-05-05"})
    files["users"].append(user("s-5", "student", "No", "Birthday"))
    return files


def test_who_is_no_longer_there_has_left_and_comes_back_as_the_same(importer: Importer) -> None:
    importer(district())
    first = importer.student("s-2").id
    gone = district()
    without(gone, "users", "s-2")
    assert importer(gone).students[Outcome.LEFT] == 1
    assert importer.student("s-2").left_on == TODAY
    assert importer(gone, today=date(2026, 12, 1)).students[Outcome.LEFT] == 0
    assert importer.student("s-2").left_on == TODAY, "the clock started once"

    report = importer(district(), today=date(2027, 1, 4))
    assert report.students[Outcome.RETURNED] == 1
    back = importer.student("s-2")
    assert (back.id, back.left_on) == (first, None)


def test_students_of_schools_that_the_package_does_not_name_stay(importer: Importer) -> None:
    importer(district())
    other = district()
    without(other, "orgs", "sch-2")
    without(other, "users", "s-3")
    assert importer(other).students[Outcome.LEFT] == 0
    assert importer.student("s-3").left_on is None


@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_to_be_deleted_means_left_not_deleted(importer: Importer, mode: str) -> None:
    importer(district())
    files = district()
    row(files, "users", "s-1")["status"] = "tobedeleted"
    assert importer(files, mode=mode).students[Outcome.LEFT] == 1
    assert importer.student("s-1").left_on == TODAY


def test_a_student_whose_every_enrollment_has_ended_left_on_that_day(importer: Importer) -> None:
    importer(district())
    files = district()
    row(files, "enrollments", "e-1")["endDate"] = "2026-11-02"
    assert importer(files).students[Outcome.LEFT] == 0, "one of two classes goes on"
    row(files, "enrollments", "e-2")["endDate"] = "2026-11-09"
    assert importer(files).students[Outcome.LEFT] == 1
    assert importer.student("s-1").left_on == date(2026, 11, 9)


def test_a_delta_touches_only_whom_it_names(importer: Importer) -> None:
    importer(district())
    changed = row(district(), "users", "s-2") | {"grades": "07", "status": "active"}
    report = importer({"users": [changed]}, mode="delta")
    assert counted(report.students) == {**NOBODY, Outcome.CHANGED: 1}
    student = importer.student("s-2")
    assert (student.grade, student.birth_date, student.left_on) == ("07", date(2014, 9, 3), None)
    assert importer.guardians("s-2") == {"Lucía Ruiz Peña": Relationship.PARENT}


def test_a_deltas_last_ended_enrollment_means_left(importer: Importer) -> None:
    importer(district())
    ended = row(district(), "enrollments", "e-1") | {"status": "tobedeleted"}
    assert importer({"enrollments": [ended]}, mode="delta").students[Outcome.LEFT] == 0
    ended = row(district(), "enrollments", "e-2") | {"status": "tobedeleted"}
    assert importer({"enrollments": [ended]}, mode="delta").students[Outcome.LEFT] == 1
    assert importer.student("s-1").left_on == TODAY


@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_a_guardians_new_phone_counts_and_the_old_one_no_longer(
    importer: Importer, mode: str
) -> None:
    importer(district())
    files = district()
    row(files, "users", "g-1")["sms"] = "801-555-0199"
    if mode == "delta":
        files = {"users": [row(files, "users", "g-1")]}
    report = importer(files, mode=mode)
    assert report.students[Outcome.CHANGED] == 1
    assert importer.is_on_record("s-1", "+18015550199")
    assert not importer.is_on_record("s-1", "+18015550144")


@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_a_guardian_who_is_no_longer_named_may_no_longer_sign(
    importer: Importer, mode: str
) -> None:
    importer(district())
    files = district()
    row(files, "users", "s-1")["agentSourcedIds"] = "g-1"
    if mode == "delta":
        files = {"users": [row(files, "users", "s-1")]}
    importer(files, mode=mode)
    assert set(importer.guardians("s-1")) == {"فاطمة الحسن"}
    assert not importer.is_on_record("s-1", "+18015550160")


def test_guardians_may_name_their_students_instead(importer: Importer) -> None:
    files = district()
    row(files, "users", "s-1")["agentSourcedIds"] = ""
    row(files, "users", "g-1")["agentSourcedIds"] = "s-1,s-2"
    importer(files)
    assert set(importer.guardians("s-1")) == {"فاطمة الحسن"}
    assert set(importer.guardians("s-2")) == {"فاطمة الحسن", "Lucía Ruiz Peña"}


def test_a_delta_may_name_a_guardian_whom_a_sibling_brought(importer: Importer) -> None:
    importer(district())
    sibling = user("s-9", "student", "Diego", "Hernández Ruiz", agentSourcedIds="g-3")
    files = {"users": [sibling], "demographics": [{"sourcedId": "s-9", "birthDate": "2018-02-02"}]}
    importer(files, mode="delta")
    assert importer.guardians("s-9") == {"Lucía Ruiz Peña": Relationship.PARENT}
    assert importer.is_on_record("s-9", "+18015550143")


def test_relatives_and_teachers_are_nobodys_guardians(importer: Importer) -> None:
    files = district()
    row(files, "users", "g-2")["role"] = "relative"
    row(files, "users", "s-2")["agentSourcedIds"] = "g-3,t-1"
    report = importer(files)
    assert set(importer.guardians("s-1")) == {"فاطمة الحسن"}
    assert set(importer.guardians("s-2")) == {"Lucía Ruiz Peña"}
    assert report.note_count == 3


def test_a_parents_phone_in_the_students_row_does_not_sign_as_the_student(
    importer: Importer,
) -> None:
    files = district()
    row(files, "users", "s-2")["phone"] = "801 555 0143"
    importer(files)
    assert importer.contacts("s-2") == {("+18015550143", True)}


def test_names_keep_their_letters_and_lose_what_cannot_be_seen(importer: Importer) -> None:
    files = district()
    row(files, "users", "s-1")["givenName"] = "\u202eJose\u0301\u2066"
    row(files, "users", "s-1")["familyName"] = "می\u200cخواهم"
    row(files, "users", "s-2") | {"familyName": "."}
    row(files, "users", "s-2")["familyName"] = "."
    importer(files)
    assert importer.student("s-1").name == "José می\u200cخواهم"
    assert importer.student("s-2").name == "Mateo"


def test_version_1_2_says_roles_and_preferred_names_elsewhere(importer: Importer) -> None:
    files = district()
    roles = []
    for one in files["users"]:
        org = one.pop("orgSourcedIds")
        roles.append(
            {"sourcedId": f"r-{one['sourcedId']}", "userSourcedId": one["sourcedId"],
             "roleType": "primary", "role": one.pop("role"), "orgSourcedId": org}
        )  # fmt: skip
    row(files, "users", "s-3")["preferredGivenName"] = "Yaan"
    roles.append(
        {"sourcedId": "r-x", "userSourcedId": "t-1", "roleType": "secondary", "role": "parent",
         "orgSourcedId": "sch-2"}
    )  # fmt: skip
    row(files, "users", "s-3")["agentSourcedIds"] = "t-1"
    files["roles"] = roles
    report = importer(files, version="1.2")
    assert report.students[Outcome.ADDED] == 3
    assert importer.guardians("s-3") == {"Jordan Lee": Relationship.PARENT}
    with importer.database.read() as session:
        [found] = search_roster(session, "yaan", 5)
        assert found.external_id == "s-3"
        assert found.school.name == "Westview High"


def test_a_corrected_birth_date_is_told_to_whoever_knows_of_consents(importer: Importer) -> None:
    importer(district())
    files = district()
    row(files, "demographics", "s-1")["birthDate"] = "2008-03-04"
    importer(files)
    assert importer.births == {importer.student("s-1").id: date(2008, 3, 4)}


def test_schools_and_guardians_put_on_record_by_hand_are_recognised(importer: Importer) -> None:
    with importer.database.begin() as session:
        school = add_school(session, "riverside elementary")
        add_student(
            session, school=school, name="Mateo Hernández Ruiz", birth_date=date(2014, 9, 3),
            at=importer.at, external_id="s-2",
        )  # fmt: skip
    report = importer(district())
    assert report.students[Outcome.ADDED] == 2
    assert report.schools[Outcome.CHANGED] == 1
    with importer.database.read() as session:
        assert session.get_one(School, school.id).external_id == "sch-1"
        assert len(session.scalars(select(School)).all()) == 2


def test_an_export_that_was_cut_off_makes_nobody_leave(importer: Importer) -> None:
    files = district()
    for number in range(200):
        files["users"].append(user(f"x-{number}", "student", "Grace", f"Lee {number}"))
        files["demographics"].append({"sourcedId": f"x-{number}", "birthDate": "2015-05-05"})
    importer(files)
    with pytest.raises(RosterRefused, match="200 of 203 students would leave"):
        importer(district())
    with importer.database.read() as session:
        gone = session.scalars(select(Student.id).where(Student.left_on.is_not(None))).all()
    assert gone == []
    assert importer(district(), many_leave=True).students[Outcome.LEFT] == 200
