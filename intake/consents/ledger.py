"""The append-only, hash-chained ledger: the truth about every consent.

An entry holds ids, states and hashes, never a name or a contact, so that it can stay when
personal data is destroyed. Each entry's hash covers the entry and the hash before it; a MAC
under the installation's key covers the last one, so that cutting off the end, or writing the
whole chain anew without the key, is found as well.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.consents.states import ActorKind, EventKind
from intake.db.base import Base
from intake.db.chain import SEQUENCE, ChainHead
from intake.db.keys import keyring
from intake.db.types import EnumText, UtcDateTime

GENESIS = "0" * 64
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a kind and, for staff and destinations, an id."""

    kind: ActorKind
    id: str | None = None


SIGNER = Actor(ActorKind.SIGNER)
SYSTEM = Actor(ActorKind.SYSTEM)


class LedgerEvent(Base):
    """One entry. ``data`` is canonical JSON; see ``_digest`` for what the hash covers."""

    __tablename__ = "ledger_events"

    sequence: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[EventKind] = mapped_column(EnumText(EventKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(100))
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    consent_id: Mapped[str | None] = mapped_column(String(36), index=True)
    revocation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    data: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def values(self) -> dict[str, Any]:
        """``data`` as Python values."""
        values: dict[str, Any] = json.loads(self.data)
        return values


class LedgerHead(ChainHead, Base):
    """The end of the ledger."""

    __tablename__ = "ledger_head"

    hash: Mapped[str] = mapped_column(String(64))


def record(
    session: Session,
    kind: EventKind,
    *,
    at: datetime,
    actor: Actor,
    student_id: str,
    consent_id: str | None = None,
    revocation_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> LedgerEvent:
    """Append one entry in the caller's transaction and tell the subscribers, in it too."""
    entry = NewEvent(kind, at, actor, student_id, consent_id, revocation_id, data)
    return record_all(session, [entry])[0]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What an entry says, before it has its place in the chain."""

    kind: EventKind
    at: datetime
    actor: Actor
    student_id: str
    consent_id: str | None = None
    revocation_id: str | None = None
    data: Mapping[str, Any] | None = None


def record_all(session: Session, entries: Sequence[NewEvent]) -> list[LedgerEvent]:
    """Append entries, in as many statements for a thousand as for one.

    Holding the head's row until commit makes the order of entries the order of commits.
    """
    head = LedgerHead.held(session)
    events = []
    for entry in entries:
        event = _event(entry, head)
        head.sequence, head.hash = event.sequence, event.hash
        events.append(event)
    head.mac = _mac(session, head.sequence, head.hash)
    session.add_all(events)
    session.flush()
    for event in events:
        for subscriber in session.info["subscribers"]:
            subscriber(session, event)
    return events


def _event(entry: NewEvent, head: LedgerHead) -> LedgerEvent:
    event = LedgerEvent(
        sequence=head.sequence + 1,
        id=str(uuid.uuid4()),
        kind=entry.kind,
        at=entry.at.astimezone(UTC),
        actor_kind=entry.actor.kind,
        actor_id=entry.actor.id,
        student_id=entry.student_id,
        consent_id=entry.consent_id,
        revocation_id=entry.revocation_id,
        data=_canonical(entry.data or {}),
        previous_hash=head.hash,
        hash="",
    )
    event.hash = _digest(event)
    return event


def hold(session: Session) -> None:
    """Wait for every other writer and keep them waiting until this transaction ends.

    Call it before reading what the next entry depends on.
    """
    LedgerHead.held(session)


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    """One thing wrong with the chain, and where."""

    sequence: int
    message: str


def check_chain(session: Session) -> Iterator[LedgerProblem]:
    """Walk the whole chain; yields what was altered, removed or reordered. Memory stays flat."""
    previous, expected = GENESIS, 1
    for sequence, event in events(session):
        if sequence != expected:
            yield LedgerProblem(expected, _missing(expected, sequence - 1))
        if event is None:
            yield LedgerProblem(sequence, f"event {sequence} was altered and can't be read")
            previous, expected = "", sequence + 1
            continue
        if _digest(event) != event.hash:
            yield LedgerProblem(event.sequence, f"event {event.sequence} ({event.id}) was altered")
        elif event.sequence == expected and event.previous_hash != previous:
            yield LedgerProblem(
                event.sequence,
                f"event {event.sequence} ({event.id}) does not follow the one before it: "
                "altered, reordered or replaced",
            )
        previous, expected = event.hash, event.sequence + 1
    yield from _check_head(session, expected - 1, previous)


def events(session: Session) -> Iterator[tuple[int, LedgerEvent | None]]:
    """Every entry in order, with its number, read in batches.

    None stands for one that was altered so that it can't even be read.
    """
    last = 0
    while True:
        query = (
            select(LedgerEvent.sequence)
            .where(LedgerEvent.sequence > last)
            .order_by(LedgerEvent.sequence)
            .limit(_BATCH)
        )
        batch = session.scalars(query).all()
        if not batch:
            return
        yield from _read(session, batch)
        last = batch[-1]
        session.expunge_all()


def _read(session: Session, batch: Sequence[int]) -> Iterator[tuple[int, LedgerEvent | None]]:
    query = (
        select(LedgerEvent)
        .where(LedgerEvent.sequence.between(batch[0], batch[-1]))
        .order_by(LedgerEvent.sequence)
    )
    try:
        found = session.scalars(query).all()
    except (ValueError, LookupError, TypeError):  # a kind or a time that is none
        for sequence in batch:
            try:
                yield sequence, session.get(LedgerEvent, sequence)
            except (ValueError, LookupError, TypeError):
                yield sequence, None
        return
    yield from ((event.sequence, event) for event in found)


def _check_head(session: Session, last: int, last_hash: str) -> Iterator[LedgerProblem]:
    head = LedgerHead.found(session)
    if head is None:
        if last:
            yield LedgerProblem(last, "the ledger's head is missing")
        return
    if head.mac != _mac(session, head.sequence, head.hash):
        yield LedgerProblem(head.sequence, "the ledger's head was not written by this installation")
    if head.sequence > last:
        yield LedgerProblem(last + 1, _missing(last + 1, head.sequence))
    elif head.sequence != last or head.hash != last_hash:
        yield LedgerProblem(last, f"the chain ends at event {last}, but its head names another end")


def _missing(first: int, last: int) -> str:
    if first >= last:
        return f"event {first} was removed"
    return f"events {first} to {last} were removed"


def start_ledger(session: Session) -> None:
    """Create the head of an empty chain; done once, when a database is set up."""
    if LedgerHead.found(session) is None:
        session.add(LedgerHead(sequence=0, hash=GENESIS, mac=_mac(session, 0, GENESIS)))


def _mac(session: Session, sequence: int, last_hash: str) -> str:
    return keyring(session).blind_index("ledger.head", f"{sequence}:{last_hash}")


def _canonical(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(event: LedgerEvent) -> str:
    content = [
        event.previous_hash,
        event.sequence,
        event.id,
        event.kind.value,
        event.at.isoformat(),
        event.actor_kind.value,
        event.actor_id,
        event.student_id,
        event.consent_id,
        event.revocation_id,
        event.data,
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
