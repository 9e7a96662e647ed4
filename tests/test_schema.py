"""The migrations make exactly the tables that the code expects, on both engines."""

import re

from intake.db.engine import Database
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


def test_an_empty_database_says_which_command_makes_it_usable(empty_database_url: str) -> None:
    database = Database(empty_database_url, RING)
    (problem,) = schema_problems(database)
    assert re.fullmatch(r"schema is at nothing, needs \d{4}: run `intake db upgrade`", problem)
    database.dispose()
