"""The feed for sharing systems that fetch their events: ``GET /api/v1/events``."""

import json
import threading
import time
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intake.clock import local_date, now
from intake.db.engine import Database
from intake.sharing.connectors.pull.feed import (
    MOST_EVENTS,
    CursorUnknown,
    Page,
    acknowledge,
    is_waiting,
    read_page,
)
from intake.sharing.destinations import destination_of_token
from intake.sharing.model import Destination
from intake.web.api.problems import ApiProblem, answers_with_problems

LONGEST_WAIT = 30
WAITING = threading.BoundedSemaphore(2)
"""How many requests of one process may wait at the same time. Each holds a thread of the server's
eight, so the other six stay free for families; who finds no place gets its empty page at once."""
LOOK_EVERY = 0.5
_RETRY_AFTER = "5"
_LONGEST_CURSOR = 18

blueprint = Blueprint("events_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for."""

    token: str
    after: int
    limit: int
    wait: int


@blueprint.get("/events")
def events() -> ResponseReturnValue:
    """The events after a cursor; what is before it is acknowledged by asking."""
    asked = Asked(
        token=_token(),
        after=_whole("after", 0, most=10**_LONGEST_CURSOR),
        limit=_whole("limit", 100, least=1, most=MOST_EVENTS),
        wait=_whole("wait", 0, most=LONGEST_WAIT),
    )
    database: Database = current_app.extensions["intake"].database
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


def _acknowledge(database: Database, asked: Asked) -> None:
    """In a transaction of its own: what the reader has stays acknowledged, come what may."""
    with database.begin() as session:
        try:
            acknowledge(session, _reader(session, asked), asked.after, at=now())
        except CursorUnknown:
            raise ApiProblem(
                400, "Unknown cursor", "`after` must be a `next` that you were given"
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
    """Whose token it is, at this moment."""
    found = destination_of_token(session, asked.token)
    if found is None:
        raise _not_authenticated()
    return found


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


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not token or not token.isascii():
        raise _not_authenticated()
    return token.strip()


def _not_authenticated() -> ApiProblem:
    return ApiProblem(
        401,
        "Not authenticated",
        "send the destination's token as Bearer (RFC 6750)",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _whole(name: str, default: int, *, least: int = 0, most: int) -> int:
    value = request.args.get(name, str(default))
    if not value.isascii() or not value.isdigit() or len(value) > _LONGEST_CURSOR:
        raise ApiProblem(400, "Malformed", f"`{name}` must be a whole number")
    if not least <= int(value) <= most:
        raise ApiProblem(400, "Malformed", f"`{name}` must be from {least} to {most}")
    return int(value)
