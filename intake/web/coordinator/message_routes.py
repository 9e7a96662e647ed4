"""What families are sent: every message in every language, with its length and cost."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from intake.accounts.roles import Permission
from intake.messages.previews import previews
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.message_words import about_word
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context
from translations import languages


@blueprint.get("/messages")
@needs(Permission.SEE_PROGRAMME)
def messages() -> ResponseReturnValue:
    """The parts of every SMS in every language, and all the texts of one."""
    shown = request.args.get("language", "en")
    if shown not in languages():
        abort(404)
    settings = context().settings
    every = {code: previews(code, settings) for code in languages()}
    return render_template(
        "coordinator/messages.html",
        every=every,
        shown=languages()[shown],
        about=about_word,
        price=settings.sms_price,
    )
