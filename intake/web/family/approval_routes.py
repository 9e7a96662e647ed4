"""Where a translation is not approved yet: read it, or ask for an interpreter."""

from flask import request
from flask.typing import ResponseReturnValue

from forms.family import InterpreterForm
from intake.documents.approvals import is_approved
from intake.documents.interpreters import ask_for_interpreter
from intake.documents.texts import offered_languages
from intake.web.family.blueprint import (
    accepts,
    blueprint,
    filled,
    installation,
    page,
    page_code,
)
from intake.web.family.reading import may_sign, waiver
from intake.web.family.visit import moment
from translations import Language

_READING_STEPS = frozenset({"family.about", "family.shared"})
"""Steps of a waiver that only show it; on all others the family is on its way to a signature."""


@blueprint.before_request
def _hold_signing() -> ResponseReturnValue | None:
    """No signing in a language whose words nobody has approved; taking back is never held up."""
    is_waiver = (request.view_args or {}).get("purpose") == "waiver"
    if not is_waiver or request.endpoint in _READING_STEPS or may_sign():
        return None
    return _not_yet(filled(InterpreterForm), 200 if request.method == "GET" else 409)


@blueprint.get("/<language>/interpreter")
def interpreter() -> ResponseReturnValue:
    """Ask to be called with an interpreter."""
    return _not_yet(filled(InterpreterForm), 200)


@blueprint.post("/<language>/interpreter")
def ask_interpreter() -> ResponseReturnValue:
    """Keep the request for the front desk."""
    form = filled(InterpreterForm)
    if not accepts(form):
        return _not_yet(form, 422)
    with installation().database.begin() as session:
        ask_for_interpreter(
            session,
            language=page_code(),
            contact=form.contact.data or "",
            wish=form.wish.data or "",
            address=request.remote_addr or "",
            at=moment(),
        )
    return page("interpreter_asked.html")


def _not_yet(form: InterpreterForm, status: int) -> ResponseReturnValue:
    return page(
        "interpreter.html", status, form=form, held=not may_sign(), others=_approved_languages()
    )


def _approved_languages() -> list[Language]:
    with installation().database.read() as session:
        return [
            language
            for language in offered_languages()
            if language.code != page_code() and is_approved(session, waiver(), language.code)
        ]
