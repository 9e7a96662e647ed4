"""The PIN with which a member of staff takes a tablet back from a family."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.front_desk import NewPin
from intake.accounts.model import Staff
from intake.accounts.pins import WeakPin, hashed_pin
from intake.accounts.roles import Permission
from intake.web.desk.access import needs
from intake.web.desk.blueprint import blueprint, context, csrf, is_valid, staff_id
from intake.web.desk.sessions import passwords_in_use


@blueprint.get("/pin")
@needs(Permission.SERVE_FAMILIES)
def pin() -> ResponseReturnValue:
    """Choose a PIN, or another one."""
    return _page(NewPin(**csrf()), 200)


@blueprint.post("/pin")
@needs(Permission.SERVE_FAMILIES)
def change_pin() -> ResponseReturnValue:
    """Keep it, hashed; it counts from now on, also on tablets that are out."""
    form = NewPin(request.form, **csrf())
    if not is_valid(form):
        return _page(form, 422)
    try:
        hashed = hashed_pin(form.pin.data or "", passwords=passwords_in_use())
    except WeakPin as weak:
        form.pin.errors = [str(weak)]
        return _page(form, 422)
    with context().database.begin() as session:
        session.get_one(Staff, staff_id()).pin_hash = hashed
    flash(gettext("Your PIN is changed."))
    return redirect(url_for("desk.day"), 303)


def _page(form: NewPin, status: int) -> ResponseReturnValue:
    return render_template("desk/pin.html", form=form), status
