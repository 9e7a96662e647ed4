"""The feed for sharing systems that fetch their events: ``GET /api/v1/events``.

Read with the destination's own token, or by a client with the scope ``feed`` in whose reach the
destination lies.
"""

import json
import threading
import time
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import CALLS, ApiScope, Caller, count_call
from intake.accounts.api_tokens import caller
from intake.clock import local_date, now
from intake.db.engine import Database
from intake.db.limits import Usage, count_attempt
from intake.sharing.connectors.pull.feed import (
    MOST_EVENTS,
    CursorUnknown,
    Page,
    acknowledge,
    is_waiting,
    read_page,
)
from intake.sharing.destinations import destination_of_token
from intake.sharing.filters import Filters
from intake.sharing.model import Destination
from intake.web.api.authentication import bearer_token, need_scope, not_authenticated
from intake.web.api.cursors import known_parameters, whole_number
from intake.web.api.problems import ApiProblem, answers_with_problems

LONGEST_WAIT = 30
WAITING = threading.BoundedSemaphore(2)
"""How many requests of one process may wait at the same time. Each holds a thread of the server's
eight, so the other six stay free for families; who finds no place gets its empty page at once."""
LOOK_EVERY = 0.5
_RETRY_AFTER = "5"
_LAST_CURSOR = 10**18
_PULL = "pull"

blueprint = Blueprint("events_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for."""

    token: str = field(repr=False)
    destination: str | None
    after: int
    limit: int
    wait: int


@blueprint.get("/events")
def events() -> ResponseReturnValue:
    """The events after a cursor; what is before it is acknowledged by asking."""
    database: Database = current_app.extensions["intake"].database
    token = bearer_token()
    if token is None:
        raise not_authenticated()
    _count(database, token)
    known_parameters("destination", "after", "limit", "wait")
    asked = Asked(
        token=token,
        destination=request.args.get("destination"),
        after=whole_number("after", 0, least=0, most=_LAST_CURSOR),
        limit=whole_number("limit", 100, least=1, most=MOST_EVENTS),
        wait=whole_number("wait", 0, least=0, most=LONGEST_WAIT),
    )
    _acknowledge(database, asked)
    may_wait = WAITING.acquire(blocking=False) if asked.wait else False
    try:
        has_waited = _wait(database, asked, asked.wait if may_wait else 0)
    finally:
        if may_wait:
            WAITING.release()
    if not has_waited:
        crowded = bool(asked.wait) and not may_wait
        return _answer(Page((), asked.after, more=False), crowded=crowded)
    return _answer(_page(database, asked))


def _count(database: Database, token: str) -> None:
    """Count the call before anything else is looked at. Raises ApiProblem, TooManyAttempts."""
    at = now()
    with database.begin() as session:
        destination = destination_of_token(session, token)
        client = None if destination is not None else caller(session, token, at=at)
        if destination is not None:
            usage: Usage = count_attempt(session, CALLS, f"destination:{destination.id}", at=at)
        elif client is not None:
            usage = count_call(session, client, at=at)
        else:
            raise not_authenticated()
    g.api_usage = usage


def _acknowledge(database: Database, asked: Asked) -> None:
    """In a transaction of its own: what the reader has stays acknowledged, come what may."""
    with database.begin() as session:
        try:
            acknowledge(session, _reader(session, asked), asked.after, at=now())
        except CursorUnknown:
            raise ApiProblem(
                409, "Unknown cursor", "`after` must be a `next` that you were given"
            ) from None


def _wait(database: Database, asked: Asked, seconds: int) -> bool:
    """Until something can be read: whether it can. No transaction is open in between.

    The token is looked at again each time: one that is revoked ends the wait.
    """
    until = time.monotonic() + seconds
    while True:
        with database.read() as session:
            if is_waiting(session, _reader(session, asked)):
                return True
        if time.monotonic() + LOOK_EVERY > until:
            return False
        time.sleep(LOOK_EVERY)


def _page(database: Database, asked: Asked) -> Page:
    zone = current_app.extensions["intake"].settings.time_zone
    with database.begin() as session:
        return read_page(
            session,
            _reader(session, asked),
            after=asked.after,
            limit=asked.limit,
            today=local_date(now(), zone),
        )


def _reader(session: Session, asked: Asked) -> Destination:
    """Whose feed it is, at this moment. Raises ApiProblem: 400, 401, 403, 404."""
    found = destination_of_token(session, asked.token)
    if found is not None:
        if asked.destination not in {None, found.id}:
            raise _unknown_destination()
        return found
    client = caller(session, asked.token, at=now())
    if client is None:
        raise not_authenticated()
    need_scope(client, ApiScope.FEED)
    return _destination_of(session, client, asked.destination)


def _destination_of(session: Session, client: Caller, named: str | None) -> Destination:
    """The one that the client names, or the only one that it may read."""
    query = select(Destination).where(Destination.kind == _PULL).order_by(Destination.id)
    within = [one for one in session.scalars(query) if client.reach.has_destination(one.id)]
    if named is None and len(within) > 1:
        raise ApiProblem(400, "Which one?", "`destination` is missing: this client reads several")
    found = next((one for one in within if named in {None, one.id}), None)
    if found is None:
        raise _unknown_destination()
    if not _is_of_schools(found, client):
        raise ApiProblem(
            403,
            "Not allowed",
            "this feed may hold students of schools that this client may not know: the operator "
            "must give the destination a filter by school, or the client more schools",
        )
    return found


def _is_of_schools(destination: Destination, client: Caller) -> bool:
    """Whether all that the feed can hold is of the client's schools."""
    if client.reach.schools is None:
        return True
    schools = Filters.of(destination.filters).schools
    return bool(schools) and schools <= client.reach.schools


def _unknown_destination() -> ApiProblem:
    return ApiProblem(404, "Unknown destination", "no destination that you may read has this id")


def _answer(page: Page, *, crowded: bool = False) -> Response:
    """The bodies are JSON already; they are put in as they are."""
    body = (
        f'{{"events":[{",".join(page.bodies)}],'
        f'"next":{json.dumps(str(page.next))},"more":{json.dumps(page.more)}}}'
    )
    answer = Response(body, content_type="application/json")
    if crowded:
        answer.headers["Retry-After"] = _RETRY_AFTER
    return answer
