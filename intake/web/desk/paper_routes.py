"""Printing: blank papers, papers for students, a class list in one file."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.desk import (
    MOST_NAMES,
    NamesForm,
    PrintBlankForm,
    PrintForm,
    PrintStudentsForm,
    SearchForm,
)
from forms.text import clean, has_letter
from intake.accounts.roles import Permission
from intake.clock import now
from intake.documents.texts import offered_languages
from intake.looks.model import LookKind
from intake.roster.schools import schools_within
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    asked_search,
    blueprint,
    context,
    csrf,
    installation,
    is_valid,
    posted_search,
    staff_id,
)
from intake.web.desk.looking import look_at
from intake.web.desk.paper_orders import (
    Print,
    Students,
    drafts,
    paper_language,
    print_blank,
    print_for,
    students_by_id,
    students_chosen,
    students_named,
    students_of_school,
    students_on_list,
)
from pdf.sheet.code import SheetDocument
from pdf.sheet.geometry import PaperSize

_SOURCE = "en"


@blueprint.get("/papers")
@needs(Permission.SERVE_FAMILIES)
def papers() -> ResponseReturnValue:
    """Choose what is printed; a search or a school lists students."""
    search, school_id = asked_search(), request.args.get("school", "")
    with context().database.read() as session:
        found = None
        if search:
            found = students_named(session, search, scope())
        elif school_id:
            found = students_of_school(session, school_id, scope())
    return _page(students=found, search=search, school_id=school_id)


@blueprint.post("/papers/search")
@needs(Permission.SERVE_FAMILIES)
def search_students_to_print() -> ResponseReturnValue:
    """Turn a typed search into an address that holds it encrypted."""
    return redirect(url_for("desk.papers", search=posted_search(), _anchor="students"), 303)


@blueprint.post("/papers/names")
@needs(Permission.SERVE_FAMILIES)
def list_students_to_print() -> ResponseReturnValue:
    """Find the students of a class list, one name a line."""
    form = NamesForm(request.form, **csrf())
    if not is_valid(form):
        return _page(names_form=form, status=422)
    typed = dict.fromkeys(clean(line)[:200] for line in (form.names.data or "").splitlines())
    names = [name for name in typed if has_letter(name)]
    if not names or len(names) > MOST_NAMES:
        form.names.errors = [gettext("Type from 1 to 100 names, each on a line of its own.")]
        return _page(names_form=form, status=422)
    with context().database.read() as session:
        found = students_on_list(session, names, scope())
    return _page(students=found, names_form=form)


@blueprint.post("/papers/blank")
@needs(Permission.SERVE_FAMILIES)
def print_blank_papers() -> ResponseReturnValue:
    """Blank papers, as a PDF."""
    form = _blank_form(request.form)
    if not is_valid(form):
        return _page(blank_form=form, status=422)
    pdf = print_blank(installation(), _wanted(form), form.copies.data or 1, by=staff_id(), at=now())
    return _pdf(pdf)


@blueprint.post("/papers/students")
@needs(Permission.SERVE_FAMILIES)
def print_students_papers() -> ResponseReturnValue:
    """A paper for each ticked student, in one PDF."""
    form = _students_form(request.form)
    is_fine = is_valid(form)
    with context().database.read() as session:
        ticked = form.students.data or []
        students = students_by_id(session, ticked, scope()) if is_fine else []
        if not students:
            again = students_chosen(session, request.form.getlist("listed"), ticked, scope())
            return _page(students=again, students_form=form, status=422)
    pdf = print_for(installation(), _wanted(form), students, by=staff_id(), at=now())
    look_at(LookKind.PRINTED, [student.id for student in students])
    return _pdf(pdf)


def _pdf(pdf: bytes) -> Response:
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="waivers.pdf"'
    return response


def _wanted(form: PrintForm) -> Print:
    return Print(
        SheetDocument(form.document.data), PaperSize(form.size.data), str(form.language.data)
    )


def _page(
    *,
    students: Students | None = None,
    students_form: PrintStudentsForm | None = None,
    blank_form: PrintBlankForm | None = None,
    names_form: NamesForm | None = None,
    search: str = "",
    school_id: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    if students is not None:
        look_at(LookKind.LISTED, [one.student.id for one in students.listed])
    with context().database.read() as session:
        page = render_template(
            "desk/papers.html",
            students=students,
            students_form=students_form or _students_form(),
            blank_form=blank_form or _blank_form(),
            names_form=names_form or NamesForm(**csrf()),
            search_form=SearchForm(text=search, **csrf()),
            search=search,
            schools=schools_within(session, scope()),
            school_id=school_id,
            drafts=drafts(session, SheetDocument.WAIVER),
            paper_language=paper_language,
        )
    return page, status


def _students_form(formdata: object = None) -> PrintStudentsForm:
    return PrintStudentsForm(formdata, **_choices())


def _blank_form(formdata: object = None) -> PrintBlankForm:
    return PrintBlankForm(formdata, copies=1, **_choices())


def _choices() -> dict[str, Any]:
    """What both forms offer, and what is chosen beforehand."""
    return {
        "documents": [
            (SheetDocument.WAIVER.value, gettext("Waiver: yes or no")),
            (SheetDocument.REVOCATION.value, gettext("Form that takes permission back")),
        ],
        "languages": [(offered.code, offered.endonym) for offered in offered_languages()],
        "sizes": [(PaperSize.LETTER.value, gettext("Letter")), (PaperSize.A4.value, "A4")],
        "document": SheetDocument.WAIVER.value,
        "language": _SOURCE,
        "size": PaperSize.LETTER.value,
        **csrf(),
    }
