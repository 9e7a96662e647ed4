"""What goes wrong outside our code, in one line that names the fix.

A driver's own text is shown only where it is about reaching the database: elsewhere it can repeat
what somebody typed.
"""

import psycopg
from obstore.exceptions import BaseError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from intake.db.keys import CannotDecrypt

KNOWN = (SQLAlchemyError, CannotDecrypt, BaseError, OSError)
"""The errors that ``explained`` knows."""

_NO_ADDRESS = (
    "not a database's address: sqlite:////path/intake.db or postgresql+psycopg://user@host/name"
)
_NO_TABLES = "the database lacks our tables: run `intake db upgrade`"
_MEANINGS = {
    "unable to open database file": "can't open the database file: check its path and the rights "
    "on its folder",
    "readonly database": "the database is read-only: give this user the right to write to its "
    "file and folder",
    "disk i/o error": "the database's disk fails: check its space and health",
    "disk is full": "the database's disk is full: make room",
    "database is locked": "the database is busy: another process holds it, try again",
    "file is not a database": "the file is not an SQLite database",
    "malformed": "the database file is damaged: restore it from a backup",
    "no such table": _NO_TABLES,
    "read-only transaction": "the database is read-only: use the server that takes writes",
    "permission denied": "the database refuses: give its user rights on the schema and its tables",
}


def explained(error: Exception) -> str:
    """The line for an error of KNOWN."""
    if isinstance(error, CannotDecrypt):
        return (
            f"{error}: INTAKE_SECRET_KEYS must hold the keys that this database was written with "
            "(if it does, `intake audit verify` finds what was altered)"
        )
    if isinstance(error, SQLAlchemyError):
        return f"INTAKE_DATABASE_URL: {_database_trouble(error)}"
    if isinstance(error, BaseError):
        return f"INTAKE_STORAGE_URL: the store of documents can't be used ({type(error).__name__})"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or type(error).__name__}"
    return type(error).__name__


def _database_trouble(error: SQLAlchemyError) -> str:
    if isinstance(error, (ArgumentError, NoSuchModuleError)):
        return _NO_ADDRESS
    if not isinstance(error, DBAPIError):
        return f"the database can't be used ({type(error).__name__})"
    said = str(error.orig)
    known = [meaning for words, meaning in _MEANINGS.items() if words in said.lower()]
    if known:
        return known[0]
    if isinstance(error.orig, psycopg.OperationalError) and error.orig.sqlstate is None:
        return f"no connection: {' '.join(said.split())}"
    return f"the database can't be used ({type(error.orig).__name__})"
