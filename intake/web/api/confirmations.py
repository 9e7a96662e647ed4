"""The callback by which a sharing system says that it has acted on a revocation.

Signed with the destination's secret, or sent by a client with the scope ``confirm`` in whose reach
the destination lies.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intake.accounts.api_clients import EVERYTHING, ApiScope, Reach
from intake.clock import now
from intake.db.engine import Database
from intake.lookups.revocations import is_of_reach
from intake.sharing.confirmations import NeverTold, NotHidden, RevocationUnknown, confirm_hidden
from intake.sharing.destinations import confirmation_secrets
from intake.sharing.model import Destination
from intake.sharing.standard_webhooks import SignatureInvalid, new_secret, verify
from intake.web.api.authentication import authenticated, bearer_token
from intake.web.api.bodies import parsed, read_json_body
from intake.web.api.idempotency import idempotent
from intake.web.api.problems import ApiProblem, answers_with_problems

LONGEST_BODY = 8 * 1024
_LONGEST_ID = 64
_PART = "part_withdrawn"
_STATES = ("identity_hidden", _PART)

blueprint = Blueprint("confirmations_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@dataclass(frozen=True, slots=True)
class HiddenNotice:
    """The callback's body."""

    destination_id: str
    revocation_id: str
    event_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Who says so: ``owner`` of idempotency keys, the id of the message, and whose students."""

    owner: str
    message_id: str
    reach: Reach


@blueprint.post("/confirmations")
def confirm() -> ResponseReturnValue:
    """Record that a destination has acted; the same notice again changes nothing."""
    database: Database = current_app.extensions["intake"].database
    at = now()
    # A client is known before its body is read; a signature needs the body.
    client = None
    if bearer_token() is not None and "webhook-signature" not in request.headers:
        client = authenticated(database, ApiScope.CONFIRM, at=at)
    body = read_json_body(LONGEST_BODY)
    notice = _notice(body)
    if client is None:
        with database.read() as session:
            webhook_id = _authenticate(session, notice.destination_id, body, at=at)
        witness = Witness(f"destination:{notice.destination_id}", webhook_id, EVERYTHING)
    else:
        if not client.reach.has_destination(notice.destination_id):
            raise ApiProblem(404, "Unknown destination", "no destination of yours has this id")
        witness = Witness(f"client:{client.id}", f"client:{client.id}", client.reach)
    return idempotent(
        database,
        witness.owner,
        body,
        at=at,
        work=lambda: _confirmed(database, notice, witness, at=at),
    )


def _confirmed(
    database: Database, notice: HiddenNotice, witness: Witness, *, at: datetime
) -> Response:
    unknown = ApiProblem(404, "Unknown revocation", "no revocation has this id")
    with database.begin() as session:
        if not is_of_reach(session, notice.revocation_id, witness.reach):
            raise unknown
        try:
            confirm_hidden(
                session,
                destination_id=notice.destination_id,
                revocation_id=notice.revocation_id,
                event_id=notice.event_id,
                webhook_id=witness.message_id,
                at=at,
                only_part=notice.state == _PART,
            )
        except RevocationUnknown:
            raise unknown from None
        except NeverTold:
            raise ApiProblem(
                409,
                "Never sent",
                "this event of this revocation was never sent to this destination",
            ) from None
        except NotHidden:
            raise ApiProblem(
                409,
                "Not hidden",
                "everything was taken back: hide the identity, and say identity_hidden",
            ) from None
    return jsonify(revocation=notice.revocation_id, state=notice.state)


def _notice(body: bytes) -> HiddenNotice:
    """Read before its signature is checked: it names the destination whose secret to use."""
    values = parsed(body)
    if not isinstance(values, dict):
        raise ApiProblem(400, "Malformed", "the body is not a JSON object")
    if values.get("state") not in _STATES:
        raise ApiProblem(400, "Malformed", f"state must be one of: {', '.join(_STATES)}")
    return HiddenNotice(
        destination_id=_id(values, "destination"),
        revocation_id=_id(values, "revocation"),
        event_id=_id(values, "event"),
        state=str(values["state"]),
    )


def _id(values: dict[str, object], name: str) -> str:
    value = values.get(name)
    is_id = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii()
    if not is_id or not str(value).isprintable():
        raise ApiProblem(400, "Malformed", f"{name} must be an id of at most {_LONGEST_ID} letters")
    return str(value)


def _authenticate(session: Session, destination_id: str, body: bytes, *, at: datetime) -> str:
    """The message's webhook-id. An unknown destination looks like a wrong signature, and so does
    one whose secret signs nothing: an SFTP account's password."""
    destination = session.get(Destination, destination_id)
    secrets = confirmation_secrets(destination) if destination is not None else []
    try:
        return verify(secrets or [new_secret()], request.headers, body, at=at)
    except SignatureInvalid as error:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise ApiProblem(401, "Not authenticated", str(error), headers=challenge) from None
