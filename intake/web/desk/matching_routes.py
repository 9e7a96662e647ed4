"""Students whom families typed and the roster doesn't know for certain: a person settles who."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.desk import DifferentStudentsForm, SameStudentForm, SearchForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.looks.model import LookKind
from intake.matching.evidence import MOST_CANDIDATES, Match, match_with
from intake.matching.linking import (
    Waiting,
    count_waiting,
    settle_different,
    settle_same,
    waiting_page,
    waiting_student,
)
from intake.matching.merge import CannotMerge
from intake.roster.search import search_roster
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
from intake.web.desk.looking import look, look_at, see
from intake.web.desk.matching_words import matching_word
from intake.web.desk.sealed_search import seal_search
from intake.web.desk.waiver_list import PAGE_SIZE, Cursor


@blueprint.get("/matching")
@needs(Permission.SEE_STUDENTS)
def matching() -> ResponseReturnValue:
    """Who waits, the longest first."""
    after = Cursor.from_text(request.args.get("after", ""))
    with context().database.read() as session:
        place = (after.signed_at, after.consent_id) if after else None
        found = waiting_page(session, place, PAGE_SIZE + 1, scope())
        total = count_waiting(session, scope())
    newer = None
    if len(found) > PAGE_SIZE:
        last = found[PAGE_SIZE - 1].student
        newer = Cursor(last.created_at, last.id)
    rows = found[:PAGE_SIZE]
    likeliest = [row.matches[0].student.id for row in rows if row.matches]
    look_at(LookKind.LISTED, [*(row.student.id for row in rows), *likeliest])
    return render_template(
        "desk/matching.html",
        rows=rows,
        total=total,
        newer=newer,
        is_first_page=after is None,
        matching_word=matching_word,
    )


@blueprint.get("/matching/<uuid:student_id>")
@needs(Permission.SEE_STUDENTS)
def matching_student(student_id: object) -> ResponseReturnValue:
    """One of them beside the roster's students who may be the one. Looking is written down."""
    with context().database.begin() as session:
        waiting, shown = _shown(session, str(student_id))
        see(session, LookKind.READ, waiting.student.id, "matching")
        look(session, LookKind.READ, [one.student.id for one in shown])
    return _page(waiting, shown, SameStudentForm(None, students=_choices(shown), **csrf()), 200)


@blueprint.post("/matching/<uuid:student_id>/search")
@needs(Permission.SEE_STUDENTS)
def search_matching(student_id: object) -> ResponseReturnValue:
    """Look for the student on the roster under another name."""
    target = url_for("desk.matching_student", student_id=student_id, search=posted_search())
    return redirect(target, 303)


@blueprint.post("/matching/<uuid:student_id>/same")
@needs(Permission.SERVE_FAMILIES)
def same_student(student_id: object) -> ResponseReturnValue:
    """Join the two: from now on they are one student."""
    with context().database.read() as session:
        waiting, shown = _shown(session, str(student_id))
    form = SameStudentForm(request.form, students=_choices(shown), **csrf())
    if not is_valid(form):
        look_at(LookKind.READ, [waiting.student.id, *(one.student.id for one in shown)])
        return _page(waiting, shown, form, 422)
    try:
        with context().database.begin() as session:
            settle_same(
                session,
                context().settings,
                waiting.student.id,
                form.student.data,
                staff_id=staff_id(),
                at=now(),
            )
            look(session, LookKind.CHANGED, [waiting.student.id, form.student.data])
    except CannotMerge:
        flash(gettext("Somebody has settled this already."))
        return redirect(url_for("desk.matching"), 303)
    flash(gettext("Joined. Everything that was signed is now with the student on the record."))
    return redirect(url_for("desk.matching"), 303)


@blueprint.post("/matching/<uuid:student_id>/different")
@needs(Permission.SERVE_FAMILIES)
def different_students(student_id: object) -> ResponseReturnValue:
    """None of those who were shown; they are not suggested again."""
    with context().database.read() as session:
        waiting, shown = _shown(session, str(student_id))
    form = DifferentStudentsForm(request.form, students=_choices(shown), **csrf())
    is_valid(form)
    known = {one.student.id for one in shown}
    try:
        with context().database.begin() as session:
            settle_different(
                session,
                waiting.student.id,
                [one for one in form.shown.data or () if one in known],
                staff_id=staff_id(),
                at=now(),
            )
    except CannotMerge:
        flash(gettext("Somebody has settled this already."))
        return redirect(url_for("desk.matching"), 303)
    flash(gettext("Noted: these are different students. They are not suggested again."))
    return redirect(url_for("desk.matching"), 303)


def _shown(session: Session, student_id: str) -> tuple[Waiting, tuple[Match, ...]]:
    """The typed student, and the roster's who may be the one or were searched for."""
    waiting = waiting_student(session, student_id, scope())
    if waiting is None:
        abort(404)
    search = asked_search()
    if not search:
        return waiting, waiting.matches
    known = {one.student.id for one in waiting.matches}
    found = [
        match_with(session, waiting.student, student)
        for student in search_roster(session, search, MOST_CANDIDATES, scope())
        if student.id not in known
    ]
    return waiting, (*found, *waiting.matches)


def _choices(shown: tuple[Match, ...]) -> list[tuple[str, str]]:
    return [(one.student.id, one.student.name) for one in shown]


def _page(
    waiting: Waiting, shown: tuple[Match, ...], form: SameStudentForm, status: int
) -> ResponseReturnValue:
    search = asked_search()
    page = render_template(
        "desk/matching_student.html",
        student=waiting.student,
        shown=shown,
        form=form,
        different_form=DifferentStudentsForm(None, students=_choices(shown), **csrf()),
        search_form=SearchForm(text=search, **csrf()),
        sealed=seal_search(context().database.keyring, search) or None,
        matching_word=matching_word,
    )
    return page, status
