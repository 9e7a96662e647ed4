"""What happened to questions and violations: who, what, when; append-only, and chained.

An entry holds no word that a person wrote, but keyed hashes of them: so what was written can be
destroyed in time, and until then is found when somebody alters it (``intake audit verify``).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.accounts.staff import names_of
from intake.concerns.model import FamilyQuestion, QuestionReply, Violation
from intake.concerns.states import ConcernKind, ConcernStep
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.base import Base
from intake.db.chain import Chain, ChainedEntry, ChainHead
from intake.db.keys import CannotDecrypt, keyring
from intake.db.types import EnumText, UtcDateTime

Concern = FamilyQuestion | Violation
_KINDS: Mapping[type[Base], ConcernKind] = {
    FamilyQuestion: ConcernKind.QUESTION,
    Violation: ConcernKind.VIOLATION,
}


class ConcernEvent(ChainedEntry, Base):
    """One entry. ``data`` has ids, outcomes and keyed hashes."""

    __tablename__ = "concern_events"

    kind: Mapped[ConcernKind] = mapped_column(EnumText(ConcernKind))
    concern_id: Mapped[str] = mapped_column(String(36))
    step: Mapped[ConcernStep] = mapped_column(EnumText(ConcernStep))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(100))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    state_key: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the whole question or violation as it was then."""

    __table_args__ = (Index("ix_concern_events_concern", "concern_id", "sequence"),)

    def content(self) -> list[Any]:
        """What the chain covers."""
        return [
            self.kind.value, self.concern_id, self.step.value, self.at.isoformat(),
            self.actor_kind.value, self.actor_id, self.data, self.state_key,
        ]  # fmt: skip


class ConcernEventsHead(ChainHead, Base):
    """The end of the record."""

    __tablename__ = "concern_events_head"


_CHAIN = Chain(ConcernEvent, ConcernEventsHead, one="concern event", whole="the concerns' events")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry with the names of staff."""

    sequence: int
    step: ConcernStep
    at: datetime
    actor_kind: ActorKind
    actor: str
    """The name of staff, or nothing."""
    data: Mapping[str, Any]


def start_concerns(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    _CHAIN.start(session)


def hold(session: Session) -> None:
    """Keep every other writer waiting; call it before reading what the next step depends on."""
    _CHAIN.hold(session)


def record(
    session: Session,
    concern: Concern,
    step: ConcernStep,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry in the caller's transaction, after what it tells has been done."""
    session.flush()
    event = ConcernEvent(
        kind=_KINDS[type(concern)],
        concern_id=concern.id,
        step=step,
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        data=dict(data or {}),
        state_key=_state_key(session, concern),
    )
    _CHAIN.append(session, event)


def history(session: Session, concern: Concern) -> list[HistoryLine]:
    """Everything that happened to it, oldest first."""
    query = (
        select(ConcernEvent)
        .where(ConcernEvent.concern_id == concern.id)
        .order_by(ConcernEvent.sequence)
    )
    events = session.scalars(query).all()
    names = names_of(
        session, (event.actor_id for event in events if event.actor_kind is ActorKind.STAFF)
    )
    return [
        HistoryLine(
            sequence=event.sequence,
            step=event.step,
            at=event.at,
            actor_kind=event.actor_kind,
            actor=names.get(event.actor_id or "", ""),
            data=event.data,
        )
        for event in events
    ]


def newest(session: Session, concern: Concern, step: ConcernStep) -> int | None:
    """The number of its newest entry of this kind."""
    query = (
        select(ConcernEvent.sequence)
        .where(ConcernEvent.concern_id == concern.id, ConcernEvent.step == step)
        .order_by(ConcernEvent.sequence.desc())
    )
    return session.scalars(query.limit(1)).first()


def concern_problems(session: Session) -> Iterator[str]:
    """What was altered or removed of the record, or is not as it says; one line each, ids only."""
    newest: dict[tuple[ConcernKind, str], str] = {}
    replies: dict[str, str] = {}

    def take(event: ConcernEvent) -> None:
        newest[event.kind, event.concern_id] = event.state_key
        if event.step is ConcernStep.REPLIED:
            replies[event.data["reply"]] = event.data["text"]

    is_readable = yield from _CHAIN.problems(session, take)
    if not is_readable:
        return
    for row_type, kind in _KINDS.items():
        told = {id: key for (of, id), key in newest.items() if of is kind}
        yield from _row_problems(session, row_type, kind, told)
    yield from _reply_problems(session, replies)


def _row_problems(
    session: Session, row_type: type[Base], kind: ConcernKind, told: dict[str, str]
) -> Iterator[str]:
    ids = sorted({*told, *session.scalars(select(row_type.id))})  # type: ignore[attr-defined]
    for id in ids:
        try:
            row: Any = session.get(row_type, id)
            key = _state_key(session, row) if row is not None else None
        except CannotDecrypt:
            yield f"{kind} {id} was altered and can't be read"
            continue
        if row is None:
            yield f"{kind} {id} was deleted; the concerns' events have it"
        elif id not in told:
            yield f"{kind} {id} is in no event"
        elif key != told[id]:
            yield f"{kind} {id} is not as the concerns' events say"
        if row is not None:
            session.expunge(row)


def _reply_problems(session: Session, told: Mapping[str, str]) -> Iterator[str]:
    for id in sorted({*told, *session.scalars(select(QuestionReply.id))}):
        try:
            reply = session.get(QuestionReply, id)
        except CannotDecrypt:
            yield f"reply {id} was altered and can't be read"
            continue
        if reply is None or id not in told:
            yield f"reply {id} was deleted or added behind the concerns' events"
        elif reply.text is not None and text_key(session, reply.text) != told[id]:
            yield f"reply {id} is not as the concerns' events say"


def text_key(session: Session, text: str) -> str:
    """A keyed hash of what somebody wrote, to find it altered."""
    return keyring(session).blind_index("concerns.text", text)


def _state_key(session: Session, concern: Concern) -> str:
    values = {
        column.key: getattr(concern, column.key) for column in type(concern).__table__.columns
    }
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)
    return keyring(session).blind_index(f"{_KINDS[type(concern)]}.state", text)


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
