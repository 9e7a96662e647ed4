"""Who changed what of the partners, and when: append-only, and chained like the consents' ledger.

The consents' ledger needs a student, so partners have a record of their own; ``db.chain`` says what
its chain is worth (``intake audit verify``). What an entry tells is encrypted: it can hold the name
of somebody who works for a partner.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, class_mapper, mapped_column

from intake import clock
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.states import ActorKind
from intake.db.base import Base
from intake.db.chain import Chain, ChainedEntry, ChainHead
from intake.db.types import EncryptedJson, EnumText, UtcDateTime
from intake.partners.model import (
    Agreement,
    Partner,
    PartnerPerson,
    PersonRole,
    SchoolAssignment,
    Training,
)

_NOT_TOLD = frozenset({"id", "created_at"})

Facts = Mapping[str, Any]
"""A row's values by column, as JSON has them."""


class Subject(StrEnum):
    """What was changed."""

    PARTNER = "partner"
    AGREEMENT = "agreement"
    PERSON = "person"
    ROLE = "role"
    TRAINING = "training"
    ASSIGNMENT = "assignment"
    NEEDS = "needs"
    """What a role needs to know; it belongs to no partner."""


Row = Partner | Agreement | PartnerPerson | PersonRole | Training | SchoolAssignment

_SUBJECTS: Mapping[type[Base], Subject] = {
    Partner: Subject.PARTNER,
    Agreement: Subject.AGREEMENT,
    PartnerPerson: Subject.PERSON,
    PersonRole: Subject.ROLE,
    Training: Subject.TRAINING,
    SchoolAssignment: Subject.ASSIGNMENT,
}


@dataclass(frozen=True, slots=True)
class Editor:
    """Who makes a change, and when."""

    actor: Actor
    at: datetime


class PartnerChange(ChainedEntry, Base):
    """One change. ``before`` is empty for what was added; nothing is ever deleted."""

    __tablename__ = "partner_changes"

    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(100))
    subject: Mapped[Subject] = mapped_column(EnumText(Subject))
    subject_id: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("partner_changes.before"))
    after: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("partner_changes.after"))

    __table_args__ = (
        Index("ix_partner_changes_partner", "partner_id", "sequence"),
        Index("ix_partner_changes_subject", "subject_id", "sequence"),
    )

    def content(self) -> list[Any]:
        """What the chain covers."""
        return [
            self.partner_id, self.at.isoformat(), self.actor_kind.value, self.actor_id,
            self.subject.value, self.subject_id, self.before, self.after,
        ]  # fmt: skip

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What is not as it was: by column, before and after."""
        before = self.before or {}
        return {
            name: (before.get(name), value)
            for name, value in self.after.items()
            if before.get(name) != value
        }


class PartnerChangesHead(ChainHead, Base):
    """The end of the record."""

    __tablename__ = "partner_changes_head"


_CHAIN = Chain(
    PartnerChange, PartnerChangesHead, one="partner change", whole="the partners' changes"
)


def start_history(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    _CHAIN.start(session)


def added(session: Session, row: Row, by: Editor | None) -> None:
    """Put a new row on record, with its first entry, in the caller's transaction."""
    session.add(row)
    session.flush()
    _record_row(session, row, None, by)


@contextmanager
def editing(session: Session, row: Row, by: Editor | None) -> Iterator[None]:
    """Change a row inside; what it was and what it is then are recorded, if they differ."""
    session.flush()
    _CHAIN.hold(session)  # nobody else changes it between our reading and our commit
    session.refresh(row)
    before = facts_of(row)
    yield
    session.flush()
    if facts_of(row) != before:
        _record_row(session, row, before, by)


def record_needs(
    session: Session, role: str, before: Facts, after: Facts, by: Editor | None
) -> None:
    """Put on record that a role needs to know other things now; nothing where it doesn't."""
    if before != after:
        _record(session, None, Subject.NEEDS, role, before or None, after, by)


def history(session: Session, partner_id: str) -> list[PartnerChange]:
    """Every change of one partner, its people and what they have, newest first."""
    query = (
        select(PartnerChange)
        .where(PartnerChange.partner_id == partner_id)
        .order_by(PartnerChange.sequence.desc())
    )
    return list(session.scalars(query))


def last_change(session: Session, row: Row) -> PartnerChange | None:
    """The newest change of one row."""
    query = (
        select(PartnerChange)
        .where(PartnerChange.subject == _SUBJECTS[type(row)], PartnerChange.subject_id == row.id)
        .order_by(PartnerChange.sequence.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def facts_of(row: Row) -> dict[str, Any]:
    """A row's values, as they are recorded."""
    columns = class_mapper(type(row)).column_attrs
    return {
        column.key: _plain(getattr(row, column.key))
        for column in columns
        if column.key not in _NOT_TOLD
    }


def history_problems(session: Session) -> Iterator[str]:
    """What was altered or removed, one line each; and rows that are not as their record says."""
    newest: dict[tuple[Subject, str], dict[str, Any]] = {}

    def take(change: PartnerChange) -> None:
        newest[change.subject, change.subject_id] = change.after

    is_readable = yield from _CHAIN.problems(session, take)
    if is_readable:
        yield from _row_problems(session, newest)


def _row_problems(
    session: Session, newest: Mapping[tuple[Subject, str], dict[str, Any]]
) -> Iterator[str]:
    """Rows without an entry are older than the record: of them it says nothing."""
    for kind, subject in _SUBJECTS.items():
        found: dict[str, Any] = {row.id: row for row in session.scalars(select(kind))}  # type: ignore[attr-defined]
        for (of, subject_id), facts in newest.items():
            if of is not subject:
                continue
            if subject_id not in found:
                yield f"{subject} {subject_id} was deleted; the partners' changes have it"
            elif facts_of(found[subject_id]) != facts:
                yield f"{subject} {subject_id} is not as the partners' changes say"


def _record_row(session: Session, row: Row, before: Facts | None, by: Editor | None) -> None:
    partner_id = _partner_of(session, row)
    _record(session, partner_id, _SUBJECTS[type(row)], row.id, before, facts_of(row), by)


def _partner_of(session: Session, row: Row) -> str:
    if isinstance(row, Partner):
        return row.id
    if isinstance(row, (PersonRole, Training)):
        return session.get_one(PartnerPerson, row.person_id).partner_id
    return row.partner_id


def _record(
    session: Session, partner_id: str | None, subject: Subject, subject_id: str,
    before: Facts | None, after: Facts, by: Editor | None,
) -> None:  # fmt: skip
    editor = by or Editor(SYSTEM, clock.now())
    change = PartnerChange(
        partner_id=partner_id,
        at=editor.at,
        actor_kind=editor.actor.kind,
        actor_id=editor.actor.id,
        subject=subject,
        subject_id=subject_id,
        before=dict(before) if before is not None else None,
        after=dict(after),
    )
    _CHAIN.append(session, change)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
