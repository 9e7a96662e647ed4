"""The governance list: suspected violations, and closing them by two people."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.concerns import AgreeForm, SettleForm
from intake.accounts.roles import Permission
from intake.accounts.staff import names_of
from intake.clock import now
from intake.concerns.errors import (
    AlreadyClosed,
    ConcernUnknown,
    NothingProposed,
    SamePerson,
    TextUnusable,
)
from intake.concerns.history import HistoryLine, history
from intake.concerns.model import FamilyQuestion, Violation
from intake.concerns.states import ViolationOutcome
from intake.concerns.violations import (
    Viewer,
    agree,
    closed_violations,
    find_violation,
    is_overdue,
    name_staff,
    open_violations,
    proposal_of,
    propose,
    refuse,
)
from intake.disclosures.model import Disclosure
from intake.looks.model import LookKind
from intake.partners.model import Partner
from intake.roster.model import Student
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.concern_words import choices, concern_word
from intake.web.desk.access import may, needs, scope
from intake.web.desk.blueprint import context, csrf, is_valid, staff_id
from intake.web.desk.looking import look_at
from intake.web.desk.owners import assign_form, open_staff


@dataclass(frozen=True, slots=True)
class _View:
    """One report with everything around it."""

    violation: Violation
    proposal: int | None
    """Which proposal waits for a second person."""
    lines: list[HistoryLine]
    people: dict[str, str]
    """Names of everybody it mentions, by id, also of closed accounts."""
    staff: dict[str, str]
    """Names of the open accounts that it doesn't name yet."""
    question: FamilyQuestion | None
    student: Student | None
    partner: Partner | None
    disclosure: Disclosure | None


@blueprint.get("/violations")
@needs(Permission.SEE_VIOLATIONS)
def violations() -> ResponseReturnValue:
    """What is open, the oldest first, and what was closed; never what concerns who looks."""
    with context().database.read() as session:
        return render_template(
            "coordinator/violations.html",
            violations=open_violations(session, _viewer()),
            closed=closed_violations(session, _viewer()),
            is_overdue=lambda violation: is_overdue(violation, now()),
            word=concern_word,
        )


@blueprint.get("/violations/<uuid:violation_id>")
@needs(Permission.SEE_VIOLATIONS)
def violation(violation_id: object) -> ResponseReturnValue:
    """One report, what happened to it, and what can be done."""
    return _page(str(violation_id))


@blueprint.post("/violations/<uuid:violation_id>/propose")
@needs(Permission.SETTLE_VIOLATIONS)
def propose_closing(violation_id: object) -> ResponseReturnValue:
    """Say what it turned out to be; another person has to agree."""
    _known(str(violation_id))
    form = _settle_form(request.form)
    if not is_valid(form):
        return _page(str(violation_id), status=422, form=form)
    outcome, note = ViolationOutcome(form.outcome.data), form.note.data or ""
    try:
        with context().database.begin() as session:
            propose(session, str(violation_id), outcome, note, by=_viewer(), at=now())
    except TextUnusable:
        form.note.errors = [gettext("Type what was found, and what was done.")]
        return _page(str(violation_id), status=422, form=form)
    except AlreadyClosed:
        return _closed(str(violation_id))
    flash(gettext("Noted. It is closed when a second person agrees."))
    return _back(str(violation_id))


@blueprint.post("/violations/<uuid:violation_id>/<any(agree, refuse):answer>")
@needs(Permission.SETTLE_VIOLATIONS)
def answer_proposal(violation_id: object, answer: str) -> ResponseReturnValue:
    """The second person agrees, and it is closed; or doesn't, and it stays open."""
    form = AgreeForm(request.form, **csrf())
    is_valid(form)
    _known(str(violation_id))
    act = agree if answer == "agree" else refuse
    try:
        with context().database.begin() as session:
            act(session, str(violation_id), proposal=form.proposal.data, by=_viewer(), at=now())
    except SamePerson:
        message = gettext("You have proposed this. Another person has to agree.")
        return _page(str(violation_id), status=409, problem=message)
    except NothingProposed:
        message = gettext("This was settled meanwhile. This is how it stands now.")
        return _page(str(violation_id), status=409, problem=message)
    except AlreadyClosed:
        return _closed(str(violation_id))
    flash(gettext("Closed.") if answer == "agree" else gettext("Noted. It stays open."))
    return _back(str(violation_id))


