"""What happened to staff's accounts: append-only, chained like the consents' ledger.

The consents' ledger needs a student, so accounts have a record of their own; ``db.chain`` says what
its chain is worth (``intake audit verify``). An entry holds ids, roles and classes of reasons:
nothing that somebody typed, and no address.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.base import Base
from intake.db.chain import Chain, ChainedEntry, ChainHead
from intake.db.types import EnumText, UtcDateTime


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


class AccountEvent(ChainedEntry, Base):
    """One entry. ``data`` is canonical JSON."""

    __tablename__ = "account_events"

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[AccountEventKind] = mapped_column(EnumText(AccountEventKind))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Whose account; empty where somebody tried one that isn't there."""
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(100))
    data: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_account_events_staff", "staff_id", "sequence"),)

    def content(self) -> list[Any]:
        """What the chain covers."""
        return [
            self.at.isoformat(), self.kind.value, self.staff_id,
            self.actor_kind.value, self.actor_id, self.data,
        ]  # fmt: skip

    def values(self) -> dict[str, Any]:
        """``data`` as Python values."""
        values: dict[str, Any] = json.loads(self.data)
        return values


class AccountEventsHead(ChainHead, Base):
    """The end of the record."""

    __tablename__ = "account_events_head"


_CHAIN = Chain(AccountEvent, AccountEventsHead, one="account event", whole="the account events")


def start_account_history(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    _CHAIN.start(session)


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
    event = AccountEvent(
        at=at,
        kind=kind,
        staff_id=staff_id,
        actor_kind=by.kind,
        actor_id=by.id,
        data=json.dumps(data or {}, sort_keys=True, separators=(",", ":")),
    )
    _CHAIN.append(session, event)
    for subscriber in session.info.get("account_subscribers", ()):
        subscriber(session, event)
    return event


def history_of(session: Session, staff_id: str | None, *, limit: int = 100) -> list[AccountEvent]:
    """The last entries of one account, or of all and of nobody's, newest first."""
    query = select(AccountEvent).order_by(AccountEvent.sequence.desc()).limit(limit)
    if staff_id is not None:
        query = query.where(AccountEvent.staff_id == staff_id)
    return list(session.scalars(query))


def account_problems(session: Session) -> Iterator[str]:
    """What was altered or removed, one line each; memory stays flat."""
    yield from _CHAIN.problems(session)


def hold(session: Session) -> None:
    """Let nobody else change accounts until this transaction ends."""
    _CHAIN.hold(session)
