"""Sharing systems that ask: their tokens, scopes and reach.

A token is 256 random bits; its keyed hash is all that is stored, so a copy of the database lets
nobody in.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from intake.accounts.model import ApiClient, ApiToken
from intake.db.keys import keyring
from intake.db.limits import Limit, count_attempt

CALLS = Limit("api-calls", 600, timedelta(minutes=1))
"""Calls of one client; each can carry a thousand decisions."""
PREFIX = "intake_"
"""So that scanners for leaked secrets recognise one."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class ApiScope(StrEnum):
    """What a client may do."""

    DECIDE = "decide"
    FEED = "feed"
    CONFIRM = "confirm"


class InvalidApiClient(ValueError):
    """It can't be added; the message says what to change."""


class ApiClientUnknown(LookupError):
    """No client has this id."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose students, and which partners, a client may ask about; None means all.

    What lies outside is answered exactly as what does not exist.
    """

    schools: frozenset[str] | None
    partners: frozenset[str] | None

    def has_school(self, school_id: str) -> bool:
        """Whether students of this school are within reach."""
        return self.schools is None or school_id in self.schools

    def has_partner(self, partner_id: str) -> bool:
        """Whether this partner is within reach."""
        return self.partners is None or partner_id in self.partners


EVERYTHING = Reach(None, None)


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client."""

    id: str
    scopes: frozenset[ApiScope]
    reach: Reach


def add_client(
    session: Session,
    client_id: str,
    *,
    scopes: Iterable[ApiScope],
    reach: Reach,
    at: datetime,
) -> str:
    """Register a client; returns its first token, which is shown once. Raises InvalidApiClient."""
    if not _ID.fullmatch(client_id):
        raise InvalidApiClient("a client's id is 1 to 64 of a-z, 0-9, - and _")
    if session.get(ApiClient, client_id) is not None:
        raise InvalidApiClient(f"there is a client {client_id} already")
    chosen = sorted({ApiScope(scope) for scope in scopes})
    if not chosen:
        raise InvalidApiClient("a client needs at least one scope")
    session.add(
        ApiClient(
            id=client_id,
            scopes=chosen,
            schools=_listed(reach.schools),
            partners=_listed(reach.partners),
            created_at=at,
            revoked_at=None,
        )
    )
    session.flush()
    return _new_token(session, client_id, at=at)


def rotate_token(session: Session, client_id: str, *, at: datetime, grace: timedelta) -> str:
    """A new token; the older ones count for ``grace`` more. Raises ApiClientUnknown."""
    client = session.get(ApiClient, client_id)
    if client is None or client.revoked_at is not None:
        raise ApiClientUnknown(f"there is no client {client_id}")
    _end_tokens(session, client_id, at=at + grace)
    return _new_token(session, client_id, at=at)


def revoke_client(session: Session, client_id: str, *, at: datetime) -> None:
    """From this commit on none of its tokens counts. Raises ApiClientUnknown."""
    client = session.get(ApiClient, client_id)
    if client is None:
        raise ApiClientUnknown(f"there is no client {client_id}")
    client.revoked_at = client.revoked_at or at
    _end_tokens(session, client_id, at=at)


def caller(session: Session, token: str, *, at: datetime) -> Caller | None:
    """The client whose token this is, if it counts now."""
    query = (
        select(ApiClient)
        .join(ApiToken, ApiToken.client_id == ApiClient.id)
        .where(
            ApiToken.token_key == _token_key(session, token),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at),
            ApiClient.revoked_at.is_(None),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        return None
    reach = Reach(_set(found.schools), _set(found.partners))
    return Caller(found.id, frozenset(ApiScope(scope) for scope in found.scopes), reach)


def count_call(session: Session, client: Caller, *, at: datetime) -> None:
    """Count one call of the client. Raises TooManyAttempts."""
    count_attempt(session, CALLS, client.id, at=at)


def _new_token(session: Session, client_id: str, *, at: datetime) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            client_id=client_id,
            token_key=_token_key(session, token),
            created_at=at,
            expires_at=None,
        )
    )
    session.flush()
    return token


def _end_tokens(session: Session, client_id: str, *, at: datetime) -> None:
    """None counts after this moment; those that end sooner stay as they are."""
    still = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at)
    session.execute(
        update(ApiToken).where(ApiToken.client_id == client_id, still).values(expires_at=at)
    )


def _token_key(session: Session, token: str) -> str:
    return keyring(session).blind_index("api.token", token)


def _listed(ids: frozenset[str] | None) -> list[str] | None:
    return None if ids is None else sorted(ids)


def _set(ids: list[str] | None) -> frozenset[str] | None:
    return None if ids is None else frozenset(ids)
