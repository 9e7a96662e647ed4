"""The sharing system's own database: students, consents, what was received, what to confirm.

One event and its effects are one transaction: a crash in between leaves neither, and the sender
delivers again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS students (
    id TEXT PRIMARY KEY,
    external_id TEXT, name TEXT, birth_date TEXT, school TEXT,
    standing TEXT NOT NULL,
    last_sequence INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS consents (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL,
    status TEXT NOT NULL,
    valid_until TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    position INTEGER PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    effect TEXT NOT NULL,
    before TEXT NOT NULL DEFAULT 'unknown',
    after TEXT NOT NULL DEFAULT 'unknown'
);
CREATE UNIQUE INDEX IF NOT EXISTS one_effect ON deliveries (webhook_id)
    WHERE effect <> 'duplicate';
CREATE TABLE IF NOT EXISTS confirmations (
    event_id TEXT PRIMARY KEY,
    revocation_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL DEFAULT 0
);
"""


class Standing(StrEnum):
    """What may be done with a student's record here."""

    SHARED = "shared"
    ENDED = "ended"
    """No consent is in force: partners see nothing."""
    SUSPENDED = "suspended"
    """A paper may take consent back: partners see nothing until that is settled."""
    HIDDEN = "hidden"
    """Revoked: who the student is is no longer known here."""
    UNKNOWN = "unknown"
    """Never heard of."""


class Effect(StrEnum):
    """What a delivery did."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    OUTDATED = "outdated"
    """A later event of this student has been applied already."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student as this system knows them; without a name once hidden."""

    id: str
    external_id: str | None
    name: str | None
    birth_date: str | None
    school: str | None
    standing: str
    """A value of Standing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry of the log of what arrived."""

    webhook_id: str
    student_id: str
    sequence: int
    type: str
    effect: str
    """A value of Effect."""
    before: str
    """What partners could see before: a value of Standing. Never who it was."""
    after: str
    """And after."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A revocation that was acted on, and the sender has not acknowledged to know of it."""

    event_id: str
    revocation_id: str
    state: str
    attempts: int


