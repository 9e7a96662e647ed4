"""Append-only records whose entries are chained by a MAC under the installation's key.

Each entry's MAC covers the entry and the MAC before it; the head's covers the end. So an entry
that was altered, removed or cut off is found. (The consents' ledger has a chain of its own: its
hashes can be checked by somebody without the key.)
"""

import json
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.db.keys import CannotDecrypt, keyring

_HEAD = 1


class ChainNotReady(RuntimeError):
    """The database was not set up by ``intake db upgrade``."""


class ChainedEntry:
    """What every entry of a chained record has, whatever it tells; for a mapped class."""

    __tablename__: str

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    mac: Mapped[str] = mapped_column(String(64))

    @abstractmethod
    def content(self) -> list[Any]:
        """Everything that the entry tells, as JSON has it, in an order that never changes."""


class ChainHead:
    """The one row that writers lock, so that entries form one chain; for a mapped class."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Integer)
    mac: Mapped[str] = mapped_column(String(64))


_Entry = TypeVar("_Entry", bound=ChainedEntry)
_Head = TypeVar("_Head", bound=ChainHead)


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What is wrong with a chain, one line each, and whether every entry could be read."""

    problems: tuple[str, ...]
    is_readable: bool


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
        if session.get(self._head, _HEAD) is None:
            head = self._head()
            head.id, head.sequence, head.mac = _HEAD, 0, self._head_mac(session, 0, "")
            session.add(head)

    def hold(self, session: Session) -> _Head:
        """Keep every other writer waiting until this transaction ends. Raises ChainNotReady.

        Call it before reading what the next entry depends on.
        """
        query = (
            select(self._head)
            .where(self._head.id == _HEAD)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        head = session.scalars(query).one_or_none()
        if head is None:
            raise ChainNotReady(f"{self._whole} have no head: run `intake db upgrade`")
        return head

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

    def check(self, session: Session, each: Callable[[_Entry], None]) -> ChainCheck:
        """Walk the whole chain; ``each`` gets the entries, as far as they can be read."""
        problems: list[str] = []
        previous, expected = "", 1
        try:
            for entry in session.scalars(select(self._entry).order_by(self._entry.sequence)):
                if entry.sequence != expected:
                    problems.append(f"{self._one} {expected} was removed")
                if entry.mac != self._mac(session, entry, previous):
                    problems.append(
                        f"{self._one} {entry.sequence} was altered, or the one before it"
                    )
                previous, expected = entry.mac, entry.sequence + 1
                each(entry)
        except (CannotDecrypt, ValueError, LookupError):
            problems.append(f"{self._one} {expected} or a later one was altered and can't be read")
            return ChainCheck(tuple(problems), is_readable=False)
        problems += self._end_problems(session, expected - 1, previous)
        return ChainCheck(tuple(problems), is_readable=True)

    def _end_problems(self, session: Session, last: int, mac: str) -> list[str]:
        head = session.get(self._head, _HEAD)
        if head is None:
            return [f"the head of {self._whole} is missing"]
        if head.sequence != last or head.mac != self._head_mac(session, head.sequence, mac):
            return [f"{self._whole} end at {last}, but their head names another end"]
        return []

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
