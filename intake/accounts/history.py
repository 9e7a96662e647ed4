"""What happened to staff's accounts: append-only, chained like the consents' ledger.

The consents' ledger needs a student, so accounts have a record of their own. Each entry's MAC,
under the installation's key, covers the entry and the one before; the head's covers the end. So
an entry that was altered, removed or cut off is found (``intake audit verify``). An entry holds
ids, roles and classes of reasons: nothing that somebody typed, and no address.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.base import Base
from intake.db.keys import keyring
from intake.db.types import EnumText, UtcDateTime

_HEAD = 1
_BATCH = 1000


class AccountEventKind(StrEnum):
    """What happened."""

    ADDED = "added"
    """On the command line, or by single sign-on."""
    INVITED = "invited"
    INVITED_AGAIN = "invited_again"
    INVITATION_ACCEPTED = "invitation_accepted"
    ACCESS_CHANGED = "access_changed"
    DISABLED = "disabled"
    UNUSED = "unused"
    """Disabled, because nobody had signed in for long."""
    ENABLED = "enabled"
    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    """Somebody could not sign in."""
    SIGNED_OUT = "signed_out"
    PASSWORD_ASKED = "password_asked"  # noqa: S105  (a kind, not a password)
    """A link for a new password was asked for."""
    PASSWORD_SET = "password_set"  # noqa: S105
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    AGREEMENT_ACCEPTED = "agreement_accepted"
    TRAINING_RECORDED = "training_recorded"
    LINKED = "linked"
    """With a person at the provider of single sign-on."""


class AccountEvent(Base):
    """One entry. ``data`` is canonical JSON."""

    __tablename__ = "account_events"

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[AccountEventKind] = mapped_column(EnumText(AccountEventKind))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Whose account; empty where somebody tried one that isn't there."""
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(100))
    data: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_account_events_staff", "staff_id", "sequence"),)

    def values(self) -> dict[str, Any]:
        """``data`` as Python values."""
        values: dict[str, Any] = json.loads(self.data)
        return values


class AccountEventsHead(Base):
    """The one row that writers lock, so that entries form one chain."""

    __tablename__ = "account_events_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[str] = mapped_column(String(64))


class HistoryNotReady(RuntimeError):
    """The database was not set up by ``intake db upgrade``."""


def start_account_history(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    if session.get(AccountEventsHead, _HEAD) is None:
        session.add(AccountEventsHead(id=_HEAD, sequence=0, mac=_head_mac(session, 0, "")))


def staff_member(staff_id: str) -> Actor:
    """A member of staff as the one who acts."""
    return Actor(ActorKind.STAFF, staff_id)


def record(
    session: Session,
    kind: AccountEventKind,
    *,
    staff_id: str | None,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> AccountEvent:
    """Append one entry in the caller's transaction and tell the subscribers, in it too."""
    session.flush()
    head = hold(session)
    event = AccountEvent(
        sequence=head.sequence + 1,
        at=at,
        kind=kind,
        staff_id=staff_id,
        actor_kind=by.kind,
        actor_id=by.id,
        data=json.dumps(data or {}, sort_keys=True, separators=(",", ":")),
        mac="",
    )
    event.mac = _mac(session, event, _last_mac(session, head.sequence))
    head.sequence = event.sequence
    head.mac = _head_mac(session, event.sequence, event.mac)
    session.add(event)
    session.flush()
    for subscriber in session.info.get("account_subscribers", ()):
        subscriber(session, event)
    return event


def history_of(session: Session, staff_id: str, *, limit: int = 100) -> list[AccountEvent]:
    """The last entries of one account, newest first."""
    return last_events(session, staff_id, limit=limit)


def last_events(session: Session, staff_id: str | None, *, limit: int) -> list[AccountEvent]:
    """The last entries of one account, or of all and of nobody's, newest first."""
    query = select(AccountEvent).order_by(AccountEvent.sequence.desc()).limit(limit)
    if staff_id is not None:
        query = query.where(AccountEvent.staff_id == staff_id)
    return list(session.scalars(query))


def account_problems(session: Session) -> Iterator[str]:
    """What was altered or removed, one line each; memory stays flat."""
    previous, expected = "", 1
    try:
        query = select(AccountEvent).order_by(AccountEvent.sequence)
        for event in session.scalars(query.execution_options(yield_per=_BATCH)):
            if event.sequence != expected:
                yield f"account event {expected} was removed"
            if event.mac != _mac(session, event, previous):
                yield f"account event {event.sequence} was altered, or the one before it"
            previous, expected = event.mac, event.sequence + 1
            session.expunge(event)
    except (ValueError, LookupError):
        yield f"an account event from {expected} on was altered and can't be read"
        return
    head = session.get(AccountEventsHead, _HEAD)
    if head is None:
        yield "the head of the account events is missing"
    elif head.sequence != expected - 1 or head.mac != _head_mac(session, head.sequence, previous):
        yield f"the account events end at {expected - 1}, but their head names another end"


def hold(session: Session) -> AccountEventsHead:
    """Let nobody else change accounts until this transaction ends."""
    query = (
        select(AccountEventsHead)
        .where(AccountEventsHead.id == _HEAD)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalars(query).one_or_none()
    if head is None:
        raise HistoryNotReady("the account events have no head: run `intake db upgrade`")
    return head


def _last_mac(session: Session, sequence: int) -> str:
    if sequence == 0:
        return ""
    query = select(AccountEvent.mac).where(AccountEvent.sequence == sequence)
    return session.scalars(query).first() or ""


def _mac(session: Session, event: AccountEvent, previous: str) -> str:
    content = [
        previous, event.sequence, event.at.isoformat(), event.kind.value, event.staff_id,
        event.actor_kind.value, event.actor_id, event.data,
    ]  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return keyring(session).blind_index("account_events", text)


def _head_mac(session: Session, sequence: int, last: str) -> str:
    return keyring(session).blind_index("account_events.head", f"{sequence}:{last}")
