"""One's own account: password, second step, recovery codes, language."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from forms.accounts import LanguageForm, OwnPasswordForm, ProveForm
from forms.desk import ActionForm
from intake.accounts.agreement import current_agreement, last_accepted
from intake.accounts.factors import OnlyFactor, remove_factor
from intake.accounts.history import history_of
from intake.accounts.model import Staff
from intake.accounts.own_password import choose_password, is_own_password
from intake.accounts.passkeys import passkeys_of
from intake.accounts.passwords import WeakPassword
from intake.accounts.recovery import codes_left, new_codes
from intake.accounts.roles import Permission
from intake.accounts.standing import is_password_old, password_until
from intake.accounts.trainings import trained_on
from intake.clock import now
from intake.db.limits import TooManyAttempts
from intake.web.accounts.blueprint import blueprint
from intake.web.accounts.words import event_detail, event_word, role_word
from intake.web.desk.access import needs
from intake.web.desk.blueprint import context, csrf, is_valid, staff_id
from intake.web.desk.sessions import begin_session, is_proven, passwords_in_use, prove_session
from intake.web.desk.sign_in_flow import next_address, relying_party, remote_address
from translations import has_catalogue, languages

SHOWN = 20
"""Entries of the history on one's own page."""


@blueprint.get("/desk/account")
@needs(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """What is on record of the signed-in person, and what they can change."""
    with context().database.read() as session:
        staff = session.get_one(Staff, staff_id())
        return render_template(
            "accounts/account.html",
            staff=staff,
            passkeys=passkeys_of(session, staff.id),
            has_passkeys=relying_party() is not None,
            codes_left=codes_left(session, staff.id),
            agreement=last_accepted(session, staff.id),
            version=current_agreement().version,
            trained_on=trained_on(session, staff.id),
            lasts=context().settings.staff.training,
            password_until=password_until(staff, context().settings.staff),
            events=history_of(session, staff.id, limit=SHOWN),
            language_form=_language_form(staff),
            action=ActionForm(**csrf()),
            role_word=role_word, event_word=event_word, event_detail=event_detail,
        )  # fmt: skip


@blueprint.route("/desk/account/password", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def new_own_password() -> ResponseReturnValue:
    """Choose a new password: at any time, and when it is too old."""
    at, staff = now(), _own()
    if staff.password_hash is None:
        raise NotFound
    form = OwnPasswordForm(request.form if request.method == "POST" else None, **csrf())
    problem = ""
    if request.method == "POST" and is_valid(form):
        try:
            problem = _change_password(staff, form, at=at)
        except TooManyAttempts:
            problem = gettext("Too many wrong tries. Wait 15 minutes, then try again.")
        if not problem:
            flash(gettext("Your password is changed. Everywhere else you are signed out."))
            return redirect(next_address(request.args.get("next", "")), 303)
    page = render_template(
        "accounts/new_own_password.html",
        form=form,
        problem=problem,
        is_old=is_password_old(staff, context().settings.staff, at=at),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/desk/account/prove", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def prove() -> ResponseReturnValue:
    """The password again, before the way of signing in is changed."""
    at, staff = now(), _own()
    if staff.password_hash is None:
        raise NotFound
    form = ProveForm(request.form if request.method == "POST" else None, **csrf())
    problem = ""
    if request.method == "POST" and is_valid(form):
        try:
            if _is_own(staff, form.password.data or "", at=at):
                prove_session(at=at)
                wanted = request.args.get("next", url_for("accounts.account"))
                return redirect(next_address(wanted), 303)
            problem = gettext("This is not your password.")
        except TooManyAttempts:
            problem = gettext("Too many wrong tries. Wait 15 minutes, then try again.")
    page = render_template("accounts/prove.html", form=form, problem=problem)
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/desk/account/recovery-codes")
@needs(Permission.OWN_ACCOUNT)
def make_recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown once."""
    at = now()
    is_valid(ActionForm(request.form, **csrf()))
    if not is_proven(at=at):
        return _prove_first()
    with context().database.begin() as session:
        codes = new_codes(session, session.get_one(Staff, staff_id()), at=at)
    return render_template(
        "accounts/recovery_codes.html", codes=codes, onward=url_for("accounts.account")
    )


@blueprint.post("/desk/account/app/remove")
@needs(Permission.OWN_ACCOUNT)
def remove_own_app() -> ResponseReturnValue:
    """Let the app's codes count no more."""
    return _remove(None)


@blueprint.post("/desk/account/passkeys/<uuid:passkey_id>/remove")
@needs(Permission.OWN_ACCOUNT)
def remove_own_passkey(passkey_id: object) -> ResponseReturnValue:
    """Let a passkey count no more."""
    return _remove(str(passkey_id))


@blueprint.post("/desk/account/language")
@needs(Permission.OWN_ACCOUNT)
def choose_language() -> ResponseReturnValue:
    """The language of the pages, from the next one on."""
    form = _language_form(_own(), request.form)
    if is_valid(form):
        with context().database.begin() as session:
            session.get_one(Staff, staff_id()).language = form.language.data
    return redirect(url_for("accounts.account"), 303)


def _remove(passkey_id: str | None) -> ResponseReturnValue:
    """Remove the app, or a passkey."""
    at = now()
    is_valid(ActionForm(request.form, **csrf()))
    if not is_proven(at=at):
        return _prove_first()
    may_be_last = context().settings.staff.is_eased
    try:
        with context().database.begin() as session:
            if not remove_factor(session, staff_id(), passkey_id, may_be_last=may_be_last, at=at):
                raise NotFound
    except OnlyFactor:
        flash(gettext("This is your only second step. Add another one first."))
    return redirect(url_for("accounts.account"), 303)


def _prove_first() -> ResponseReturnValue:
    return redirect(url_for("accounts.prove", next=url_for("accounts.account")), 303)


def _own() -> Staff:
    with context().database.read() as session:
        return session.get_one(Staff, staff_id())


def _is_own(staff: Staff, password: str, *, at: datetime) -> bool:
    return is_own_password(
        context().database, staff, password,
        address=remote_address(), at=at, passwords=passwords_in_use(),
    )  # fmt: skip


def _change_password(staff: Staff, form: OwnPasswordForm, *, at: datetime) -> str:
    """Why it could not be changed; empty when it is. Raises TooManyAttempts."""
    if not _is_own(staff, form.current.data or "", at=at):
        return str(gettext("The password that you have now is another one."))
    try:
        kept = choose_password(
            context().database, staff, form.password.data or "",
            at=at, passwords=passwords_in_use(),
        )  # fmt: skip
    except WeakPassword as error:
        return str(gettext(error.weakness.value))
    begin_session(kept, at=at)
    return ""


def _language_form(staff: Staff, formdata: object = None) -> LanguageForm:
    offered = [(one.code, one.endonym) for one in languages().values() if has_catalogue(one.code)]
    return LanguageForm(
        formdata, languages=offered, data={"language": staff.language or "en"}, **csrf()
    )
