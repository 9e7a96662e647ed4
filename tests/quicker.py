"""What costs tests time and shows nothing is left out of the tests' own process.

Processes that tests start (browsers' servers, workers that are killed) run the product as it is.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine.interfaces import DBAPIConnection

from intake.accounts import passwords
from intake.db import engine


@pytest.fixture(scope="session", autouse=True)
def quicker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Weak hashes of passwords, no waiting for the disk, templates compiled once."""
    compiled = tmp_path_factory.mktemp("templates")
    weak = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", weak)
        patch.setattr(engine, "_set_up_sqlite", _without_waiting)
        patch.setattr(Flask, "jinja_options", _cached_in(compiled))
        yield


_set_up_sqlite = engine._set_up_sqlite


def _without_waiting(connection: DBAPIConnection, record: object) -> None:
    _set_up_sqlite(connection, record)
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _cached_in(folder: Path) -> dict[str, object]:
    return {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
