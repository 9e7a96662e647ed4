"""Settling who signed: confirming it, or saying that it could not be confirmed."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.desk import ActionForm, ConfirmForm, ConfirmTypedStudentForm
from intake.accounts.roles import Permission
from intake.calendar.deadline import revocation_due
from intake.clock import local_date, now
from intake.consents.confirm import (
    ConfirmationMethod,
    MatchedStudent,
    confirm_signer,
    reject_signer,
)
from intake.consents.errors import (
    ConsentError,
    NotEligibleToSign,
    NothingToConfirm,
    RevokedSince,
)
from intake.looks.model import LookKind
from intake.matching.linking import settle_same
from intake.matching.merge import CannotMerge
from intake.roster.model import Student
from intake.roster.students import add_search_words
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
    settings, at = context().settings, now()
    matched = _matched(session, form)
    student_id = matched.id if matched else view.student.id
    if matched is not None:
        _join(session, view.student.id, matched.id)
    consent = confirm_signer(
        session,
        view.consent.id,
        staff_id=staff_id(),
        method=ConfirmationMethod(form.method.data),
        student=matched,
        due_at=revocation_due(session, settings, student_id, at=at),
        at=at,
        today=local_date(at, settings.time_zone),
    )
    # From now on the roster's student is also found by the signer's name, and by the name as
    # the family wrote it, which may be in another script.
    add_search_words(session, consent.student_id, consent.signer_name)
    if matched is not None:
        add_search_words(session, matched.id, view.student.name)
        look(session, LookKind.CHANGED, [view.student.id, matched.id], consent_id=consent.id)


def _join(session: Session, typed_id: str, roster_id: str) -> None:
    """Who signed for the typed student before, or will, signed for this one of the roster."""
    try:
        settle_same(session, context().settings, typed_id, roster_id, staff_id=staff_id(), at=now())
    except CannotMerge:
        raise NothingToConfirm from None


def _matched(session: Session, form: ConfirmForm) -> MatchedStudent | None:
    if not isinstance(form, ConfirmTypedStudentForm):
        return None
    student = session.get_one(Student, form.student.data)
    return MatchedStudent(student.id, student.birth_date)


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
