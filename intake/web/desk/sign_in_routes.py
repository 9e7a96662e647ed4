"""Signing in and out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from forms.desk import ActionForm, SignInForm
from intake.accounts.model import Staff
from intake.accounts.roles import Permission
from intake.accounts.staff import authenticate, end_sessions
from intake.clock import now
from intake.db.limits import TooManyAttempts
from intake.web.desk.access import home, needs
from intake.web.desk.blueprint import blueprint, context, csrf, error_page, is_valid, staff_id
from intake.web.desk.sessions import begin_session, forget_session, passwords_in_use


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; says why one is here again."""
    if current_user.is_authenticated:
        return redirect(_next_address(), 303)
    return _sign_in_page(SignInForm(**csrf()), problem="", status=200)


@blueprint.post("/sign-in")
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
            address=request.remote_addr or "unknown",
            at=at,
            passwords=passwords_in_use(),
        )
    except TooManyAttempts:
        problem = gettext("Too many wrong tries. Wait 15 minutes, then try again.")
        return _sign_in_page(form, problem=problem, status=429)
    if staff is None:
        problem = gettext("This email and password don't fit an account.")
        return _sign_in_page(form, problem=problem, status=422)
    begin_session(staff, at=at)
    return redirect(_next_address(), 303)


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
        end_sessions(session, session.get_one(Staff, staff_id()))
    forget_session()
    flash(gettext("You are signed out."))
    return redirect(url_for("desk.sign_in"), 303)


def _sign_in_page(form: SignInForm, *, problem: str, status: int) -> ResponseReturnValue:
    is_idle = request.args.get("reason") == "idle" and request.method == "GET"
    page = render_template(
        "desk/sign_in.html",
        form=form,
        problem=problem,
        is_idle=is_idle,
        next_address=request.args.get("next"),
    )
    return page, status


def _next_address() -> str:
    """Back to the page that asked for signing in; only ever one of ours."""
    wanted = request.args.get("next", "")
    is_ours = (
        wanted.startswith(("/desk/", "/coordinator/"))
        and "\\" not in wanted
        and wanted.isprintable()
    )
    return wanted if is_ours else url_for(home() or "desk.no_pages")
