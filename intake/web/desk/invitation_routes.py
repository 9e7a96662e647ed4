"""A personal link for a family, to hand out at the desk."""

from datetime import timedelta

import segno
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from forms.desk import InvitationForm, SearchForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.invitations import create_invitation
from intake.documents.in_force import offered_codes
from intake.looks.model import LookKind
from intake.roster.model import Student
from intake.roster.search import search_roster
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    asked_search,
    blueprint,
    context,
    csrf,
    is_valid,
    posted_search,
    staff_actor,
)
from intake.web.desk.looking import look, look_at
from intake.web.desk.sealed_search import seal_search
from translations import has_catalogue, language

LINK_LIFETIME = timedelta(days=60)
"""Long enough for a letter that waits on a kitchen table; each link answers once anyway."""
_MOST_STUDENTS = 20
_WAIVER = "ferpa_waiver"


@blueprint.get("/invitations/new")
@needs(Permission.SERVE_FAMILIES)
def new_invitation() -> ResponseReturnValue:
    """Find the student, choose a language."""
    search = asked_search()
    students = _students(search)
    return _form_page(_form(students), students, search, status=200)


@blueprint.post("/invitations/search")
@needs(Permission.SERVE_FAMILIES)
def search_students_to_invite() -> ResponseReturnValue:
    """Turn a typed search into an address that holds it encrypted."""
    return redirect(url_for("desk.new_invitation", search=posted_search()), 303)


@blueprint.post("/invitations/new")
@needs(Permission.SERVE_FAMILIES)
def make_invitation() -> ResponseReturnValue:
    """Make the link and show it, once: it is a secret, and only its hash is stored."""
    search = asked_search()
    students = _students(search)
    form = _form(students, request.form)
    if not is_valid(form):
        return _form_page(form, students, search, status=422)
    at = now()
    expires_at = at + LINK_LIFETIME
    code = form.language.data or None
    with context().database.begin() as session:
        token = create_invitation(
            session,
            student_id=form.student.data,
            language=code,
            by=staff_actor(),
            at=at,
            expires_at=expires_at,
        )
        look(session, LookKind.CHANGED, [form.student.data])
    link = invitation_link(context().settings.base_url, token, code)
    student = next(student for student in students if student.id == form.student.data)
    return render_template(
        "desk/invitation.html",
        link=link,
        qr=qr_code(link),
        student=student,
        language_code=code,
        expires_at=expires_at,
    )


def invitation_link(base_url: str, token: str, code: str | None) -> str:
    """The address to hand out; with a language it opens in it, without one at the picker."""
    return f"{base_url}/{code}/i/{token}" if code else f"{base_url}/i/{token}"


def qr_code(link: str) -> Markup:
    """An inline SVG without scripts or styles; level M survives a creased sheet."""
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"
    )
    return Markup(svg)  # noqa: S704  (made by segno from modules, not from text)


def _students(search: str) -> list[Student]:
    if not search:
        return []
    with context().database.read() as session:
        return search_roster(session, search, _MOST_STUDENTS, scope())


def _form(students: list[Student], formdata: object = None) -> InvitationForm:
    offered = [code for code in offered_codes(_WAIVER) if has_catalogue(code)]
    languages = [("", gettext("Let the family choose"))]
    languages += [(code, language(code).endonym) for code in offered]
    return InvitationForm(
        formdata,
        students=[(student.id, student.name) for student in students],
        languages=languages,
        **csrf(),
    )


def _form_page(
    form: InvitationForm, students: list[Student], search: str, *, status: int
) -> ResponseReturnValue:
    look_at(LookKind.LISTED, [student.id for student in students])
    page = render_template(
        "desk/new_invitation.html",
        form=form,
        students=students,
        search=search,
        sealed=seal_search(context().database.keyring, search) or None,
        search_form=SearchForm(text=search, **csrf()),
    )
    return page, status
