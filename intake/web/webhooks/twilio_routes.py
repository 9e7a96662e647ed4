"""Twilio's calls: what became of a message, and what people answer.

https://www.twilio.com/docs/usage/webhooks/webhooks-security. The signature covers the public
address and every field, so it is reckoned from INTAKE_BASE_URL, never from what a proxy or a caller
says the host is. Without a right one nothing is read and nothing changes.
"""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from intake.clock import now
from intake.config import TwilioSettings
from intake.installation import Installation
from intake.messages.inbound import Incoming, take_reply
from intake.messages.model import Meaning
from intake.messages.statuses import StatusReport, take_report

blueprint = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")

_HANDLED = {"STOP": Meaning.STOP, "START": Meaning.START, "HELP": Meaning.HELP}
"""``OptOutType``, which Twilio adds when it has obeyed and answered (Advanced Opt-Out)."""
_LONGEST_ID = 64

_View = Callable[[], ResponseReturnValue]


def _installation() -> Installation:
    found: Installation = current_app.extensions["intake"]
    return found


def _signed(view: _View) -> _View:
    @wraps(view)
    def guarded() -> ResponseReturnValue:
        settings = _installation().settings
        if settings.twilio is None:
            abort(404)
        if not _is_twilios(settings.base_url, settings.twilio):
            return Response("The signature is missing or wrong.\n", 403, mimetype="text/plain")
        return view()

    return guarded


def _is_twilios(base_url: str, twilio: TwilioSettings) -> bool:
    query = request.query_string.decode("ascii", "replace")
    address = f"{base_url}{request.path}" + (f"?{query}" if query else "")
    signature = request.headers.get("X-Twilio-Signature", "")
    is_right: bool = RequestValidator(twilio.auth_token).validate(address, request.form, signature)
    return is_right and request.form.get("AccountSid") == twilio.account_sid


@blueprint.post("/status")
@_signed
def status() -> ResponseReturnValue:
    """A message's fate. What is repeated, late or about nothing of ours is answered all the same:
    Twilio would only call again."""
    code = request.form.get("ErrorCode", "")
    report = StatusReport(
        provider_id=_provider_id(),
        message_id=request.args.get("message", "")[:_LONGEST_ID] or None,
        status=request.form.get("MessageStatus", ""),
        error_code=int(code) if code.isascii() and code.isdigit() and len(code) < 9 else None,
    )
    with _installation().database.begin() as session:
        take_report(session, report, at=now())
    return "", 204


@blueprint.post("/inbound")
@_signed
def inbound() -> ResponseReturnValue:
    """A text message to our number; the answer is TwiML."""
    sender = request.form.get("From", "")
    if not sender.strip():
        abort(400)
    incoming = Incoming(
        provider_id=_provider_id(),
        sender=sender[:_LONGEST_ID],
        body=request.form.get("Body", ""),
        handled_as=_HANDLED.get(request.form.get("OptOutType", "")),
    )
    with _installation().database.begin() as session:
        answer = take_reply(session, incoming, _installation().settings, at=now())
    twiml = MessagingResponse()
    if answer:
        twiml.message(answer)
    return Response(str(twiml), mimetype="text/xml")


def _provider_id() -> str:
    found = request.form.get("MessageSid", "")
    if not found or len(found) > _LONGEST_ID:
        abort(400)
    return found
