"""Taking permission back at the desk, for somebody without the phone or email that we know."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forms.cases import RevokeAtDeskForm
from forms.choices import Relationship
from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.consents.at_desk import LIFETIME, METHODS, PersonAtDesk
from intake.consents.confirm import ConfirmationMethod
from intake.consents.errors import AlreadyRevoked, NotEntitled, NothingToRevoke
from intake.documents.texts import offered_languages
from intake.looks.model import LookKind
from intake.revocations.in_person import begin_letter_at_desk, letter_token
from intake.web.desk import words
from intake.web.desk.access import needs
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    is_valid,
    posted_search,
    staff_id,
)
from intake.web.desk.looking import look, look_at
from intake.web.desk.refusals import Refusal, refusal_of
from intake.web.desk.student_pick import Pick, asked_pick
from intake.web.qr import qr_code


@blueprint.get("/revocations/new")
@needs(Permission.SERVE_FAMILIES)
def new_revocation() -> ResponseReturnValue:
    """Find the student, say who stands here, choose a language."""
    pick = asked_pick()
    return _form_page(_form(pick), pick, status=200)


@blueprint.post("/revocations/search")
@needs(Permission.SERVE_FAMILIES)
def search_students_to_revoke() -> Response:
    """Turn a typed search into an address that holds it encrypted."""
    return redirect(url_for("desk.new_revocation", search=posted_search()), 303)


@blueprint.post("/revocations/new")
@needs(Permission.SERVE_FAMILIES)
def begin_revocation() -> ResponseReturnValue:
    """Write down how staff know who it is, and show the link for the tablet, once."""
    pick = asked_pick()
    form = _form(pick, request.form)
    if not is_valid(form):
        return _form_page(form, pick, status=422)
    person = PersonAtDesk(
        form.signer_name.data or "",
        Relationship(form.relationship.data),
        ConfirmationMethod(form.method.data),
    )
    at = now()
    try:
        with context().database.begin() as session:
            signing = begin_letter_at_desk(
                session,
                form.student.data,
                person,
                staff_id=staff_id(),
                today=local_date(at, context().settings.time_zone),
                at=at,
            )
            token = letter_token(session, signing)
            look(session, LookKind.CHANGED, [form.student.data])
    except (AlreadyRevoked, NothingToRevoke, NotEntitled) as error:
        return _form_page(form, pick, status=409, refusal=refusal_of(error))
    link = f"{context().settings.base_url}/{form.language.data}/desk-revocation/{token}"
    return render_template(
        "desk/revocation_link.html",
        link=link,
        qr=qr_code(link),
        student=pick.picked(form.student.data),
        language_code=form.language.data,
        expires_at=at + LIFETIME,
    )


def _form(pick: Pick, formdata: object = None) -> RevokeAtDeskForm:
    return RevokeAtDeskForm(
        formdata,
        students=pick.choices,
        relationships=[(one.value, words.word(one)) for one in Relationship],
        methods=[(one.value, words.word(one)) for one in METHODS],
        languages=[(one.code, one.endonym) for one in offered_languages()],
        data={"language": pick.likely_language()},
        **csrf(),
    )


def _form_page(
    form: RevokeAtDeskForm, pick: Pick, *, status: int, refusal: Refusal | None = None
) -> ResponseReturnValue:
    look_at(LookKind.LISTED, pick.ids)
    page = render_template(
        "desk/new_revocation.html", form=form, refusal=refusal, **pick.page_values()
    )
    return page, status
