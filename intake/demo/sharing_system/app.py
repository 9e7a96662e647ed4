"""The pages and the receiving end of the reference sharing system."""

import hmac
import json
import secrets
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from intake.clock import now
from intake.demo.sharing_system.confirming import ConfirmationSender
from intake.demo.sharing_system.faults import MEANINGS, FaultMode, Faults
from intake.demo.sharing_system.store import Store
from intake.sharing.standard_webhooks import SignatureInvalid, new_secret, verify

_LONGEST_BODY = 256 * 1024
_LONGEST_PAUSE = 60.0

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
    form_token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    """Only this system's own page may change the faults by a form."""


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
    system = _system()
    return render_template(
        "sharing_system/students.html",
        students=system.store.students(),
        may_fail=system.allow_faults,
        fault=None if system.faults.mode is FaultMode.OK else MEANINGS[system.faults.mode],
    )


@blueprint.get("/students/<student_id>")
def student(student_id: str) -> ResponseReturnValue:
    """What partners saw of one student before and after each event."""
    store = _system().store
    found = [one for one in store.students() if one.id == student_id]
    if not found:
        abort(404)
    return render_template(
        "sharing_system/student.html", student=found[0], deliveries=store.deliveries(student_id)
    )


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
        effects = [
            system.store.apply(*arrival) for arrival in system.faults.in_order((webhook_id, event))
        ]
    except (ValueError, KeyError, TypeError):
        return jsonify(error="not an event of the intake system"), 400
    system.sender.wake()
    effect = effects[0].value if effects else "laid aside"
    return system.faults.before_answer(jsonify(effect=effect))


@blueprint.get("/faults")
def faults_page() -> ResponseReturnValue:
    """Choose how this system misbehaves."""
    system = _system()
    if not system.allow_faults:
        abort(404)
    return render_template(
        "sharing_system/faults.html",
        meanings=MEANINGS,
        faults=system.faults,
        students=system.store.students(),
        token=system.form_token,
    )


@blueprint.post("/faults")
def faults() -> ResponseReturnValue:
    """Misbehave from now on: {"mode", "seconds", "student_id"}, as JSON or from the page's form;
    modes are those of FaultMode."""
    system = _system()
    if not system.allow_faults:
        return jsonify(error="started without faults"), 404
    wanted = request.get_json() if request.is_json else request.form
    if not request.is_json and not hmac.compare_digest(
        wanted.get("token", "").encode(), system.form_token.encode()
    ):
        return jsonify(error="open the page of faults again"), 400
    try:
        mode, seconds = FaultMode(wanted["mode"]), float(wanted.get("seconds") or 1.0)
        student_id = wanted.get("student_id") or None
    except (ValueError, KeyError, TypeError, AttributeError):
        return jsonify(error=f"mode must be one of: {', '.join(FaultMode)}"), 400
    _misbehave(system, mode, seconds=min(max(seconds, 0.0), _LONGEST_PAUSE), student_id=student_id)
    return jsonify(mode=mode.value) if request.is_json else redirect(url_for(".faults_page"))


def _misbehave(
    system: SharingSystem, mode: FaultMode, *, seconds: float, student_id: str | None
) -> None:
    """From now on; what was laid aside is worked through, and what waits to be told is told."""
    faults, sender = system.faults, system.sender
    faults.mode, faults.seconds, faults.student_id = mode, seconds, student_id
    for arrival in faults.take_laid_aside():
        system.store.apply(*arrival)
    sender.held_back = mode is FaultMode.UNCONFIRMED
    sender.twice = mode is FaultMode.DUPLICATE
    sender.signed_by = new_secret() if mode is FaultMode.WRONG_SIGNATURE else None
    sender.wake()


def _system() -> SharingSystem:
    system: SharingSystem = current_app.extensions["sharing_system"]
    return system