@blueprint.post("/violations/<uuid:violation_id>/name")
@needs(Permission.SETTLE_VIOLATIONS)
def name_in_violation(violation_id: object) -> ResponseReturnValue:
    """It concerns another member of staff too, who no longer sees it."""
    _known(str(violation_id))
    with context().database.read() as session:
        form = assign_form(open_staff(session), request.form)
    if not is_valid(form):
        message = gettext("Choose one from the list.")
        return _page(str(violation_id), status=422, problem=message)
    try:
        with context().database.begin() as session:
            name_staff(session, str(violation_id), form.owner.data, by=_viewer(), at=now())
    except AlreadyClosed:
        return _closed(str(violation_id))
    flash(gettext("Noted."))
    if form.owner.data == staff_id():
        return redirect(url_for("coordinator.violations"), 303)
    return _back(str(violation_id))


def _page(
    violation_id: str, *, status: int = 200, problem: str = "", form: SettleForm | None = None
) -> ResponseReturnValue:
    with context().database.read() as session:
        view = _view(session, violation_id)
    if view.student is not None and may(Permission.SEE_STUDENTS):
        look_at(LookKind.READ, [view.student.id])
    page = render_template(
        "coordinator/violation.html",
        view=view,
        violation=view.violation,
        problem=problem,
        has_error=bool(problem or (form and form.errors)),
        settle_form=form or _settle_form(),
        name_form=assign_form(view.staff),
        agree_form=AgreeForm(**csrf()),
        is_mine=view.violation.proposed_by == staff_id(),
        is_overdue=is_overdue(view.violation, now()),
        word=concern_word,
    )
    return page, status


def _view(session: Session, violation_id: str) -> _View:
    found = _find(session, violation_id)
    question = session.get(FamilyQuestion, found.question_id) if found.question_id else None
    mentioned = (*found.named, found.reporter_id, found.proposed_by, found.closed_by)
    staff = {id: name for id, name in open_staff(session).items() if id not in found.named}
    student = session.get(Student, found.student_id) if found.student_id else None
    if student is not None:
        _ = student.school.name  # read here: the page is made after the session
    return _View(
        violation=found,
        proposal=proposal_of(session, found),
        lines=history(session, found),
        people=names_of(session, mentioned),
        staff=staff,
        question=question if question and question.forgotten_at is None else None,
        student=student,
        partner=session.get(Partner, found.partner_id) if found.partner_id else None,
        disclosure=session.get(Disclosure, found.disclosure_id) if found.disclosure_id else None,
    )


def _find(session: Session, violation_id: str) -> Violation:
    """The report, or the page for an address that leads nowhere; also to whom it concerns."""
    try:
        return find_violation(session, violation_id, _viewer())
    except ConcernUnknown:
        abort(404)


def _known(violation_id: str) -> None:
    with context().database.read() as session:
        _find(session, violation_id)


def _viewer() -> Viewer:
    return Viewer(staff_id(), scope())


def _settle_form(formdata: Any = None) -> SettleForm:
    return SettleForm(formdata, outcomes=choices(*ViolationOutcome), **csrf())


def _closed(violation_id: str) -> ResponseReturnValue:
    message = gettext("This report is closed already. This is how it stands now.")
    return _page(violation_id, status=409, problem=message)


def _back(violation_id: str) -> ResponseReturnValue:
    return redirect(url_for("coordinator.violation", violation_id=violation_id), 303)
