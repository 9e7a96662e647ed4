"""Pages for everybody that belong to no family's way: the demonstration's outbox."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from intake.installation import Installation
from intake.messages.demo_outbox import recent

outbox_blueprint = Blueprint("outbox", __name__)


@outbox_blueprint.get("/demo/outbox")
def outbox() -> ResponseReturnValue:
    """Messages that a real installation would have sent; only in the demonstration."""
    installation: Installation = current_app.extensions["intake"]
    with installation.database.read() as session:
        messages = recent(session)
    return render_template("public/outbox.html", messages=messages)
