"""Idempotency keys: the same call again has the same effect, and the same answer, for a day.

As in draft-ietf-httpapi-idempotency-key-header. A key is claimed in a transaction of its own
before the work is done, so that two calls at once never both do it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from intake.accounts.model import ApiAnswer
from intake.db.keys import keyring

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=2)
"""A claim without an answer for so long is of a process that died: the work may be done again."""


class KeyTaken(Exception):
    """The key stands for another request."""


class KeyBusy(Exception):
    """The first call under this key is under way."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first call was answered."""

    status: int
    content_type: str
    body: str = field(repr=False)


def claim(
    session: Session, owner: str, key: str, request_sha256: str, *, at: datetime
) -> StoredAnswer | None:
    """Take the key; nothing when the work is now the caller's, else the stored answer.

    Raises KeyTaken, KeyBusy.
    """
    hashed = _hashed(session, key)
    if _is_inserted(session, owner, hashed, request_sha256, at=at):
        return None
    query = select(ApiAnswer).where(ApiAnswer.owner == owner, ApiAnswer.key == hashed)
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise KeyBusy("released a moment ago")
    if found.claimed_at <= at - KEPT:
        _take_over(found, request_sha256, at=at)
        return None
    if found.request_sha256 != request_sha256:
        raise KeyTaken("the key stands for another request")
    if found.status is None:
        if found.claimed_at <= at - ABANDONED:
            _take_over(found, request_sha256, at=at)
            return None
        raise KeyBusy("the first call is under way")
    return StoredAnswer(found.status, found.content_type or "", found.body or "")


def keep_answer(session: Session, owner: str, key: str, answer: StoredAnswer) -> None:
    """Let the key stand for this answer."""
    found = session.get(ApiAnswer, (owner, _hashed(session, key)))
    if found is not None:
        found.status, found.content_type, found.body = (
            answer.status, answer.content_type, answer.body
        )  # fmt: skip


def release(session: Session, owner: str, key: str) -> None:
    """Give the key back: nothing was done under it."""
    session.execute(
        delete(ApiAnswer).where(
            ApiAnswer.owner == owner,
            ApiAnswer.key == _hashed(session, key),
            ApiAnswer.status.is_(None),
        )
    )


def forget_answers(session: Session, *, at: datetime) -> None:
    """Delete answers that are a day old; the worker does it."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.claimed_at <= at - KEPT))


def _is_inserted(
    session: Session, owner: str, hashed: str, request_sha256: str, *, at: datetime
) -> bool:
    """A second call at the same moment waits here for the first one's commit."""
    insert = sqlite.insert
    if session.get_bind().dialect.name == "postgresql":
        insert = postgresql.insert  # type: ignore[assignment]
    statement = (
        insert(ApiAnswer)
        .values(owner=owner, key=hashed, request_sha256=request_sha256, claimed_at=at)
        .on_conflict_do_nothing()
        .returning(ApiAnswer.key)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def _take_over(found: ApiAnswer, request_sha256: str, *, at: datetime) -> None:
    found.request_sha256, found.claimed_at = request_sha256, at
    found.status = found.content_type = found.body = None


def _hashed(session: Session, key: str) -> str:
    return keyring(session).blind_index("api.idempotency", key)
