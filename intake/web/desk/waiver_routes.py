"""The list of waivers, one waiver, and its document."""

from dataclasses import replace

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.desk import ActionForm, ConfirmForm, ConfirmTypedStudentForm, SearchForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.consents.confirm import ConfirmationMethod
from intake.consents.model import Consent
from intake.documents.store import read_document
from intake.looks.model import LookKind
from intake.web.desk import words
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    asked_search,
    blueprint,
    context,
    csrf,
    posted_search,
)
from intake.web.desk.looking import look, look_at, see
from intake.web.desk.sealed_search import seal_search
from intake.web.desk.waiver_list import Cursor, ListFilter, waiver_list
from intake.web.desk.waiver_page import WaiverView, waiver_events, waiver_view


@blueprint.get("/waivers")
@needs(Permission.SEE_STUDENTS)
def waivers() -> ResponseReturnValue:
    """The list, narrowed by answer and searched by name."""
    narrowed = ListFilter.of(request.args.get("show", ""))
    search = asked_search()
    after = Cursor.from_text(request.args.get("after", ""))
    with context().database.read() as session:
        found = waiver_list(session, narrowed=narrowed, search=search, after=after, scope=scope())
    look_at(LookKind.LISTED, [row.student.id for row in found.rows])
    return render_template(
        "desk/waivers.html",
        found=found,
        narrowed=narrowed,
        filters=ListFilter,
        search=search,
        sealed=_sealed(search),
        is_first_page=after is None,
        search_form=SearchForm(text=search, **csrf()),
    )


@blueprint.post("/search")
@needs(Permission.SEE_STUDENTS)
def search_waivers() -> ResponseReturnValue:
    """Turn a typed search into an address that holds it encrypted."""
    narrowed = ListFilter.of(request.form.get("show", ""))
    return redirect(url_for("desk.waivers", show=narrowed.value, search=posted_search()), 303)


@blueprint.get("/waivers/<uuid:consent_id>")
@needs(Permission.SEE_STUDENTS)
def waiver(consent_id: object) -> ResponseReturnValue:
    """One waiver. Looking is written down."""
    search = asked_search()
    view = looked_at(str(consent_id), search)
    return waiver_page(view, confirm_form(view), search=search, status=200)


@blueprint.post("/waivers/<uuid:consent_id>/search")
@needs(Permission.SEE_STUDENTS)
def search_students_for(consent_id: object) -> ResponseReturnValue:
    """Look for the student on the roster under another name."""
    target = url_for(
        "desk.waiver", consent_id=consent_id, search=posted_search(), _anchor="confirm"
    )
    return redirect(target, 303)


@blueprint.get("/waivers/<uuid:consent_id>/document.pdf")
@needs(Permission.SEE_STUDENTS)
def waiver_document(consent_id: object) -> ResponseReturnValue:
    """The sealed PDF. Looking is written down."""
    with context().database.begin() as session:
        consent = session.get(Consent, str(consent_id))
        if consent is None:
            abort(404)
        pdf = read_document(session, context().storage, consent.document_sha256)
        see(session, LookKind.DOCUMENT, consent.student_id, "document", consent_id=consent.id)
    return pdf_response(pdf, f"waiver-{consent.receipt_code}.pdf")


def looked_at(consent_id: str, search: str) -> WaiverView:
    """The waiver for a page that shows it, with an entry in the ledger that staff saw it."""
    with context().database.begin() as session:
        view = waiver_view(session, consent_id, search=search, scope=scope())
        if view is None:
            abort(404)
        see(session, LookKind.READ, view.consent.student_id, "waiver", consent_id=view.consent.id)
        look(session, LookKind.LISTED, [one.student.id for one in view.candidates])
        # The page shows this look too.
        return replace(view, events=waiver_events(session, view.consent))


def pdf_response(pdf: bytes, name: str) -> ResponseReturnValue:
    """A sealed document, to look at or to save under a name without anybody's name in it."""
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def confirm_form(view: WaiverView, formdata: object = None) -> ConfirmForm | None:
    """The form that settles who signed; none where that is settled."""
    if not view.consent.unsettled:
        return None
    methods = [(method.value, words.word(method)) for method in ConfirmationMethod]
    if not view.needs_student:
        return ConfirmForm(formdata, methods=methods, **csrf())
    students = [(c.student.id, c.student.name) for c in view.candidates]
    return ConfirmTypedStudentForm(formdata, methods=methods, students=students, **csrf())


def waiver_page(
    view: WaiverView,
    form: ConfirmForm | None,
    *,
    search: str,
    status: int,
    problem: str = "",
) -> ResponseReturnValue:
    """The page of one waiver."""
    page = render_template(
        "desk/waiver.html",
        view=view,
        form=form,
        reject_form=ActionForm(**csrf()),
        search_form=SearchForm(text=search, **csrf()),
        sealed=_sealed(search),
        problem=problem,
        at=now(),
    )
    return page, status


def _sealed(search: str) -> str | None:
    return seal_search(context().database.keyring, search) or None
