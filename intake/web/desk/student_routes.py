"""Finding a student from any page of the desk, and the student's own page."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.clock import local_date, now
from intake.consents.tokens import normal_receipt_code
from intake.documents.texts import offered_languages
from intake.looks.model import LookKind
from intake.roster.finding import find_students
from intake.roster.model import Student
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    asked_search,
    blueprint,
    context,
    csrf,
    posted_search,
)
from intake.web.desk.looking import look_at, see
from intake.web.desk.paper_orders import paper_language
from intake.web.desk.sealed_search import open_search
from intake.web.desk.student_page import SOMEBODY_ELSE, find_student, student_view
from intake.web.desk.student_words import permission_words
from pdf.sheet.code import SheetDocument
from pdf.sheet.geometry import PaperSize

_MOST_FOUND = 25


@blueprint.post("/find")
@needs(Permission.SEE_STUDENTS)
def find() -> ResponseReturnValue:
    """From the search box of any page: to the student where one is clearly meant, or to a list."""
    sealed = posted_search()
    search = open_search(context().database.keyring, sealed or "")
    # A name of sixteen letters is no receipt code; nearly every code has a digit.
    if normal_receipt_code(search) is not None and any(c.isdigit() for c in search):
        return redirect(url_for("desk.waivers", show="all", search=sealed), 303)
    with context().database.read() as session:
        only = find_students(session, search, 2, scope=scope(), roster_only=False).only
    if only is not None:
        return redirect(url_for("desk.student", student_id=only.id), 303)
    return redirect(url_for("desk.students", search=sealed), 303)


@blueprint.get("/students")
@needs(Permission.SEE_STUDENTS)
def students() -> ResponseReturnValue:
    """Whom the words find, the likeliest first, and why."""
    search = asked_search()
    with context().database.read() as session:
        found = find_students(session, search, _MOST_FOUND, scope=scope(), roster_only=False)
    look_at(LookKind.LISTED, [one.id for one in found.students])
    return render_template("desk/students.html", search=search, found=found)


@blueprint.get("/students/<uuid:student_id>")
@needs(Permission.SEE_STUDENTS)
def student(student_id: object) -> ResponseReturnValue:
    """One student: where permission stands, and what can be done. Looking is written down."""
    today = local_date(now(), context().settings.time_zone)
    with context().database.begin() as session:
        shown = student_of_scope(session, str(student_id))
        view = student_view(session, shown, today=today)
        see(session, LookKind.READ, shown.id, "student")
        return render_template(
            "desk/student.html",
            view=view,
            permission=permission_words(view),
            other=SOMEBODY_ELSE,
            print_language=paper_language(shown, "en"),
            languages=offered_languages(),
            paper=SheetDocument.WAIVER,
            paper_size=PaperSize.LETTER,
            action_form=ActionForm(**csrf()),
        )


def student_of_scope(session: Session, student_id: str) -> Student:
    """The student; a page that isn't there for those of other schools."""
    found = find_student(session, student_id, scope())
    if found is None:
        abort(404)
    return found
