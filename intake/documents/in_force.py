"""The documents as families are offered them now: the version that is in force, as published.

A page, a command and a worker's job each say whose versions they mean (``versions_of``). Where
nobody has said it there is no installation to ask: what the tree has newest is meant then, as for
a sheet that is printed from the sources alone. Whether a *yes* may be taken never rests on this:
signing asks the record in its own transaction.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from forms.document import Document, UnknownDocument, load, text_sha256
from intake import clock
from intake.db.engine import Database
from intake.documents.release_record import MEMORY
from intake.documents.releases import InForce, versions_in_force

_REMEMBERED = 2.0
"""Seconds until a process asks the database again: another one may have published meanwhile."""


@dataclass(frozen=True, slots=True)
class _Installation:
    database: Database
    zone: ZoneInfo


_meant: ContextVar[_Installation | None] = ContextVar("installation_of_versions", default=None)


def mean_versions_of(database: Database, zone: ZoneInfo) -> None:
    """From now on in this context; ``mean_no_versions`` ends it."""
    _meant.set(_Installation(database, zone))


def mean_no_versions() -> None:
    """Back to the tree alone."""
    _meant.set(None)


@contextmanager
def versions_of(database: Database, zone: ZoneInfo) -> Iterator[None]:
    """Inside, documents are those that this installation has in force."""
    before = _meant.get()
    _meant.set(_Installation(database, zone))
    try:
        yield
    finally:
        _meant.set(before)


def current(name: str) -> Document:
    """A document in the version that is in force.

    Raises UnknownDocument where there is none, and where the tree has lost it.
    """
    found = _in_force()
    if found is None:
        return load(name)
    if name not in found:
        raise UnknownDocument(f"no version of {name} is in force: publish one")
    return load(name, found[name].version)


def offered_codes(name: str) -> tuple[str, ...]:
    """Languages in which the version in force is whole, and is what was published."""
    try:
        document = current(name)
    except UnknownDocument:
        return ()
    whole = document.complete_languages()
    found = _in_force()
    if found is None:
        return whole
    texts = found[name].texts
    return tuple(code for code in whole if text_sha256(document, code) == texts.get(code))


def _in_force() -> Mapping[str, InForce] | None:
    meant = _meant.get()
    if meant is None:
        return None
    today = clock.local_date(clock.now(), meant.zone)
    kept: tuple[date, float, dict[str, InForce]] | None = meant.database.memory.get(MEMORY)
    if kept is not None and kept[0] == today and time.monotonic() < kept[1]:
        return kept[2]
    with meant.database.read() as session:
        found = versions_in_force(session, today)
    meant.database.memory[MEMORY] = (today, time.monotonic() + _REMEMBERED, found)
    return found
