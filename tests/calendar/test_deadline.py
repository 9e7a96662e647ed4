"""When a revocation is due: weekends, days off, the change of the clock, the end of the year."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.calendar.closed import (
    InvalidCalendar,
    closed_from,
    import_closed_days,
    open_again,
)
from intake.calendar.deadline import revocation_due
from intake.db.engine import Database
from intake.roster.model import Student
from intake.roster.students import add_school, add_student

DENVER = ZoneInfo("America/Denver")


@dataclass(frozen=True)
class Schools:
    """Two schools, a student at the first, and their settings."""

    database: Database
    student_id: str
    first: str
    second: str
    settings: Any

    def close(self, text: str) -> int:
        with self.database.begin() as session:
            return import_closed_days(session, text)

    def due(self, signed: str) -> str:
        """Both on the school's clock."""
        at = datetime.fromisoformat(signed).replace(tzinfo=DENVER).astimezone(UTC)
        with self.database.read() as session:
            due = revocation_due(session, self.settings, self.student_id, at=at)
        assert due.tzinfo is UTC
        return f"{due.astimezone(DENVER):%Y-%m-%d %H:%M}"


@pytest.fixture
def schools(database: Database, now: datetime) -> Schools:
    with database.begin() as session:
        first = add_school(session, "Riverside Elementary School", external_id="riverside")
        second = add_school(session, "Westview High School")
        student: Student = add_student(
            session, school=first, name="Emma", birth_date=date(2016, 4, 12), at=now
        )
    settings = SimpleNamespace(time_zone=DENVER, revocation_deadline_days=2)
    return Schools(database, student.id, first.id, second.id, settings)


@pytest.mark.parametrize(
    ("signed", "due"),
    [
        ("2026-11-23 14:00", "2026-11-25 14:00"),  # Monday to Wednesday
        ("2026-11-20 14:00", "2026-11-24 14:00"),  # Friday to Tuesday
        ("2026-11-21 10:00", "2026-11-24 10:00"),  # a Saturday counts from Monday on
        ("2026-11-19 23:30", "2026-11-23 23:30"),  # late on Thursday, Friday already in UTC
        ("2026-10-30 09:00", "2026-11-03 09:00"),  # the clock goes back on Sunday
        ("2026-03-06 09:00", "2026-03-10 09:00"),  # the clock goes forward on Sunday
        ("2026-12-31 16:00", "2027-01-04 16:00"),  # over a weekend and the year's end
    ],
)
def test_working_days_by_the_schools_clock(schools: Schools, signed: str, due: str) -> None:
    assert schools.due(signed) == due


def test_days_off_do_not_count_and_only_where_they_are_off(schools: Schools) -> None:
    schools.close(
        "day,last_day,name,school\n"
        "2026-11-26,2026-11-27,Thanksgiving,\n"
        "2026-11-30,,Teachers' day,riverside\n"
        "2026-12-01,,Their own day,Westview High School\n"
    )
    assert schools.due("2026-11-24 14:00") == "2026-12-01 14:00"
    other = replace(schools, student_id=_student_at(schools, schools.second))
    assert other.due("2026-11-24 14:00") == "2026-11-30 14:00"


def test_a_winter_break_over_the_years_end(schools: Schools) -> None:
    assert schools.close("day,last_day,name\n2026-12-21,2027-01-01,Winter break\n") == 12
    assert schools.due("2026-12-18 15:00") == "2027-01-05 15:00"
    assert schools.due("2026-12-24 12:00") == "2027-01-05 12:00"


def test_the_number_of_days_is_a_setting(schools: Schools) -> None:
    schools.settings.revocation_deadline_days = 5
    assert schools.due("2026-11-23 14:00") == "2026-11-30 14:00"


def test_importing_again_changes_nothing_and_a_day_can_be_taken_off(schools: Schools) -> None:
    text = "day,name\n2026-11-26,Thanksgiving\n"
    assert (schools.close(text), schools.close(text)) == (1, 0)
    assert schools.close("day,name\n2026-11-26,Thanksgiving Day\n") == 1
    with schools.database.begin() as session:
        [(day, school)] = closed_from(session, first=date(2026, 11, 26))
        assert (day.name, school) == ("Thanksgiving Day", None)
        assert not open_again(session, date(2026, 11, 26), school="riverside")
        assert open_again(session, date(2026, 11, 26))
        assert closed_from(session, first=date(2026, 1, 1)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "lacks day and name"),
        ("day,name\n2026-11-25,good\n26.11.2026,x\n", "line 3: a day looks like"),
        ("date,name\n2026-11-26,x\n", "lacks day"),
        ("day,name,colour\n2026-11-26,x,red\n", "unknown column: 'colour'"),
        ("day,name\n26.11.2026,x\n", "line 2: a day looks like 2026-11-26"),
        ("day,name\n2026-11-26,\n", "line 2: give a name"),
        ("day,name\n2026-11-26\n", "line 2 has more or fewer cells"),
        ("day,name,school\n2026-11-26,x,Hogwarts\n", "there is no school 'Hogwarts'"),
        ("day,last_day,name\n2026-11-26,2026-11-25,x\n", "last_day is before day"),
        ("day,last_day,name\n2026-11-26,2062-11-26,x\n", "a break of more than"),
        ('day,name\n2026-11-26,"x\n', "is no CSV"),
    ],
)
def test_a_wrong_file_is_said_and_changes_nothing(
    schools: Schools, text: str, problem: str
) -> None:
    with pytest.raises(InvalidCalendar, match=problem):
        schools.close(text)
    with schools.database.read() as session:
        assert closed_from(session, first=date.min) == []


def _student_at(schools: Schools, school_id: str) -> str:
    with schools.database.begin() as session:
        student = session.get_one(Student, schools.student_id)
        other = Student(
            school_id=school_id, name="Omar", birth_date=student.birth_date, match_key="x" * 64,
            source=student.source, created_at=student.created_at,
        )  # fmt: skip
        session.add(other)
        session.flush()
        return other.id
