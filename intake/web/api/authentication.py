"""Who calls: a bearer token, its scopes, and how often it may call."""

from datetime import datetime

from flask import request

from intake.accounts.api_clients import ApiScope, Caller, caller, count_call
from intake.db.engine import Database
from intake.web.api.problems import ApiProblem


def authenticated(database: Database, scope: ApiScope, *, at: datetime) -> Caller:
    """The client behind this request, counted. Raises ApiProblem (401, 403), TooManyAttempts.

    Looked up on each request: a revoked token ends with the revocation's commit.
    """
    given = request.authorization
    token = given.token if given is not None and given.type == "bearer" else None
    with database.read() as session:
        found = caller(session, token, at=at) if token else None
    if found is None:
        raise ApiProblem(
            401,
            "Not authenticated",
            "send a valid token: Authorization: Bearer …",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if scope not in found.scopes:
        raise ApiProblem(403, "Not allowed", f"this client lacks the scope {scope}")
    with database.begin() as session:
        count_call(session, found, at=at)
    return found
