"""Links are what the ledger says, or the audit tells."""

from datetime import date

import pytest
from sqlalchemy import text

from intake.accounts.api_clients import EVERYTHING, ApiScope, Caller, Reach
from intake.db.engine import Database
from intake.lookups.audit import identifier_differences
from intake.lookups.find import Described, look_up
from intake.lookups.identifiers import (
    IdentifierTaken,
    NotLookedUp,
    link,
    link_by_staff,
    students_of,
    unlink,
)
from intake.roster.model import School
from intake.roster.students import add_student
from tests.conftest import NOW
from tests.lookups.test_find import BORN, Roster

CALLER = Caller("north", frozenset(ApiScope), EVERYTHING)


@pytest.fixture
def roster(database: Database) -> Roster:
    return Roster(database)


@pytest.fixture
def students(roster: Roster) -> list[str]:
    return [roster.add("Emma Johnson"), roster.add("Omar Ali", date(2014, 1, 1))]


def differences(database: Database) -> list[str]:
    with database.read() as session:
        return list(identifier_differences(session))


def linked(database: Database, *identifiers: str, reach: Reach = EVERYTHING) -> dict[str, str]:
    with database.read() as session:
        return students_of(session, Caller("north", frozenset(), reach), identifiers)


def test_linked_after_a_certain_lookup_and_known_within_reach(
    database: Database, roster: Roster, students: list[str]
) -> None:
    with database.begin() as session, pytest.raises(NotLookedUp):
        link(session, CALLER, students[0], "1", at=NOW)
    with database.begin() as session:
        look_up(session, CALLER, Described("Emma Johnson", BORN, "riverside"), at=NOW)
        assert link(session, CALLER, students[0], "1", at=NOW)
        assert not link(session, CALLER, students[0], "1", at=NOW)
    assert linked(database, "1", "2") == {"1": students[0]}
    assert linked(database, "1", reach=Reach(frozenset({"x"}), None)) == {}
    assert differences(database) == []
    with database.begin() as session:
        unlink(session, CALLER, students[0], at=NOW)
    assert linked(database, "1") == {}
    assert differences(database) == []


def test_staff_link_whom_no_lookup_found(database: Database, students: list[str]) -> None:
    with database.begin() as session:
        assert link_by_staff(session, "north", students[0], "1", by="dana", at=NOW)
        with pytest.raises(IdentifierTaken):
            link_by_staff(session, "north", students[1], "1", by="dana", at=NOW)
        with pytest.raises(IdentifierTaken):
            link_by_staff(session, "north", students[0], "2", by="dana", at=NOW)
        for client, student in (("nobody", students[1]), ("north", "nobody")):
            with pytest.raises(NotLookedUp):
                link_by_staff(session, client, student, "3", by="dana", at=NOW)
    assert linked(database, "1", "2", "3") == {"1": students[0]}


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE student_identifiers SET student_id = '{1}'", "for student {0} names another"),
        ("UPDATE student_identifiers SET identifier_key = 'x'", "{0} is not in the ledger"),
        ("DELETE FROM student_identifiers", "for student {0} was deleted past the ledger"),
    ],
)
def test_a_link_that_was_tampered_with_is_found(
    database: Database, students: list[str], tampering: str, said: str
) -> None:
    with database.begin() as session:
        link_by_staff(session, "north", students[0], "1", by="dana", at=NOW)
    with database.engine.begin() as connection:
        connection.execute(text(tampering.format(*students)))
    assert any(said.format(*students) in line for line in differences(database))


def test_a_student_who_left_the_roster_s_school_is_out_of_reach(
    database: Database, roster: Roster
) -> None:
    with database.begin() as session:
        elsewhere = School(name="Elsewhere")
        session.add(elsewhere)
        session.flush()
        student = add_student(session, school=elsewhere, name="Ava Lee", birth_date=BORN, at=NOW)
        link_by_staff(session, "north", student.id, "9", by="dana", at=NOW)
    here = Reach(frozenset({roster.school_id}), None)
    assert linked(database, "9", reach=here) == {}
