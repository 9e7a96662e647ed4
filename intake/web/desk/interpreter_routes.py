"""Families who wait for a call with an interpreter."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.documents.interpreters import RequestUnknown, finish_request, open_requests
from intake.web.desk.access import needs
from intake.web.desk.blueprint import blueprint, context, csrf, is_valid, staff_id


@blueprint.get("/interpreters")
@needs(Permission.SEE_STUDENTS)
def interpreters() -> ResponseReturnValue:
    """The open requests, oldest first."""
    with context().database.read() as session:
        return render_template(
            "desk/interpreters.html", requests=open_requests(session), form=ActionForm(**csrf())
        )


@blueprint.post("/interpreters/<uuid:request_id>/done")
@needs(Permission.SERVE_FAMILIES)
def interpreter_done(request_id: object) -> ResponseReturnValue:
    """The family has been called."""
    is_valid(ActionForm(request.form, **csrf()))
    try:
        with context().database.begin() as session:
            finish_request(session, str(request_id), by=staff_id(), at=now())
    except RequestUnknown:
        raise NotFound from None
    return redirect(url_for("desk.interpreters"), 303)
