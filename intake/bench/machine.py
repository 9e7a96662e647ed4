"""On what is measured: the machine, and a database that nobody uses."""

import os
import platform
import re
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from intake.db.engine import Database


class BenchFailed(RuntimeError):
    """It can't be measured here; the message is one line that says what to do."""


def machine_facts() -> dict[str, Any]:
    """On what it was measured."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }  # fmt: skip


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def check_empty(database: Database) -> None:
    """Families that don't exist must never be written into a database that is in use."""
    try:
        tables = inspect(database.engine).get_table_names()
    except SQLAlchemyError as error:
        raise BenchFailed(
            f"can't open the database ({type(error).__name__}): check --database-url"
        ) from None
    if tables:
        raise BenchFailed("the database is not empty: give --database-url a new, empty one")


def engine_facts(database: Database) -> str:
    """Which database, and its version."""
    query = "SHOW server_version" if database.is_postgresql else "SELECT sqlite_version()"
    with database.read() as session:
        version = session.execute(text(query)).scalar_one()
    return f"{database.engine.dialect.name} {version}"
