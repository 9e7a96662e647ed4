"""Rate limits that every process shares: a sliding window counted in the database.

(Flask-Limiter keeps its counts in memory or in Redis; we have several processes and no Redis.
docs/decisions/0003-rate-limits-in-the-database.md.)
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil

from sqlalchemy import BigInteger, Index, Integer, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.db.base import Base
from intake.db.keys import keyring
from intake.db.types import UtcDateTime


class Attempt(Base):
    """One counted attempt; whom it concerns is only a keyed hash."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    """Of 64 bits: every call of the API is one, and these numbers are never used again."""
    scope: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_attempts_window", "scope", "key", "at"),
        Index("ix_attempts_at", "at"),
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` attempts of ``scope`` in ``window`` for each key."""

    scope: str
    count: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit is left, and when the oldest attempt leaves its window."""

    limit: Limit
    remaining: int
    frees_at: datetime


class TooManyAttempts(Exception):
    """A limit is used up. ``retry_after`` says when one attempt is free again."""

    def __init__(self, scope: str, retry_after: datetime, limit: Limit | None = None) -> None:
        super().__init__(f"too many attempts: {scope}")
        self.scope = scope
        self.retry_after = retry_after
        self.limit = limit

    def seconds_left(self, at: datetime) -> int:
        """Whole seconds to wait from this moment on, at least one."""
        return max(1, ceil((self.retry_after - at).total_seconds()))


def check_limit(session: Session, limit: Limit, key: str, *, at: datetime) -> Usage:
    """Raise TooManyAttempts when the window is full; counts nothing."""
    hashed = keyring(session).blind_index(f"limit:{limit.scope}", key)
    since = at - limit.window
    query = select(func.count(), func.min(Attempt.at)).where(
        Attempt.scope == limit.scope, Attempt.key == hashed, Attempt.at > since
    )
    count, oldest = session.execute(query).one()
    if count >= limit.count:
        raise TooManyAttempts(limit.scope, oldest + limit.window, limit)
    return Usage(limit, limit.count - count, (oldest or at) + limit.window)


def count_attempt(session: Session, limit: Limit, key: str, *, at: datetime) -> Usage:
    """Count one attempt, unless the window is full (TooManyAttempts); what is left after it."""
    usage = check_limit(session, limit, key, at=at)
    hashed = keyring(session).blind_index(f"limit:{limit.scope}", key)
    session.add(Attempt(scope=limit.scope, key=hashed, at=at))
    session.flush()
    return replace(usage, remaining=usage.remaining - 1)


def give_back_attempt(session: Session, limit: Limit, key: str, *, at: datetime) -> None:
    """Uncount the attempt made ``at`` this moment: it turned out to be a rightful one."""
    hashed = keyring(session).blind_index(f"limit:{limit.scope}", key)
    session.execute(
        delete(Attempt).where(Attempt.scope == limit.scope, Attempt.key == hashed, Attempt.at == at)
    )


def forget_attempts(session: Session, *, before: datetime) -> None:
    """Delete what no window reaches any more; the worker does it."""
    session.execute(delete(Attempt).where(Attempt.at < before))


def network_of(address: str) -> str:
    """Whom a limit holds: an IPv4 address, or the /64 that one IPv6 customer has to itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed.packed, 64), strict=False))
