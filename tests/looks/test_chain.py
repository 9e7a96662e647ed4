"""Looks are kept whole: what is altered, taken out or cut off is found; old ones are forgotten."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from intake.accounts.model import Role
from intake.db.engine import Database
from intake.looks.chain import (
    Occasion,
    Subject,
    Viewer,
    forget_old_looks,
    give_reason,
    look_problems,
    record_looks,
)
from intake.looks.listing import ToldLook, told_to_family
from intake.looks.model import Look, LookBasis, LookKind, LookReason, LooksHead
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_school, add_student

AT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
ANN = Viewer("ann", Role.FRONT_DESK, EVERY_SCHOOL)
Harm = Callable[[Session], object]


def occasion(at: datetime = AT, basis: LookBasis = LookBasis.SERVING) -> Occasion:
    return Occasion("desk.waiver", LookKind.READ, basis, at)


@pytest.fixture
def looked(database: Database) -> Database:
    """Three looks, an hour between them, the last one by an auditor."""
    with database.begin() as session:
        for number in range(2):
            record_looks(session, ANN, occasion(AT + timedelta(hours=number)), [Subject("emma")])
        reason = give_reason(session, "bob", "yearly check", at=AT)
        auditor = Viewer("bob", Role.AUDITOR, EVERY_SCHOOL, reason)
        third = occasion(AT + timedelta(hours=2), LookBasis.OVERSIGHT)
        record_looks(session, auditor, third, [Subject("emma"), Subject("ali")])
    return database


def problems(database: Database) -> list[str]:
    with database.read() as session:
        return list(look_problems(session))


def test_what_was_written_is_whole(looked: Database) -> None:
    assert problems(looked) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda s: s.execute(update(Look).where(Look.sequence == 2).values(staff_id="eve")),
         "look 2 was altered, or the one before it"),
        (lambda s: s.execute(update(Look).where(Look.sequence == 1).values(student_id=None)),
         "look 1 was altered, or the one before it"),
        (lambda s: s.execute(delete(Look).where(Look.sequence == 2)), "look 2 was removed"),
        (lambda s: s.execute(delete(Look).where(Look.sequence == 1)), "look 1 was removed"),
        (lambda s: s.execute(delete(Look).where(Look.sequence == 4)),
         "the looks end at 3, but their head names another end"),
        (lambda s: s.execute(update(LooksHead).values(sequence=3)),
         "the looks' head was not written by this installation"),
        (lambda s: s.execute(update(LooksHead).values(forgotten=1)),
         "the looks' head was not written by this installation"),
        (lambda s: s.execute(delete(LooksHead)), "the head of the looks is missing"),
        (lambda s: s.execute(update(LookReason).values(text="something else")),
         "of a look was altered"),
    ],
)  # fmt: skip
def test_harm_is_named(looked: Database, harm: Harm, said: str) -> None:
    with looked.begin() as session:
        harm(session)
    assert any(said in problem for problem in problems(looked))


def test_old_looks_are_forgotten_and_the_rest_stays_whole(looked: Database) -> None:
    with looked.begin() as session:
        assert not forget_old_looks(session, before=AT - timedelta(hours=1))
    with looked.begin() as session:
        forget_old_looks(session, before=AT + timedelta(hours=2))
    with looked.read() as session:
        assert session.scalars(select(Look.sequence)).all() == [3, 4]
    assert problems(looked) == []
    with looked.begin() as session:
        session.execute(delete(Look).where(Look.sequence == 3))
    assert "look 3 was removed" in problems(looked)


def test_a_reason_goes_with_the_last_look_that_names_it(looked: Database) -> None:
    with looked.begin() as session:
        forget_old_looks(session, before=AT + timedelta(hours=3))
        assert session.scalars(select(func.count()).select_from(LookReason)).one() == 0
    assert problems(looked) == []
    with looked.begin() as session:
        record_looks(session, ANN, occasion(), [Subject("emma")])
    assert problems(looked) == []


def test_many_students_are_written_in_one_go_and_each_once(database: Database) -> None:
    subjects = [Subject(f"student {number % 300}") for number in range(600)]
    with database.begin() as session:
        record_looks(session, ANN, occasion(), subjects)
    with database.read() as session:
        assert session.scalars(select(func.count()).select_from(Look)).one() == 300
    assert problems(database) == []


def test_a_family_is_told_role_place_day_and_what_for_but_no_name(database: Database) -> None:
    with database.begin() as session:
        school = add_school(session, "Riverside Elementary")
        student: Student = add_student(
            session, school=school, name="Emma", birth_date=date(2016, 4, 12), at=AT
        )
        ours = Viewer("ann", Role.FRONT_DESK, SchoolScope.of([school.id]))
        for minutes in (0, 1, 60):
            at = AT + timedelta(minutes=minutes)
            record_looks(session, ours, occasion(at), [Subject(student.id)])
        bob = Viewer("bob", Role.COORDINATOR, EVERY_SCHOOL)
        night = occasion(AT + timedelta(hours=12), LookBasis.MATCHING)
        record_looks(session, bob, night, [Subject(student.id), Subject("another")])
    with database.read() as session:
        told = told_to_family(session, student.id, zone=ZoneInfo("America/Denver"))
    assert told == [
        ToldLook(date(2026, 11, 24), Role.COORDINATOR, "", LookBasis.MATCHING),
        ToldLook(date(2026, 11, 23), Role.FRONT_DESK, "Riverside Elementary", LookBasis.SERVING),
    ]
