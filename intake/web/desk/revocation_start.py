"""Taking permission back at the desk, for somebody without the phone or email that we know."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from forms.cases import RevokeAtDeskForm
from forms.choices import Relationship
from forms.desk import SearchForm
from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.consents.confirm import ConfirmationMethod
from intake.consents.errors import AlreadyRevoked, NotEntitled, NothingToRevoke
from intake.documents.texts import offered_languages
from intake.looks.model import LookKind
from intake.revocations.in_person import LIFETIME, METHODS, PersonAtDesk, begin_at_desk
from intake.roster.model import Student
from intake.roster.search import search_roster
from intake.web.desk import words
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    asked_search,
    blueprint,
    context,
    csrf,
    is_valid,
    posted_search,
    staff_id,
)
from intake.web.desk.invitation_routes import qr_code
from intake.web.desk.looking import look, look_at
from intake.web.desk.sealed_search import seal_search

_MOST_STUDENTS = 20


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why nothing can be taken back, and the case where it was before."""

    message: str
    revocation_id: str | None = None


@blueprint.get("/revocations/new")
@needs(Permission.SERVE_FAMILIES)
def new_revocation() -> ResponseReturnValue:
    """Find the student, say who stands here, choose a language."""
    search = asked_search()
    students = _students(search)
    return _form_page(_form(students), students, search, status=200)


@blueprint.post("/revocations/search")
@needs(Permission.SERVE_FAMILIES)
def search_students_to_revoke() -> Response:
    """Turn a typed search into an address that holds it encrypted."""
    return redirect(url_for("desk.new_revocation", search=posted_search()), 303)


@blueprint.post("/revocations/new")
@needs(Permission.SERVE_FAMILIES)
def begin_revocation() -> ResponseReturnValue:
    """Write down how staff know who it is, and show the link for the tablet, once."""
    search = asked_search()
    students = _students(search)
    form = _form(students, request.form)
    if not is_valid(form):
        return _form_page(form, students, search, status=422)
    person = PersonAtDesk(
        form.signer_name.data or "",
        Relationship(form.relationship.data),
        ConfirmationMethod(form.method.data),
    )
    at = now()
    try:
        with context().database.begin() as session:
            token = begin_at_desk(
                session,
                form.student.data,
                person,
                staff_id=staff_id(),
                today=local_date(at, context().settings.time_zone),
                at=at,
            )
            look(session, LookKind.CHANGED, [form.student.data])
    except (AlreadyRevoked, NothingToRevoke, NotEntitled) as error:
        return _form_page(form, students, search, status=409, refusal=_refusal(error))
    link = f"{context().settings.base_url}/{form.language.data}/desk-revocation/{token}"
    return render_template(
        "desk/revocation_link.html",
        link=link,
        qr=qr_code(link),
        student=next(student for student in students if student.id == form.student.data),
        language_code=form.language.data,
        expires_at=at + LIFETIME,
    )


def _refusal(error: AlreadyRevoked | NothingToRevoke | NotEntitled) -> _Refusal:
    if isinstance(error, AlreadyRevoked):
        message = gettext("The permission was taken back before. Nothing is shared.")
        return _Refusal(str(message), error.revocation_id)
    if isinstance(error, NothingToRevoke):
        return _Refusal(
            str(gettext("There is no permission that could be taken back. Nothing is shared."))
        )
    message = gettext(
        "This person can't take it back: before 18 a parent or guardian can, from 18 on only "
        "the student."
    )
    return _Refusal(str(message))


def _students(search: str) -> list[Student]:
    if not search:
        return []
    with context().database.read() as session:
        return search_roster(session, search, _MOST_STUDENTS, scope())


def _form(students: list[Student], formdata: object = None) -> RevokeAtDeskForm:
    return RevokeAtDeskForm(
        formdata,
        students=[(student.id, student.name) for student in students],
        relationships=[(one.value, words.word(one)) for one in Relationship],
        methods=[(one.value, words.word(one)) for one in METHODS],
        languages=[(one.code, one.endonym) for one in offered_languages()],
        data={"language": _likely_language(students)},
        **csrf(),
    )


def _likely_language(students: list[Student]) -> str:
    """The family's, where all that were found have the same."""
    known = {student.language for student in students}
    return next(iter(known)) or "en" if len(known) == 1 else "en"


def _form_page(
    form: RevokeAtDeskForm,
    students: list[Student],
    search: str,
    *,
    status: int,
    refusal: _Refusal | None = None,
) -> ResponseReturnValue:
    look_at(LookKind.LISTED, [student.id for student in students])
    page = render_template(
        "desk/new_revocation.html",
        form=form,
        students=students,
        search=search,
        refusal=refusal,
        sealed=seal_search(context().database.keyring, search) or None,
        search_form=SearchForm(text=search, **csrf()),
    )
    return page, status