class Store:
    """The database file; every call opens it anew, so any thread may call."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._transaction() as connection:
            connection.executescript(_SCHEMA)

    def apply(self, webhook_id: str, event: dict[str, Any]) -> Effect:
        """Take in one event, once. Raises KeyError or TypeError when it isn't one of ours."""
        student_id = str(event["data"]["subject"]["id"])
        sequence = int(event["sequence"])
        with self._transaction() as connection:
            effect = _effect(connection, webhook_id, student_id, sequence)
            before = _standing(connection, student_id)
            if effect is Effect.APPLIED:
                _EFFECTS[event["type"].rpartition(".")[2]](connection, event, sequence)
            after = _standing(connection, student_id)
            connection.execute(
                "INSERT INTO deliveries"
                " (webhook_id, student_id, sequence, type, effect, before, after)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (webhook_id, student_id, sequence, event["type"], effect, before, after),
            )
        return effect

    def students(self) -> list[Student]:
        """Everyone this system has heard of."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT id, external_id, name, birth_date, school, standing FROM students"
                " ORDER BY standing <> 'shared', name, id"
            )
            return [Student(*row) for row in rows]

    def deliveries(self, student_id: str | None = None) -> list[Delivery]:
        """What arrived, of one student or of all, in the order of arrival."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT webhook_id, student_id, sequence, type, effect, before, after"
                " FROM deliveries WHERE ? IS NULL OR student_id = ? ORDER BY position",
                (student_id, student_id),
            )
            return [Delivery(*row) for row in rows]

    def due_confirmations(self, now: float) -> list[Confirmation]:
        """What to tell the sender now."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT event_id, revocation_id, state, attempts FROM confirmations"
                " WHERE NOT confirmed AND due_at <= ? ORDER BY due_at LIMIT 20",
                (now,),
            )
            return [Confirmation(*row) for row in rows]

    def mark_confirmed(self, event_id: str) -> None:
        """The sender knows."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE confirmations SET confirmed = 1 WHERE event_id = ?", (event_id,)
            )

    def confirm_later(self, event_id: str, due_at: float) -> None:
        """The sender could not be told; try again then."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE confirmations SET attempts = attempts + 1, due_at = ? WHERE event_id = ?",
                (due_at, event_id),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            # What is overwritten to hide an identity must not stay readable in the file.
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            if connection.in_transaction:  # executescript commits by itself
                connection.execute("COMMIT")


def _standing(connection: sqlite3.Connection, student_id: str) -> str:
    row = connection.execute("SELECT standing FROM students WHERE id = ?", (student_id,)).fetchone()
    return str(row[0]) if row else Standing.UNKNOWN


def _effect(
    connection: sqlite3.Connection, webhook_id: str, student_id: str, sequence: int
) -> Effect:
    seen = connection.execute("SELECT 1 FROM deliveries WHERE webhook_id = ?", (webhook_id,))
    if seen.fetchone():
        return Effect.DUPLICATE
    newer = connection.execute(
        "SELECT 1 FROM students WHERE id = ? AND last_sequence >= ?", (student_id, sequence)
    )
    return Effect.OUTDATED if newer.fetchone() else Effect.APPLIED


def _give(connection: sqlite3.Connection, event: dict[str, Any], sequence: int) -> None:
    data, subject = event["data"], event["data"]["subject"]
    connection.execute(
        "INSERT OR REPLACE INTO students"
        " (id, external_id, name, birth_date, school, standing, last_sequence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            subject["id"],
            subject["external_id"],
            subject["name"],
            subject["birth_date"],
            subject["school"]["name"],
            Standing.SHARED,
            sequence,
        ),
    )
    connection.execute(
        "INSERT OR REPLACE INTO consents (id, student_id, status, valid_until) VALUES (?, ?, ?, ?)",
        (event["subject"], subject["id"], data["status"], data["valid_until"]),
    )
    if "revocation" in data:
        _to_confirm(connection, event)


def _end(connection: sqlite3.Connection, event: dict[str, Any], sequence: int) -> None:
    _stop(connection, event, sequence, Standing.ENDED)


def _suspend(connection: sqlite3.Connection, event: dict[str, Any], sequence: int) -> None:
    _stop(connection, event, sequence, Standing.SUSPENDED)


def _stop(
    connection: sqlite3.Connection, event: dict[str, Any], sequence: int, stopped: Standing
) -> None:
    """Stop on the strength of this consent; another one may still be in force."""
    _close_consent(connection, event)
    student_id = event["data"]["subject"]["id"]
    given = connection.execute(
        "SELECT 1 FROM consents WHERE student_id = ? AND status = 'dpv:ConsentGiven'",
        (student_id,),
    )
    standing = Standing.SHARED if given.fetchone() else stopped
    connection.execute(
        "UPDATE students SET last_sequence = ?,"
        " standing = CASE standing WHEN 'hidden' THEN standing ELSE ? END WHERE id = ?",
        (sequence, standing, student_id),
    )


def _revoke(connection: sqlite3.Connection, event: dict[str, Any], sequence: int) -> None:
    """Hide who the student is, also one never heard of: a late grant must not bring them in."""
    _close_consent(connection, event)
    student_id = event["data"]["subject"]["id"]
    connection.execute(
        "INSERT OR REPLACE INTO students"
        " (id, external_id, name, birth_date, school, standing, last_sequence)"
        " VALUES (?, NULL, NULL, NULL, NULL, ?, ?)",
        (student_id, Standing.HIDDEN, sequence),
    )
    connection.execute(
        "UPDATE consents SET status = 'dpv:ConsentWithdrawn' WHERE student_id = ?", (student_id,)
    )
    _to_confirm(connection, event)


def _to_confirm(connection: sqlite3.Connection, event: dict[str, Any]) -> None:
    is_part = event["type"].endswith(".given")
    connection.execute(
        "INSERT INTO confirmations (event_id, revocation_id, state) VALUES (?, ?, ?)",
        (
            event["id"],
            event["data"]["revocation"]["id"],
            "part_withdrawn" if is_part else "identity_hidden",
        ),
    )


def _close_consent(connection: sqlite3.Connection, event: dict[str, Any]) -> None:
    connection.execute(
        "UPDATE consents SET status = ? WHERE id = ?",
        (event["data"]["status"], event["subject"]),
    )


_EFFECTS = {
    "given": _give,
    "resumed": _give,
    "suspended": _suspend,
    "ended": _end,
    "revoked": _revoke,
}
