"""Links from emails: an invitation, a new password; and asking for the latter."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.accounts import EmailForm, NewPasswordForm
from intake.accounts.links import LinkUnusable, linked_staff
from intake.accounts.model import Staff
from intake.accounts.own_password import choose_password_by_link
from intake.accounts.passwords import WeakPassword
from intake.accounts.sign_in import Refusal, turn_away
from intake.accounts.sign_in_model import LinkKind
from intake.accounts.tries import LINK_LIMIT
from intake.clock import now
from intake.staffing.inviting import ask_for_password
from intake.web.accounts.blueprint import blueprint
from intake.web.desk.access import open_to_all
from intake.web.desk.blueprint import context, csrf, error_page, is_valid
from intake.web.desk.sessions import passwords_in_use
from intake.web.desk.sign_in_flow import after_password, remote_address
from intake.web.wording import use_language


@blueprint.route("/desk/invitation/<token>", methods=["GET", "POST"])
@open_to_all
def invitation(token: str) -> ResponseReturnValue:
    """Somebody invited chooses a password, and goes on to the second step."""
    try:
        staff = _linked(token, LinkKind.INVITATION)
        form, problem, chosen = _chosen(token, LinkKind.INVITATION)
    except LinkUnusable:
        return _unusable()
    if chosen is not None:
        return after_password(chosen, "", at=now())
    page = render_template(
        "accounts/invitation.html",
        staff=staff, form=form, problem=problem, has_sso=context().settings.oidc is not None,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/desk/new-password/<token>", methods=["GET", "POST"])
@open_to_all
def new_password(token: str) -> ResponseReturnValue:
    """Who has forgotten the password chooses another; the second step stays as it is."""
    try:
        staff = _linked(token, LinkKind.NEW_PASSWORD)
        form, problem, chosen = _chosen(token, LinkKind.NEW_PASSWORD)
    except LinkUnusable:
        return _unusable()
    if chosen is not None:
        flash(gettext("Your password is changed. Sign in with it."))
        return redirect(url_for("desk.sign_in"), 303)
    page = render_template("accounts/new_password.html", staff=staff, form=form, problem=problem)
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/desk/forgotten", methods=["GET", "POST"])
@open_to_all
def forgotten() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether there is such an account or not."""
    form = EmailForm(request.form if request.method == "POST" else None, **csrf())
    if request.method == "POST" and is_valid(form):
        ask_for_password(
            context().database, context().settings, form.email.data or "",
            address=remote_address(), at=now(),
        )  # fmt: skip
        return render_template("accounts/forgotten_done.html")
    page = render_template("accounts/forgotten.html", form=form)
    return page, 422 if request.method == "POST" else 200


def _linked(token: str, kind: LinkKind) -> Staff:
    """Whose link it is. A right one always opens: only wrong ones are counted."""
    at = now()
    try:
        with context().database.read() as session:
            staff = linked_staff(session, token, kind, at=at)
    except LinkUnusable:
        turn_away(
            context().database, None, Refusal.LINK, LINK_LIMIT, address=remote_address(), at=at
        )
        raise
    use_language(staff.language)
    return staff


def _chosen(token: str, kind: LinkKind) -> tuple[NewPasswordForm, str, Staff | None]:
    """The form, why its password is refused, and the account once one is chosen."""
    form = NewPasswordForm(request.form if request.method == "POST" else None, **csrf())
    if request.method != "POST" or not is_valid(form):
        return form, "", None
    try:
        staff = choose_password_by_link(
            context().database, token, kind, form.password.data or "",
            at=now(), passwords=passwords_in_use(),
        )  # fmt: skip
    except WeakPassword as error:
        return form, str(gettext(error.weakness.value)), None
    return form, "", staff


def _unusable() -> ResponseReturnValue:
    return error_page(
        gettext("This link can't be used"),
        gettext("It was used already, or is too old. Ask for a new one."),
        410,
    )
