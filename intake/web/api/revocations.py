"""``GET /api/v1/revocations``: what a sharing system has yet to hide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from intake.accounts.api_clients import ApiScope
from intake.clock import now
from intake.installation import Installation
from intake.lookups.revocations import (
    Followed,
    Place,
    RevocationState,
    followed_revocations,
)
from intake.web.api.authentication import authenticated
from intake.web.api.caching import conditional
from intake.web.api.cursors import known_parameters, opened_cursor, signed_cursor, whole_number
from intake.web.api.problems import ApiProblem, answers_with_problems
from intake.web.api.shapes import Says, written

MOST = 200
USUAL = 50

blueprint = Blueprint("revocations_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@dataclass(frozen=True, slots=True)
class ToldDestination:
    """A destination of yours that is told of the revocation."""

    destination: str
    event: Annotated[str, Says("The id of the published event: name it when you confirm.")]
    hidden_at: Annotated[datetime | None, Says("When it confirmed; null while it has not.")]


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """A revocation, and how far your destinations have followed it."""

    id: str
    student: str
    signed_at: datetime
    due_at: Annotated[datetime, Says("Until when the identity must be hidden everywhere.")]
    completed_at: Annotated[datetime | None, Says("When every sharing system had confirmed.")]
    destinations: tuple[ToldDestination, ...]


@dataclass(frozen=True, slots=True)
class RevocationPage:
    """The most urgent first."""

    revocations: tuple[RevocationAnswer, ...]
    next: Annotated[str | None, Says("The cursor of the next page; null on the last one.")]


@blueprint.get("/revocations")
def revocations() -> ResponseReturnValue:
    """A page of what is still open, or of what is completed."""
    found: Installation = current_app.extensions["intake"]
    client = authenticated(found.database, ApiScope.CONFIRM, at=now())
    known_parameters("state", "limit", "cursor")
    state = _state()
    limit = whole_number("limit", USUAL, least=1, most=MOST)
    listing = f"revocations:{state}:{client.id}"
    cursor = request.args.get("cursor")
    after = None
    if cursor is not None:
        due_at, place = opened_cursor(found.database.keyring, listing, cursor)
        after = Place(datetime.fromisoformat(due_at), place)
    with found.database.read() as session:
        page = followed_revocations(
            session, state=state, reach=client.reach, after=after, limit=limit
        )
    following = None
    if page.next is not None:
        values = [page.next.due_at.isoformat(), page.next.id]
        following = signed_cursor(found.database.keyring, listing, values)
    answer = jsonify(written(RevocationPage(tuple(map(_told, page.revocations)), following)))
    if following is not None:
        query = urlencode({"state": state.value, "limit": limit, "cursor": following})
        answer.headers["Link"] = f'</api/v1/revocations?{query}>; rel="next"'
    return conditional(answer)


def _state() -> RevocationState:
    try:
        return RevocationState(request.args.get("state", RevocationState.OPEN))
    except ValueError:
        names = " or ".join(RevocationState)
        raise ApiProblem(400, "Malformed", f"`state` must be {names}") from None


def _told(one: Followed) -> RevocationAnswer:
    return RevocationAnswer(
        one.id,
        one.student_id,
        one.signed_at,
        one.due_at,
        one.completed_at,
        tuple(
            ToldDestination(told.destination_id, told.event_id, told.hidden_at)
            for told in one.destinations
        ),
    )
