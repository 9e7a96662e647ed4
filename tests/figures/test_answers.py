"""Students are counted where they stand, once each, by school, language and week."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.db.engine import Database
from intake.figures.answers import OTHER_LANGUAGE, STANDINGS, Figures, Line, Standing, figures
from intake.figures.cases import open_cases_by_age
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from tests.conftest import NOW, ZONE
from tests.figures.crowd import add_crowd, consent_row, student_row

RIVERSIDE, WESTVIEW = "Riverside", "Westview"
EVERYWHERE = {standing: 20 + number for number, standing in enumerate(STANDINGS)}


def counted(database: Database, *, at: datetime = NOW) -> Figures:
    with database.read() as session:
        return figures(session, "ferpa_waiver", at=at, zone=ZONE)


def of(line: Line) -> dict[Standing, int | None]:
    return dict(zip(STANDINGS, line.counts, strict=True))


@pytest.fixture
def schools(database: Database) -> dict[str, str]:
    """Every standing 20 times or more in two languages of one school, and Spanish in another."""
    crowd = {
        (RIVERSIDE, code, standing): count
        for code in ("ksw", "xx")
        for standing, count in EVERYWHERE.items()
    }
    crowd |= {(WESTVIEW, "es", standing): count for standing, count in EVERYWHERE.items()}
    return add_crowd(database, crowd, at=NOW)


def test_each_student_stands_at_one_place(database: Database, schools: dict[str, str]) -> None:
    found = counted(database)
    riverside, westview, everybody = found.by_school()
    assert (riverside.key, westview.key) == (schools[RIVERSIDE], schools[WESTVIEW])
    assert of(westview) == EVERYWHERE
    assert of(riverside) == {standing: 2 * count for standing, count in EVERYWHERE.items()}
    assert of(everybody) == {standing: 3 * count for standing, count in EVERYWHERE.items()}
    assert everybody.total == 3 * sum(EVERYWHERE.values())

    assert [line.key for line in found.by_language(None)] == ["es", "ksw", OTHER_LANGUAGE, ""]
    *_, unknown, together = found.by_language(schools[RIVERSIDE])
    assert of(unknown) == EVERYWHERE  # "xx" is no language that we know
    assert of(together) == of(riverside)


def test_the_weeks_begin_on_the_schools_monday(database: Database, schools: dict[str, str]) -> None:
    # NOW is a Monday afternoon; the day before belongs to the week before.
    found = counted(database)
    assert found.weeks[-2:] == (date(2026, 11, 16), date(2026, 11, 23))
    yes = EVERYWHERE[Standing.CONSENTED] + EVERYWHERE[Standing.REVOKED]
    yes += EVERYWHERE[Standing.UNCONFIRMED]
    assert westview_weeks(found) == [
        [yes, EVERYWHERE[Standing.DECLINED], 0],
        [0, 0, EVERYWHERE[Standing.REVOKED]],
    ]

    # 23:30 on Sunday at the school is 06:30 on Monday in UTC.
    with database.begin() as session:
        late = datetime.fromisoformat("2026-11-23T06:30:00+00:00")
        session.execute(update(Consent).values(signed_at=late))
    assert westview_weeks(counted(database))[0][0] == yes


def westview_weeks(found: Figures) -> list[list[int]]:
    """The last two weeks of the second school, before anything is withheld."""
    weeks: list[list[int]] = found.answers.counts[1, -3:-1].tolist()
    return weeks


def test_a_small_week_is_never_withheld_alone(database: Database, schools: dict[str, str]) -> None:
    """Who knows how many have declined in all would find it by subtraction."""
    for days, count in ((21, 4), (28, 80)):
        at = NOW - timedelta(days=days)
        add_crowd(database, {(RIVERSIDE, "en", Standing.DECLINED): count}, at=at)
    declined = [line.counts[1] for line in counted(database).by_week(schools[RIVERSIDE], 53)]
    assert 80 in declined
    assert 4 not in declined
    assert declined.count(None) > 1


def test_a_yes_in_force_counts_and_else_the_newest_answer(database: Database) -> None:
    schools = add_crowd(database, {(RIVERSIDE, "en", Standing.CONSENTED): 30}, at=NOW)
    with database.begin() as session:
        rows = [student_row(schools[RIVERSIDE], "en", NOW) for _ in range(24)]
        session.execute(insert(Student), rows)
        ids = [row["id"] for row in rows]
        earlier = NOW - timedelta(days=9)
        consents = [
            # A newer no of the other parent, still to be confirmed, leaves the yes in force.
            *(consent_row(one, ConsentState.ACTIVE, earlier) for one in ids[:12]),
            *(consent_row(one, ConsentState.PENDING_VERIFICATION, NOW) for one in ids[:12]),
            # Past its last day, whether the worker has run or not.
            *(
                consent_row(one, ConsentState.ACTIVE, NOW, valid_until=date(2026, 11, 22))
                for one in ids[12:]
            ),
        ]
        session.execute(insert(Consent), consents)
    found = dict(zip(STANDINGS, counted(database).standings.counts[0, -1].tolist(), strict=False))
    assert found[Standing.CONSENTED] == 42
    assert found[Standing.NOT_ASKED] == 12


def test_who_has_left_or_is_on_no_roster_is_not_counted(database: Database) -> None:
    schools = add_crowd(database, {(RIVERSIDE, "en", Standing.CONSENTED): 30}, at=NOW)
    with database.begin() as session:
        rows = [student_row(schools[RIVERSIDE], "en", NOW) for _ in range(40)]
        for row in rows[:20]:
            row["left_on"] = date(2026, 10, 1)
        for row in rows[20:]:
            row["source"] = "typed"
            row["external_id"] = None
        session.execute(insert(Student), rows)
    assert counted(database).by_school()[0].total == 30


def test_one_family_that_stands_alone_is_not_found_by_any_page(database: Database) -> None:
    crowd = {
        (school, code, standing): count
        for school in (RIVERSIDE, WESTVIEW)
        for code in ("en", "ksw")
        for standing, count in EVERYWHERE.items()
    }
    alone = Standing.DECLINED
    schools = add_crowd(database, {**crowd, (RIVERSIDE, "ksw", alone): 1}, at=NOW)
    found = counted(database)
    there, elsewhere, everywhere = (
        of(found.by_language(school)[1])[alone]
        for school in (schools[RIVERSIDE], schools[WESTVIEW], None)
    )
    assert there is None
    assert None in (elsewhere, everywhere)  # their difference would be the one


def test_what_is_withheld_does_not_depend_on_who_looks(database: Database) -> None:
    crowd = {(school, "en", Standing.DECLINED): 4 for school in (RIVERSIDE, WESTVIEW, "Lincoln")}
    crowd |= {(school, "en", Standing.CONSENTED): 60 for school in (RIVERSIDE, WESTVIEW, "Lincoln")}
    schools = add_crowd(database, crowd, at=NOW)
    found = counted(database)
    some = found.by_school([schools[RIVERSIDE], schools[WESTVIEW]])
    assert some == [line for line in found.by_school() if line.key in {one.key for one in some}]
    assert len(some) == 2  # and no sum over the two


def test_an_empty_roster_has_no_numbers(database: Database) -> None:
    found = counted(database)
    assert found.schools == ()
    assert found.by_school([]) == []


def test_open_cases_are_counted_by_age_within_the_schools_of_the_account(
    database: Database,
) -> None:
    crowd = {(RIVERSIDE, "en", Standing.REVOKED): 3, (WESTVIEW, "en", Standing.REVOKED): 2}
    schools = add_crowd(database, crowd, at=NOW)
    with database.read() as session:
        at = NOW + timedelta(days=4)
        everywhere = open_cases_by_age(session, EVERY_SCHOOL, at=at)
        there = open_cases_by_age(session, SchoolScope.of([schools[WESTVIEW]]), at=NOW)
    assert (everywhere.by_age, everywhere.overdue) == ((0, 0, 5, 0), 5)
    assert (there.by_age, there.overdue) == ((2, 0, 0, 0), 0)
