"""Where a package's rows wait on disk, so that memory stays flat: a private SQLite file.

What a row says of a person is encrypted under a key that only this process holds, and dies with it:
a file left behind by a crash tells nobody anything. Only the roster's ids are readable.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intake.db.keys import KeyRing

_TABLES = """
CREATE TABLE users (id TEXT PRIMARY KEY, line INTEGER, kind INTEGER, gone INTEGER, body BLOB)
    WITHOUT ROWID;
CREATE TABLE roles (user TEXT, kind INTEGER, org TEXT, is_primary INTEGER, id TEXT PRIMARY KEY)
    WITHOUT ROWID;
CREATE INDEX roles_user ON roles (user);
CREATE TABLE links (one TEXT, other TEXT, line INTEGER, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE INDEX links_other ON links (other, one);
CREATE TABLE births (id TEXT PRIMARY KEY, line INTEGER, body BLOB) WITHOUT ROWID;
CREATE TABLE enrollments (
    id TEXT PRIMARY KEY, user TEXT, class TEXT, teaches INTEGER, ended TEXT, line INTEGER
) WITHOUT ROWID;
CREATE INDEX enrollments_user ON enrollments (user);
CREATE INDEX enrollments_teachers ON enrollments (class) WHERE teaches > 0;
CREATE TABLE classes (
    id TEXT PRIMARY KEY, line INTEGER, gone INTEGER, school TEXT, body BLOB
) WITHOUT ROWID;
CREATE TABLE affected (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_CONTEXT = "roster.scratch"


class Scratch:
    """The tables of one package; ``scratch()`` opens and destroys it."""

    def __init__(self, path: Path) -> None:
        self._ring = KeyRing([("scratch", os.urandom(32))])
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=OFF")
        self.connection.execute("PRAGMA synchronous=OFF")
        self.connection.executescript(_TABLES)
        self.connection.execute("BEGIN")

    def add(self, table: str, values: Sequence[Any]) -> bool:
        """Add a row; whether its id was new."""
        marks = ", ".join("?" * len(values))
        cursor = self.connection.execute(
            f"INSERT OR IGNORE INTO {table} VALUES ({marks})",  # noqa: S608  (our own names)
            values,
        )
        return cursor.rowcount == 1

    def seal(self, body: dict[str, Any]) -> bytes:
        """A body as it is written."""
        return self._ring.encrypt(json.dumps(body, ensure_ascii=False).encode(), _CONTEXT)

    def unseal(self, sealed: bytes) -> dict[str, Any]:
        """The reverse."""
        body: dict[str, Any] = json.loads(self._ring.decrypt(sealed, _CONTEXT))
        return body

    def rows(self, query: str, *values: Any) -> Iterator[Any]:
        """A query's rows."""
        return iter(self.connection.execute(query, values))

    def rows_in(self, query: str, ids: Iterable[str]) -> list[Any]:
        """A query's rows where its ``{ids}`` are among these."""
        wanted = list(ids)
        marks = ", ".join("?" * len(wanted))
        return self.connection.execute(query.replace("{ids}", marks), wanted).fetchall()

    def count(self, query: str, *values: Any) -> int:
        """A query's one number."""
        number: int = self.connection.execute(query, values).fetchone()[0]
        return number


@contextmanager
def scratch() -> Iterator[Scratch]:
    """A scratch in a folder that only this user can enter, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="intake-roster-") as folder:
        made = Scratch(Path(folder) / "scratch.db")
        try:
            yield made
        finally:
            made.connection.close()
