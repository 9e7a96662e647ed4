"""Append-only records whose entries are chained by a MAC under the installation's key.

Each entry's MAC covers the entry and the MAC before it; the head's covers the end. So an entry
that was altered, removed or cut off is found.

Two records share the head's row alone and have a chain of their own: the consents' ledger, because
its hashes can be checked by somebody without the key, and the looks, because their beginning is
destroyed in time, so that their head must cover both ends.
"""

import json
from abc import abstractmethod
from collections.abc import Callable, Generator, Iterator
from typing import Any, Generic, Self, TypeVar

from sqlalchemy import BigInteger, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.db.keys import CannotDecrypt, keyring

_THE_ONE_ROW = 1
_BATCH = 1000

SEQUENCE = BigInteger().with_variant(Integer, "sqlite")
"""A place in a chain."""


class ChainNotReady(RuntimeError):
    """The database was not set up by ``intake db upgrade``."""


class ChainedEntry:
    """What every entry of a chained record has, whatever it tells; for a mapped class."""

    __tablename__: str

    sequence: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    mac: Mapped[str] = mapped_column(String(64))

    @abstractmethod
    def content(self) -> list[Any]:
        """Everything that the entry tells, as JSON has it, in an order that never changes."""


class ChainHead:
    """The one row that writers lock, so that entries form one chain; for a mapped class."""

    __tablename__: str

    id: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, default=_THE_ONE_ROW
    )
    sequence: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[str] = mapped_column(String(64))

    @classmethod
    def found(cls, session: Session) -> Self | None:
        """The end of the record as it is; None where the record was never started."""
        return session.get(cls, _THE_ONE_ROW)

    @classmethod
    def held(cls, session: Session) -> Self:
        """The end of the record, for this transaction alone. Raises ChainNotReady."""
        query = (
            select(cls)
            .where(cls.id == _THE_ONE_ROW)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        head = session.scalars(query).one_or_none()
        if head is None:
            raise ChainNotReady(f"{cls.__tablename__} is empty: run `intake db upgrade`")
        return head


_Entry = TypeVar("_Entry", bound=ChainedEntry)
_Head = TypeVar("_Head", bound=ChainHead)


class Chain(Generic[_Entry, _Head]):
    """One chained record: its table, and the table with its head."""

    def __init__(self, entry: type[_Entry], head: type[_Head], *, one: str, whole: str) -> None:
        """``one`` and ``whole`` name an entry and the record where something is wrong with it."""
        self._entry = entry
        self._head = head
        self._one = one
        self._whole = whole

    def start(self, session: Session) -> None:
        """Create the head of an empty record; done once, when a database is set up."""
        if self._head.found(session) is None:
            head = self._head()
            head.sequence, head.mac = 0, self._head_mac(session, 0, "")
            session.add(head)

    def hold(self, session: Session) -> _Head:
        """Keep every other writer waiting until this transaction ends. Raises ChainNotReady.

        Call it before reading what the next entry depends on.
        """
        return self._head.held(session)

    def append(self, session: Session, entry: _Entry) -> None:
        """Give an entry its place in the chain, in the caller's transaction."""
        head = self.hold(session)
        previous = self._mac_at(session, head.sequence)
        entry.sequence = head.sequence + 1
        entry.mac = self._mac(session, entry, previous)
        head.sequence = entry.sequence
        head.mac = self._head_mac(session, entry.sequence, entry.mac)
        session.add(entry)
        session.flush()

    def problems(
        self, session: Session, each: Callable[[_Entry], None] | None = None
    ) -> Generator[str, None, bool]:
        """Walk the whole chain: one line for everything wrong, and whether all could be read.

        ``each`` gets the entries, as far as they can be read. Memory stays flat.
        """
        previous, expected = "", 1
        query = select(self._entry).order_by(self._entry.sequence)
        try:
            for entry in session.scalars(query.execution_options(yield_per=_BATCH)):
                if entry.sequence != expected:
                    yield f"{self._one} {expected} was removed"
                if entry.mac != self._mac(session, entry, previous):
                    yield f"{self._one} {entry.sequence} was altered, or the one before it"
                if each is not None:
                    each(entry)
                previous, expected = entry.mac, entry.sequence + 1
                session.expunge(entry)
        except (CannotDecrypt, ValueError, LookupError, TypeError):
            yield f"{self._one} {expected} or a later one was altered and can't be read"
            return False
        yield from self._end_problems(session, expected - 1, previous)
        return True

    def _end_problems(self, session: Session, last: int, mac: str) -> Iterator[str]:
        head = self._head.found(session)
        if head is None:
            yield f"the head of {self._whole} is missing"
        elif head.sequence != last or head.mac != self._head_mac(session, head.sequence, mac):
            yield f"{self._whole} end at {last}, but their head names another end"

    def _mac_at(self, session: Session, sequence: int) -> str:
        if sequence == 0:
            return ""
        query = select(self._entry.mac).where(self._entry.sequence == sequence)
        return session.scalars(query).first() or ""

    def _mac(self, session: Session, entry: _Entry, previous: str) -> str:
        content = [previous, entry.sequence, *entry.content()]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return keyring(session).blind_index(self._entry.__tablename__, text)

    def _head_mac(self, session: Session, sequence: int, last: str) -> str:
        return keyring(session).blind_index(
            f"{self._entry.__tablename__}.head", f"{sequence}:{last}"
        )
