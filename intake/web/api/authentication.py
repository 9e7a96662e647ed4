"""Who calls: a bearer token, its scopes, and how often it may call."""

from datetime import datetime

from flask import g, request

from intake.accounts.api_clients import ApiScope, Caller, count_call
from intake.accounts.api_tokens import caller
from intake.db.engine import Database
from intake.web.api.problems import ApiProblem


def authenticated(database: Database, scope: ApiScope, *, at: datetime) -> Caller:
    """The client behind this request, counted. Raises ApiProblem (401, 403), TooManyAttempts.

    Looked up on each request: a revoked token ends with the revocation's commit.
    """
    token = bearer_token()
    with database.read() as session:
        found = caller(session, token, at=at) if token else None
    if found is None:
        raise not_authenticated()
    with database.begin() as session:
        g.api_usage = count_call(session, found, at=at)
    need_scope(found, scope)
    return found


def need_scope(client: Caller, scope: ApiScope) -> None:
    """Raise ApiProblem (403, RFC 6750, 3.1) where the client lacks the scope."""
    if scope not in client.scopes:
        raise ApiProblem(
            403,
            "Not allowed",
            f"this client lacks the scope {scope}",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


def bearer_token() -> str | None:
    """The token that came with this request, whatever it is worth."""
    given = request.authorization
    token = given.token if given is not None and given.type == "bearer" else None
    return token.strip() if token and token.isascii() else None


def not_authenticated() -> ApiProblem:
    """401, with the challenge of RFC 6750, 3."""
    challenge = "Bearer" if bearer_token() is None else 'Bearer error="invalid_token"'
    return ApiProblem(
        401,
        "Not authenticated",
        "send a valid token: Authorization: Bearer …",
        headers={"WWW-Authenticate": challenge},
    )
