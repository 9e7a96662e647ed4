"""The callback by which a sharing system says that it has acted on a revocation."""

import json
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intake.clock import now
from intake.db.engine import Database
from intake.sharing.confirmations import NeverTold, RevocationUnknown, confirm_hidden
from intake.sharing.destinations import confirmation_secrets
from intake.sharing.model import Destination
from intake.sharing.standard_webhooks import SignatureInvalid, new_secret, verify
from intake.web.api.problems import ApiProblem, answers_with_problems, read_json_body

LONGEST_BODY = 8 * 1024
_LONGEST_ID = 64
_STATES = ("identity_hidden", "part_withdrawn")
"""The second where a part was taken back."""

blueprint = Blueprint("confirmations_api", __name__, url_prefix="/api/v1")
answers_with_problems(blueprint)


@dataclass(frozen=True, slots=True)
class HiddenNotice:
    """The callback's body."""

    destination_id: str
    revocation_id: str
    event_id: str
    state: str


@blueprint.post("/confirmations")
def confirm() -> ResponseReturnValue:
    """Record that a destination has acted; the same notice again changes nothing."""
    body = read_json_body(LONGEST_BODY)
    notice = _notice(body)
    at = now()
    database: Database = current_app.extensions["intake"].database
    with database.read() as session:
        webhook_id = _authenticate(session, notice.destination_id, body, at=at)
    with database.begin() as session:
        try:
            confirm_hidden(
                session,
                destination_id=notice.destination_id,
                revocation_id=notice.revocation_id,
                event_id=notice.event_id,
                webhook_id=webhook_id,
                at=at,
            )
        except RevocationUnknown:
            raise ApiProblem(404, "Unknown revocation", "no revocation has this id") from None
        except NeverTold:
            raise ApiProblem(
                409,
                "Never sent",
                "this event of this revocation was never sent to this destination",
            ) from None
    return jsonify(revocation=notice.revocation_id, state=notice.state)


def _notice(body: bytes) -> HiddenNotice:
    """Read before its signature is checked: it names the destination whose secret to use."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiProblem(400, "Malformed", "the body is not JSON") from None
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
        raise ApiProblem(401, "Not authenticated", str(error)) from None
