"""The end-user agreement, and what to do when a training is missing."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.accounts import AgreeForm
from intake.accounts.agreement import OtherWords, accept, current_agreement, last_accepted
from intake.accounts.roles import Permission
from intake.accounts.trainings import trained_on
from intake.clock import now
from intake.web.accounts.blueprint import blueprint
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context, csrf, is_valid, staff_id
from intake.web.desk.sign_in_flow import next_address


@blueprint.route("/desk/agreement", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def agreement() -> ResponseReturnValue:
    """Show the agreement whole; accept it."""
    words = current_agreement()
    form = AgreeForm(
        request.form if request.method == "POST" else None, data={"sha256": words.sha256}, **csrf()
    )
    problem = ""
    if request.method == "POST" and is_valid(form):
        try:
            with context().database.begin() as session:
                accept(session, staff_id(), sha256=form.sha256.data or "", at=now())
            return redirect(next_address(request.args.get("next", "")), 303)
        except OtherWords:
            problem = gettext("The agreement has changed meanwhile. Please read it again.")
    with context().database.read() as session:
        accepted = last_accepted(session, staff_id())
    page = render_template(
        "accounts/agreement.html",
        agreement=words, form=form, accepted=accepted, problem=problem,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/desk/training")
@needs(Permission.OWN_ACCOUNT)
def training() -> ResponseReturnValue:
    """Say that a training is missing, and whom to ask."""
    settings = context().settings
    with context().database.read() as session:
        last = trained_on(session, staff_id())
    return render_template(
        "accounts/training.html",
        last=last, lasts=settings.staff.training, settings=settings,
    )  # fmt: skip
