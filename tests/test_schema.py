"""The migrations make exactly the tables that the code expects, on both engines."""

from intake.db.engine import Database
from intake.schema import schema_problems, upgrade


def test_a_fresh_upgrade_leaves_nothing_to_change(database: Database) -> None:
    assert schema_problems(database) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    assert schema_problems(database) == []


def test_an_empty_database_says_which_command_makes_it_usable(database_url: str) -> None:
    from tests.conftest import RING

    database = Database(database_url, RING)
    assert schema_problems(database) == ["schema is at nothing, needs 0001: run `intake db upgrade`"]
    database.dispose()
