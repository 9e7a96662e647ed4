"""The review queue: one question at a time, one key for each answer, then the next one."""

from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.desk import ActionForm, AnswerForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.looks.model import LookKind
from intake.paper.outcomes import Question
from intake.paper.review import (
    AlreadyAnswered,
    AnswerUnknown,
    NothingToUndo,
    NotYours,
    answer,
    next_item,
    release,
    take,
    undo,
    waiting,
)
from intake.paper.suggestions import student_read, suggestions
from intake.roster.model import School
from intake.roster.schools import schools_within
from intake.roster.search import Candidate
from intake.roster.students import NameUnusable
from intake.web.desk import scan_words
from intake.web.desk.access import needs, scope
from intake.web.desk.blueprint import (
    blueprint,
    context,
    csrf,
    is_valid,
    school_date,
    staff_id,
)
from intake.web.desk.looking import look, look_at
from intake.web.desk.review_page import item_view

_SKIPPED = "desk_skipped"
_MOST_SKIPPED = 20
"""Their ids stand in the browser's cookie."""


@blueprint.get("/review")
@needs(Permission.SERVE_FAMILIES)
def review() -> ResponseReturnValue:
    """The next question, or one that the address names."""
    return _page(request.args.get("item"), AnswerForm(**csrf()))


@blueprint.post("/review/<uuid:item_id>")
@needs(Permission.SERVE_FAMILIES)
def answer_question(item_id: object) -> ResponseReturnValue:
    """Write an answer down; the next question follows at once."""
    form = AnswerForm(request.form, **csrf())
    if not is_valid(form):
        message = gettext("Check the name and the date of birth.")
        return _page(str(item_id), form, problem=message, status=422)
    if "search" in request.form:
        return _page(str(item_id), form, searched=True)
    try:
        with context().database.begin() as session:
            given, details = _given(session, form)
            answer(
                session,
                context().settings,
                str(item_id),
                given,
                staff_id=staff_id(),
                at=now(),
                details=details,
            )
    except NotYours:
        flash(gettext("Somebody else has taken this question meanwhile. Here is the next one."))
    except AlreadyAnswered:
        flash(gettext("This question is answered already. Here is the next one."))
    except (AnswerUnknown, NameUnusable):
        return _page(str(item_id), form, problem=_missing(form), status=422, searched=True)
    return redirect(url_for("desk.review"), 303)


@blueprint.post("/review/<uuid:item_id>/skip")
@needs(Permission.SERVE_FAMILIES)
def skip_question(item_id: object) -> ResponseReturnValue:
    """Leave a question to somebody else, or for later."""
    is_valid(ActionForm(request.form, **csrf()))
    with context().database.begin() as session:
        release(session, str(item_id), staff_id())
    browser[_SKIPPED] = [*_skipped(), str(item_id)][-_MOST_SKIPPED:]
    return redirect(url_for("desk.review"), 303)


@blueprint.post("/review/undo")
@needs(Permission.SERVE_FAMILIES)
def undo_answer() -> ResponseReturnValue:
    """Take the last answer back, as long as the paper isn't filed."""
    is_valid(ActionForm(request.form, **csrf()))
    try:
        with context().database.begin() as session:
            item_id = undo(
                session, context().settings, staff_id=staff_id(), at=now(), scope=scope()
            ).id
    except NothingToUndo:
        flash(gettext("There is nothing to take back: your last paper is filed."))
        return redirect(url_for("desk.review"), 303)
    flash(gettext("Your last answer is taken back. Answer again."))
    return redirect(url_for("desk.review", item=item_id), 303)


@blueprint.post("/review/suggestions.json")
@needs(Permission.SERVE_FAMILIES)
def review_suggestions() -> ResponseReturnValue:
    """Roster students for what has been typed so far. Posted: no name gets into an address."""
    form = AnswerForm(request.form, **csrf())
    found = _candidates(form) if is_valid(form) else []
    return jsonify(
        [
            {
                "id": candidate.student.id,
                "name": candidate.student.name,
                "details": _details(candidate),
            }
            for candidate in found
        ]
    )


def _page(
    item_id: str | None,
    form: AnswerForm,
    *,
    problem: str = "",
    status: int = 200,
    searched: bool = False,
) -> ResponseReturnValue:
    at = now()
    with context().database.begin() as session:
        try:
            item = (
                take(session, item_id, staff_id(), at, scope())
                if item_id
                else next_item(session, staff_id(), at, scope(), skipped=_skipped())
            )
        except (NotYours, AlreadyAnswered):
            item = next_item(session, staff_id(), at, scope(), skipped=_skipped())
        if item is None and _skipped():
            browser.pop(_SKIPPED)  # all others are done: what was skipped comes again
            item = next_item(session, staff_id(), at, scope())
        left = waiting(session, at, scope())
        view = item_view(session, context().settings, item, at) if item is not None else None
        schools = schools_within(session, scope())
        if view is not None and view.student is not None:
            look(session, LookKind.READ, [view.student.id])
    if view is None:
        return render_template("desk/review_empty.html", left=left, form=ActionForm(**csrf()))
    is_who = view.question is Question.WHO_IS_IT
    page = render_template(
        "desk/review.html",
        view=view,
        shown=min(max(request.args.get("page", 1, int), 1), max(len(view.pages), 1)),
        left=left,
        form=form,
        found=_candidates(form) if searched and is_who else None,
        details_of=_details,
        schools=schools,
        problem=problem,
        scan_words=scan_words,
    )
    return page, status


def _given(session: Session, form: AnswerForm) -> tuple[str, dict[str, Any]]:
    """The answer, and what belongs to it."""
    details: dict[str, Any] = {
        "signer_name": form.signer_name.data or None,
        "language": form.language.data or None,
        "version": form.version.data or None,
    }
    if form.student.data:
        if not scope().covers_student(session, form.student.data):
            raise AnswerUnknown("which student is missing")
        return "student", {**details, "student_id": form.student.data}
    if "not_on_roster" in request.form:
        school, birth_date = form.school.data, form.birth_date.data
        if birth_date is None or not _is_school(session, school):
            raise AnswerUnknown("school or date of birth is missing")
        student_id = student_read(
            session,
            school_id=school or "",
            name=form.name.data or "",
            birth_date=birth_date,
            at=now(),
        )
        return "student", {**details, "student_id": student_id}
    return form.answer.data or "", details


def _is_school(session: Session, school_id: str | None) -> bool:
    """Whether there is such a school, and it is one of theirs."""
    return session.get(School, school_id or "") is not None and scope().covers(school_id)


def _missing(form: AnswerForm) -> str:
    if "not_on_roster" in request.form:
        return str(gettext("Type the name and the date of birth, and choose the school."))
    if form.answer.data == "waiver":
        return str(gettext("Choose the language of the paper first."))
    return str(gettext("Choose one of the answers."))


def _candidates(form: AnswerForm) -> list[Candidate]:
    born: date | None = form.birth_date.data
    with context().database.read() as session:
        found = suggestions(session, form.name.data or "", born, scope=scope())
    look_at(LookKind.LISTED, [candidate.student.id for candidate in found])
    return found


def _details(candidate: Candidate) -> str:
    """What tells one student from another, in the reader's words."""
    facts = [str(school_date(candidate.student.birth_date).striptags())]
    facts.append(candidate.student.school.name)
    if candidate.same_birth_date:
        facts.append(gettext("same date of birth"))
    return ", ".join(facts)


def _skipped() -> list[str]:
    found: list[str] = browser.get(_SKIPPED, [])
    return found
