"""Settling who signed: confirming it, or saying that it could not be confirmed."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.desk import ActionForm, ConfirmForm, ConfirmTypedStudentForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.confirm import ConfirmationMethod, reject_signer
from intake.consents.errors import (
    ConsentError,
    NotEligibleToSign,
    NothingToConfirm,
    RevokedSince,
)
from intake.looks.model import LookKind
from intake.matching.confirming import confirm_answer
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import asked_search, blueprint, context, csrf, is_valid, staff_id
from intake.web.desk.looking import look
from intake.web.desk.waiver_page import WaiverView, waiver_view
from intake.web.desk.waiver_routes import confirm_form, looked_at, waiver_page
from translations import mark

_PROBLEMS: dict[type[ConsentError], str] = {
    NothingToConfirm: mark("Somebody has settled this waiver already. This is how it stands now."),
    RevokedSince: mark(
        "The family has said no after this was signed. It can't come into force; "
        "a new signature is needed."
    ),
    NotEligibleToSign: mark(
        "This person may not sign for this student: before 18 a parent or guardian signs, "
        "from 18 on only the student."
    ),
}


@blueprint.post("/waivers/<uuid:consent_id>/confirm")
@needs(Permission.SERVE_FAMILIES)
def confirm(consent_id: object) -> ResponseReturnValue:
    """Confirm who signed and, where the family typed the student, which student it is."""
    search = asked_search()
    view = _view(str(consent_id), search)
    form = confirm_form(view, request.form)
    if form is None:
        return _refused(view.consent.id, None, NothingToConfirm(), search)
    if not is_valid(form):
        return waiver_page(looked_at(view.consent.id, search), form, search=search, status=422)
    try:
        with context().database.begin() as session:
            _confirm(session, view, form)
    except ConsentError as error:
        return _refused(view.consent.id, form, error, search)
    flash(gettext("Confirmed."))
    return redirect(url_for("desk.waiver", consent_id=consent_id), 303)


@blueprint.post("/waivers/<uuid:consent_id>/reject")
@needs(Permission.SERVE_FAMILIES)
def reject(consent_id: object) -> ResponseReturnValue:
    """Say that it could not be confirmed who signed; the answer has no effect then."""
    is_valid(ActionForm(request.form, **csrf()))
    try:
        with context().database.begin() as session:
            reject_signer(session, str(consent_id), staff_id=staff_id(), at=now())
    except NothingToConfirm as error:
        return _refused(str(consent_id), None, error, "")
    flash(gettext("Noted: it could not be confirmed who signed. The answer has no effect."))
    return redirect(url_for("desk.waiver", consent_id=consent_id), 303)


def _confirm(session: Session, view: WaiverView, form: ConfirmForm) -> None:
    student_id = form.student.data if isinstance(form, ConfirmTypedStudentForm) else None
    confirm_answer(
        session,
        context().settings,
        view.consent.id,
        student_id=student_id,
        method=ConfirmationMethod(form.method.data),
        staff_id=staff_id(),
        at=now(),
    )
    if student_id is not None:
        ids = [view.student.id, student_id]
        look(session, LookKind.CHANGED, ids, consent_id=view.consent.id)


def _refused(
    consent_id: str, form: ConfirmForm | None, error: ConsentError, search: str
) -> ResponseReturnValue:
    view = looked_at(consent_id, search)
    if not view.consent.unsettled:
        form = None
    return waiver_page(view, form, search=search, status=409, problem=_problem(error))


def _problem(error: ConsentError) -> str:
    for kind, message in _PROBLEMS.items():
        if isinstance(error, kind):
            return str(gettext(message))
    raise error


def _view(consent_id: str, search: str) -> WaiverView:
    with context().database.read() as session:
        view = waiver_view(session, consent_id, search=search, scope=scope())
    if view is None:
        abort(404)
    return view
