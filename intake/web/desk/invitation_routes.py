"""A personal link for a family, to hand out at the desk."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.desk import ActionForm, InvitationForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.invitations import LINK_LIFETIME, create_invitation, personal_link
from intake.documents.in_force import offered_codes
from intake.looks.model import LookKind
from intake.roster.model import Student, StudentSource
from intake.web.desk.access import needs
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    is_valid,
    posted_search,
    staff_actor,
)
from intake.web.desk.looking import look, look_at
from intake.web.desk.student_pick import Pick, asked_pick
from intake.web.desk.student_routes import student_of_scope
from intake.web.qr import qr_code
from translations import has_catalogue, language

_WAIVER = "ferpa_waiver"


@blueprint.get("/invitations/new")
@needs(Permission.SERVE_FAMILIES)
def new_invitation() -> ResponseReturnValue:
    """Find the student, choose a language."""
    pick = asked_pick()
    return _form_page(_form(pick), pick, status=200)


@blueprint.post("/invitations/search")
@needs(Permission.SERVE_FAMILIES)
def search_students_to_invite() -> ResponseReturnValue:
    """Turn a typed search into an address that holds it encrypted."""
    return redirect(url_for("desk.new_invitation", search=posted_search()), 303)


@blueprint.post("/invitations/new")
@needs(Permission.SERVE_FAMILIES)
def make_invitation() -> ResponseReturnValue:
    """Make the link and show it, once: it is a secret, and only its hash is stored."""
    pick = asked_pick()
    form = _form(pick, request.form)
    if not is_valid(form):
        return _form_page(form, pick, status=422)
    return _made(pick.picked(form.student.data), form.language.data or None)


@blueprint.post("/students/<uuid:student_id>/invitation")
@needs(Permission.SERVE_FAMILIES)
def make_invitation_for(student_id: object) -> ResponseReturnValue:
    """The same from a student's own page; the family chooses the language."""
    is_valid(ActionForm(request.form, **csrf()))
    with context().database.read() as session:
        student = student_of_scope(session, str(student_id))
    if student.source is not StudentSource.ROSTER:
        abort(404)
    return _made(student, None)


def _made(student: Student, code: str | None) -> ResponseReturnValue:
    at = now()
    expires_at = at + LINK_LIFETIME
    with context().database.begin() as session:
        token = create_invitation(
            session,
            student_id=student.id,
            language=code,
            by=staff_actor(),
            at=at,
            expires_at=expires_at,
        )
        look(session, LookKind.CHANGED, [student.id])
    link = personal_link(context().settings.base_url, token, code)
    return render_template(
        "desk/invitation.html",
        link=link,
        qr=qr_code(link),
        student=student,
        language_code=code,
        expires_at=expires_at,
    )


def _form(pick: Pick, formdata: object = None) -> InvitationForm:
    offered = [code for code in offered_codes(_WAIVER) if has_catalogue(code)]
    languages = [("", gettext("Let the family choose"))]
    languages += [(code, language(code).endonym) for code in offered]
    return InvitationForm(formdata, students=pick.choices, languages=languages, **csrf())


def _form_page(form: InvitationForm, pick: Pick, *, status: int) -> ResponseReturnValue:
    look_at(LookKind.LISTED, pick.ids)
    page = render_template("desk/new_invitation.html", form=form, **pick.page_values())
    return page, status
