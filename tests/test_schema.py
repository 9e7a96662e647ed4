"""The migrations make exactly the tables that the code expects, on both engines."""

import re
from datetime import timedelta

from sqlalchemy import func, select, text

from intake.clock import now
from intake.db.engine import Database
from intake.db.limits import Attempt, Limit, count_attempt
from intake.schema import schema_problems, upgrade
from tests.conftest import RING


def test_a_fresh_upgrade_leaves_nothing_to_change(empty_database_url: str) -> None:
    database = Database(empty_database_url, RING)
    upgrade(database)
    assert schema_problems(database) == []
    database.dispose()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    assert schema_problems(database) == []


def test_the_numbers_of_attempts_do_not_run_out(database: Database) -> None:
    last = 2**31 - 1
    with database.begin() as session:
        if database.is_postgresql:
            session.execute(text("SELECT setval('attempts_id_seq', :last)"), {"last": last})
        else:
            session.add(Attempt(id=last, scope="s", key="k", at=now()))
        count_attempt(session, Limit("calls", 1, timedelta(minutes=1)), "k", at=now())
        assert session.scalars(select(func.max(Attempt.id))).one() == last + 1


def test_an_empty_database_says_which_command_makes_it_usable(empty_database_url: str) -> None:
    database = Database(empty_database_url, RING)
    (problem,) = schema_problems(database)
    assert re.fullmatch(r"schema is at nothing, needs \d{4}: run `intake db upgrade`", problem)
    database.dispose()
