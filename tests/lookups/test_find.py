"""Who is meant: certainty, doubt, and how often one may ask."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from intake.accounts.api_clients import EVERYTHING, ApiScope, Caller, Reach
from intake.accounts.model import ApiClient
from intake.db.engine import Database
from intake.db.limits import TooManyAttempts
from intake.lookups import find
from intake.lookups.find import Described, Found, look_up
from intake.lookups.model import Match
from intake.roster.model import School, StudentSource
from intake.roster.students import add_school, add_student
from tests.conftest import NOW

BORN = date(2015, 4, 12)
CALLER = Caller("north", frozenset(ApiScope), EVERYTHING)
NONE, AMBIGUOUS = Found(Match.NONE), Found(Match.AMBIGUOUS)


class Roster:
    """A school to which a test adds students."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.begin() as session:
            school = add_school(session, "Riverside Elementary School", external_id="riverside")
            self.school_id = school.id
            session.add(
                ApiClient(id="north", scopes=[], schools=None, partners=None, created_at=NOW,
                          revoked_at=None)
            )  # fmt: skip

    def add(
        self, name: str, born: date = BORN, *, source: StudentSource = StudentSource.ROSTER
    ) -> str:
        with self.database.begin() as session:
            school = session.get_one(School, self.school_id)
            return add_student(
                session, school=school, name=name, birth_date=born, at=NOW, source=source
            ).id

    def find(
        self, name: str, born: date = BORN, *, school: str = "riverside", caller: Caller = CALLER
    ) -> Found:
        with self.database.begin() as session:
            return self.find_in(session, name, born, school, caller)

    def find_in(
        self, session: Session, name: str, born: date, school: str, caller: Caller
    ) -> Found:
        return look_up(session, caller, Described(name, born, school), at=NOW)


@pytest.fixture
def roster(database: Database) -> Roster:
    return Roster(database)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("Emma Johnson", "emma  JOHNSON"),
        ("José Núñez", "Jose Nunez"),
        ("Htoo Paw Wah", "Paw Wah Htoo"),
        ("محمد علي", "مُحَمَّد علي"),
        ("နော်ဖော", "နော်ဖော"),
        ("राम थापा", "राम थापा"),
    ],
)
def test_one_name_in_any_spelling_that_is_the_same(roster: Roster, known: str, asked: str) -> None:
    student = roster.add(known)
    assert roster.find(asked) == Found(Match.CERTAIN, student)
    assert roster.find(asked, school=roster.school_id).match is Match.CERTAIN


def test_nearly_the_same_name_is_a_doubt(roster: Roster) -> None:
    roster.add("Mohamed Abdi")
    assert roster.find("Mohammed Abdi") == AMBIGUOUS


def test_twins_are_a_doubt(roster: Roster) -> None:
    roster.add("Amina Hassan")
    roster.add("Amira Hassan")
    assert roster.find("Amina Hassan") == AMBIGUOUS
    roster.add("Omar Hassan")
    assert roster.find("Omar Hassan").match is Match.CERTAIN


def test_two_of_one_name_and_day_are_a_doubt(roster: Roster) -> None:
    roster.add("Ali Noor")
    roster.add("Ali Noor")
    assert roster.find("Ali Noor") == AMBIGUOUS


def test_another_day_school_or_name_is_nobody(roster: Roster, database: Database) -> None:
    roster.add("Emma Johnson")
    with database.begin() as session:
        add_school(session, "Elsewhere", external_id="elsewhere")
    assert roster.find("Emma Johnson", date(2015, 12, 4)) == NONE
    assert roster.find("Emma Johnson", school="elsewhere") == NONE
    assert roster.find("Emma Johnson", school="nowhere") == NONE
    assert roster.find("Liam Smith") == NONE
    assert roster.find("- -") == NONE


def test_who_was_only_typed_by_a_family_is_nobody(roster: Roster) -> None:
    roster.add("Emma Johnson", source=StudentSource.TYPED)
    assert roster.find("Emma Johnson") == NONE


def test_outside_the_reach_is_nobody(roster: Roster) -> None:
    roster.add("Emma Johnson")
    narrow = replace(CALLER, reach=Reach(frozenset({"other"}), None))
    assert roster.find("Emma Johnson", caller=narrow) == NONE


def test_too_many_of_one_day_are_a_doubt(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "_SAME_BIRTHDAY", 1)
    roster.add("Emma Johnson")
    assert roster.find("Emma Johnson").match is Match.CERTAIN
    roster.add("Omar Ali")
    assert roster.find("Emma Johnson") == AMBIGUOUS


@pytest.mark.parametrize("limit", ["LOOKUPS", "LOOKUPS_IN_SCHOOL", "MISSES"])
def test_asking_is_limited(roster: Roster, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, limit, replace(getattr(find, limit), count=2))
    roster.find("Liam Smith")
    roster.find("Noah Smith")
    with pytest.raises(TooManyAttempts):
        roster.find("Ava Smith")
    with roster.database.begin() as session:
        session.add(
            ApiClient(id="south", scopes=[], schools=None, partners=None, created_at=NOW,
                      revoked_at=None)
        )  # fmt: skip
    assert roster.find("Ava Smith", caller=replace(CALLER, id="south")) == NONE
