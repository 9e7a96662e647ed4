"""One database: SQLite on one machine, PostgreSQL where that is outgrown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker

from intake.db.keys import KeyRing

Subscriber = Callable[[Session, Any], None]
"""Called with each event of a record (the consents' ledger, or the accounts' history) inside the
transaction that recorded it."""


class Database:
    """Engine and sessions. Every session carries the key ring and the ledger's subscribers."""

    def __init__(self, url: str, ring: KeyRing) -> None:
        self.engine = _engine(url)
        self.keyring = ring
        self.subscribers: list[Subscriber] = []
        self.account_subscribers: list[Subscriber] = []
        self.memory: dict[str, Any] = {}
        """What this process need not read anew each time; whoever changes it forgets it."""
        # Column types see only the dialect, so the ring rides on it (one dialect per engine).
        self.engine.dialect.intake_keyring = ring  # type: ignore[attr-defined]
        self._sessions = sessionmaker(
            self.engine,
            expire_on_commit=False,
            info={
                "keyring": ring,
                "subscribers": self.subscribers,
                "account_subscribers": self.account_subscribers,
                "memory": self.memory,
            },
        )

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A writing transaction: committed at the end, rolled back on any exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that a transaction
        that has read is never refused its write.
        """
        with self._sessions() as session, session.begin():
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A reading transaction; nothing in it is kept."""
        with self._sessions() as session:
            yield session

    @property
    def is_postgresql(self) -> bool:
        """Whether row locks and SKIP LOCKED exist; on SQLite one writer at a time stands in."""
        return self.engine.dialect.name == "postgresql"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    # Statements' values are personal: they are never part of an exception's text.
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver's own transaction handling is off: SQLAlchemy's events say BEGIN themselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "synchronous=FULL",  # a signature that was confirmed survives a power cut
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
