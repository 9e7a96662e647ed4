"""Saying why: whoever checks the programme gives a reason once a session, then sees students."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.looks import ReasonForm
from intake.accounts.roles import Permission
from intake.web.desk.access import access, home, needs
from intake.web.desk.blueprint import blueprint, csrf, is_valid
from intake.web.desk.looking import remembered_page, say_why


@blueprint.get("/reason")
@needs(Permission.OWN_ACCOUNT)
def reason() -> ResponseReturnValue:
    """The question."""
    if not access().oversees:
        return redirect(url_for(home() or "desk.no_pages"), 303)
    return render_template("desk/reason.html", form=ReasonForm(**csrf()))


@blueprint.post("/reason")
@needs(Permission.OWN_ACCOUNT)
def give_reason() -> ResponseReturnValue:
    """Keep the reason; every look from now on until the end of the session names it."""
    form = ReasonForm(request.form, **csrf())
    if not is_valid(form):
        return render_template("desk/reason.html", form=form), 422
    if access().oversees:
        say_why(form.reason.data or "")
    return redirect(remembered_page() or url_for(home() or "desk.no_pages"), 303)
