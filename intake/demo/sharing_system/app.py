"""The pages and the receiving end of the reference sharing system."""

import json
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from intake.clock import now
from intake.demo.sharing_system.confirming import ConfirmationSender
from intake.demo.sharing_system.faults import FaultMode, Faults
from intake.demo.sharing_system.store import Store
from intake.sharing.standard_webhooks import SignatureInvalid, verify

_LONGEST_BODY = 256 * 1024

blueprint = Blueprint("sharing_system", __name__)

# Names come in scripts that this machine may have no font for; the product brings them along.
_FONT_FOLDER = Path(str(files("intake.web"))) / "static" / "fonts"
_fonts = Blueprint("fonts", __name__, static_folder=_FONT_FOLDER, static_url_path="/fonts")


@dataclass(frozen=True, slots=True)
class SharingSystem:
    """What its requests share; found as ``app.extensions["sharing_system"]``."""

    store: Store
    sender: ConfirmationSender
    secret: str = field(repr=False)
    allow_faults: bool
    faults: Faults = field(default_factory=Faults)


def create_sharing_system(
    database_file: Path,
    secret: str,
    confirm_url: str,
    *,
    destination_id: str = "reference",
    allow_faults: bool = False,
) -> Flask:
    """A sharing system that receives at ``/webhook`` and confirms to ``confirm_url``.

    ``secret`` (``whsec_…``) is shared with the intake system, which knows this one as
    ``destination_id``. Stop its thread with ``app.extensions["sharing_system"].sender.stop()``.
    """
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = _LONGEST_BODY
    store = Store(database_file)
    sender = ConfirmationSender(
        store, secret=secret, confirm_url=confirm_url, destination_id=destination_id
    )
    app.extensions["sharing_system"] = SharingSystem(store, sender, secret, allow_faults)
    app.register_blueprint(blueprint)
    app.register_blueprint(_fonts)
    sender.start()
    return app


@blueprint.get("/")
def students() -> ResponseReturnValue:
    """What partners would see."""
    return render_template("sharing_system/students.html", students=_system().store.students())


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Whether the process answers and its database opens."""
    _system().store.due_confirmations(0)
    return jsonify(status="ok")


@blueprint.post("/webhook")
def webhook() -> ResponseReturnValue:
    """Take in one event: verify, apply once, and only then answer 2xx."""
    system = _system()
    body = request.get_data()
    try:
        webhook_id = verify([system.secret], request.headers, body, at=now())
    except SignatureInvalid as error:
        return jsonify(error=str(error)), 401
    try:
        event: dict[str, Any] = json.loads(body)
        if (refusal := system.faults.refusal(event["partitionkey"])) is not None:
            return jsonify(error="fault on demand"), refusal
        effect = system.store.apply(webhook_id, event)
    except (ValueError, KeyError, TypeError):
        return jsonify(error="not an event of the intake system"), 400
    system.sender.wake()
    return system.faults.before_answer(jsonify(effect=effect.value))


@blueprint.post("/faults")
def faults() -> ResponseReturnValue:
    """Misbehave from now on: {"mode", "seconds", "student_id"}; modes are those of FaultMode."""
    system = _system()
    if not system.allow_faults:
        return jsonify(error="started without faults"), 404
    wanted = request.get_json()
    try:
        system.faults.mode = FaultMode(wanted["mode"])
        system.faults.seconds = float(wanted.get("seconds", 1.0))
        system.faults.student_id = wanted.get("student_id")
    except (ValueError, KeyError, TypeError, AttributeError):
        return jsonify(error=f"mode must be one of: {', '.join(FaultMode)}"), 400
    system.sender.held_back = system.faults.mode is FaultMode.UNCONFIRMED
    system.sender.wake()
    return jsonify(mode=system.faults.mode.value)


def _system() -> SharingSystem:
    system: SharingSystem = current_app.extensions["sharing_system"]
    return system
