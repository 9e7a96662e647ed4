"""Clients' secrets: static tokens, the secrets of the token endpoint, and access tokens.

Each is 256 random bits; its keyed hash is all that is stored, so a copy of the database lets
nobody in, and what is revoked is void with the commit.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from intake.accounts.api_clients import ApiScope, Caller, Reach, caller_of, register_client
from intake.accounts.model import ApiClient, ApiToken, TokenKind
from intake.db.keys import keyring

PREFIX = "intake_"
"""So that scanners for leaked secrets recognise one."""
ACCESS_LIFETIME = timedelta(minutes=15)
_PREFIXES = {
    TokenKind.STATIC: PREFIX,
    TokenKind.SECRET: f"{PREFIX}secret_",
    TokenKind.ACCESS: f"{PREFIX}access_",
}
_BEARERS = (TokenKind.STATIC, TokenKind.ACCESS)


class ApiClientUnknown(LookupError):
    """No client has this id."""


class ScopeNotHeld(ValueError):
    """The client asks for a scope that it does not have."""


def add_client(
    session: Session,
    client_id: str,
    *,
    scopes: Iterable[ApiScope],
    reach: Reach,
    at: datetime,
    kind: TokenKind = TokenKind.STATIC,
    calls_per_minute: int | None = None,
) -> str:
    """Register a client; returns its first token or secret, which is shown once.

    Raises InvalidApiClient.
    """
    register_client(
        session, client_id, scopes=scopes, reach=reach, at=at, calls_per_minute=calls_per_minute
    )
    return _new_token(session, client_id, kind, at=at)


def rotate_token(
    session: Session,
    client_id: str,
    *,
    at: datetime,
    grace: timedelta,
    kind: TokenKind = TokenKind.STATIC,
) -> str:
    """A new token (or secret); the older ones of this kind count for ``grace`` more.

    Raises ApiClientUnknown.
    """
    client = session.get(ApiClient, client_id)
    if client is None or client.revoked_at is not None:
        raise ApiClientUnknown(f"there is no client {client_id}")
    _end_tokens(session, client_id, [kind], at=at + grace)
    return _new_token(session, client_id, kind, at=at)


def revoke_client(session: Session, client_id: str, *, at: datetime) -> None:
    """From this commit on none of its tokens and secrets counts. Raises ApiClientUnknown."""
    client = session.get(ApiClient, client_id)
    if client is None:
        raise ApiClientUnknown(f"there is no client {client_id}")
    client.revoked_at = client.revoked_at or at
    _end_tokens(session, client_id, TokenKind, at=at)


def caller(session: Session, token: str, *, at: datetime) -> Caller | None:
    """The client whose bearer token this is, if it counts now."""
    query = (
        select(ApiClient, ApiToken)
        .join(ApiToken, ApiToken.client_id == ApiClient.id)
        .where(
            ApiToken.token_key == _token_key(session, token),
            ApiToken.kind.in_(_BEARERS),
            *_counts(at),
        )
    )
    found = session.execute(query).one_or_none()
    return None if found is None else caller_of(found[0], found[1].scopes)


def is_secret_of(session: Session, client_id: str, secret: str, *, at: datetime) -> bool:
    """Whether this is the client's secret, now."""
    query = (
        select(ApiToken.id)
        .join(ApiClient, ApiToken.client_id == ApiClient.id)
        .where(
            ApiToken.token_key == _token_key(session, secret),
            ApiToken.kind == TokenKind.SECRET,
            ApiClient.id == client_id,
            *_counts(at),
        )
    )
    return session.scalars(query).one_or_none() is not None


def granted_scopes(client: Caller, asked: Collection[str]) -> tuple[ApiScope, ...]:
    """What an access token is granted: all the client has, or what it asked for.

    Raises ScopeNotHeld (RFC 6749, 5.2: invalid_scope).
    """
    if not asked:
        return tuple(sorted(client.scopes))
    if not set(asked) <= client.scopes:
        raise ScopeNotHeld("the client lacks a scope that it asks for")
    return tuple(sorted(ApiScope(scope) for scope in set(asked)))


def issue_access_token(
    session: Session, client_id: str, scopes: Iterable[ApiScope], *, at: datetime
) -> str:
    """A bearer token for ACCESS_LIFETIME."""
    return _new_token(
        session,
        client_id,
        TokenKind.ACCESS,
        at=at,
        scopes=sorted(scopes),
        expires_at=at + ACCESS_LIFETIME,
    )


def forget_ended_tokens(session: Session, *, before: datetime) -> None:
    """Delete access tokens that have ended; the worker does it."""
    session.execute(
        delete(ApiToken).where(ApiToken.kind == TokenKind.ACCESS, ApiToken.expires_at < before)
    )


def _new_token(
    session: Session,
    client_id: str,
    kind: TokenKind,
    *,
    at: datetime,
    scopes: list[ApiScope] | None = None,
    expires_at: datetime | None = None,
) -> str:
    token = _PREFIXES[kind] + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            client_id=client_id,
            kind=kind,
            token_key=_token_key(session, token),
            scopes=None if scopes is None else [scope.value for scope in scopes],
            created_at=at,
            expires_at=expires_at,
        )
    )
    session.flush()
    return token


def _counts(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at),
        ApiClient.revoked_at.is_(None),
    )


def _end_tokens(
    session: Session, client_id: str, kinds: Iterable[TokenKind], *, at: datetime
) -> None:
    """None counts after this moment; those that end sooner stay as they are."""
    still = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at)
    session.execute(
        update(ApiToken)
        .where(ApiToken.client_id == client_id, ApiToken.kind.in_(list(kinds)), still)
        .values(expires_at=at)
    )


def _token_key(session: Session, token: str) -> str:
    return keyring(session).blind_index("api.token", token)
