"""Signing in and out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from forms.desk import ActionForm, SignInForm
from intake.accounts.roles import Permission
from intake.accounts.staff import authenticate
from intake.accounts.staff import sign_out as end_account_sessions
from intake.clock import now
from intake.db.limits import TooManyAttempts
from intake.web.desk.access import needs, open_to_all
from intake.web.desk.blueprint import blueprint, context, csrf, error_page, is_valid, staff_id
from intake.web.desk.sessions import forget_session, passwords_in_use
from intake.web.desk.sign_in_flow import (
    after_password,
    next_address,
    relying_party,
    remote_address,
)


@blueprint.get("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    """The sign-in page; says why one is here again."""
    if current_user.is_authenticated:
        return redirect(next_address(request.args.get("next", "")), 303)
    return _sign_in_page(SignInForm(**csrf()), problem="", status=200)


@blueprint.post("/sign-in")
@open_to_all
def try_to_sign_in() -> ResponseReturnValue:
    """Check email and password."""
    form = SignInForm(request.form, **csrf())
    if not form.validate():
        problem = gettext("This page was open for too long. Try again.") if form.is_stale else ""
        return _sign_in_page(form, problem=problem, status=422)
    at = now()
    try:
        staff = authenticate(
            context().database,
            form.email.data or "",
            form.password.data or "",
            address=remote_address(),
            at=at,
            passwords=passwords_in_use(),
            unused_after=context().settings.staff.unused,
        )
    except TooManyAttempts:
        problem = gettext("Too many wrong tries. Wait 15 minutes, then try again.")
        return _sign_in_page(form, problem=problem, status=429)
    if staff is None:
        problem = gettext("This email and password don't fit an account.")
        return _sign_in_page(form, problem=problem, status=422)
    return after_password(staff, request.args.get("next", ""), at=at)


@blueprint.get("/nothing")
@needs(Permission.OWN_ACCOUNT)
def no_pages() -> ResponseReturnValue:
    """An account whose roles open no page yet."""
    return error_page(
        gettext("No pages yet"),
        gettext("Your account has no role that opens a page. Ask who manages the accounts."),
        200,
    )


@blueprint.post("/sign-out")
@needs(Permission.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the account's sessions, so that a copied cookie is worth nothing from now on."""
    is_valid(ActionForm(request.form, **csrf()))
    with context().database.begin() as session:
        end_account_sessions(session, staff_id(), at=now())
    forget_session()
    flash(gettext("You are signed out."))
    return redirect(url_for("desk.sign_in"), 303)


def _sign_in_page(form: SignInForm, *, problem: str, status: int) -> ResponseReturnValue:
    is_idle = request.args.get("reason") == "idle" and request.method == "GET"
    page = render_template(
        "desk/sign_in.html",
        form=form,
        problem=problem,
        idle=_idle_words() if is_idle else "",
        has_sso=context().settings.oidc is not None,
        has_passkeys=relying_party() is not None,
        next_address=request.args.get("next"),
    )
    return page, status


def _idle_words() -> str:
    minutes = int(context().settings.staff.idle.total_seconds()) // 60
    return str(
        ngettext(
            "You were signed out after %(num)s idle minute. Sign in to go on.",
            "You were signed out after %(num)s idle minutes. Sign in to go on.",
            minutes,
        )
    )
