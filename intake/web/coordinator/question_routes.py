"""Families' questions: who looks after them, answering in their language, and how they end."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.concerns import CommonAnswerForm
from forms.desk import ActionForm
from intake.accounts.roles import Permission
from intake.clock import now
from intake.concerns.answering import OwnAnswer, send_answer
from intake.concerns.common_answers import CommonAnswer
from intake.concerns.errors import AlreadyClosed, ConcernUnknown, NothingToSend, TextUnusable
from intake.concerns.questions import (
    NoSuchOwner,
    assign,
    close,
    closed_questions,
    counts,
    is_overdue,
    mark_revocation,
    open_questions,
    report_as_violation,
    undelivered,
)
from intake.concerns.states import QuestionOutcome, Translated
from intake.web.coordinator.blueprint import blueprint
from intake.web.coordinator.concern_words import concern_word
from intake.web.coordinator.question_page import (
    answer_form,
    close_form,
    known_question,
    question_owners,
    question_page,
)
from intake.web.desk.access import needs
from intake.web.desk.blueprint import (
    context,
    csrf,
    is_valid,
    staff_actor,
    staff_id,
)
from intake.web.desk.owners import assign_form, open_staff


@blueprint.get("/questions")
@needs(Permission.SEE_PROGRAMME)
def questions() -> ResponseReturnValue:
    """What is open, the oldest first; what was closed lately; how many in which language."""
    with context().database.read() as session:
        opened = open_questions(session)
        return render_template(
            "coordinator/questions.html",
            questions=opened,
            failed=undelivered(session, opened),
            closed=closed_questions(session),
            counts=counts(session),
            staff=open_staff(session),
            is_overdue=lambda question: is_overdue(question, now()),
            word=concern_word,
            days=context().settings.question_retention_days,
        )


@blueprint.get("/questions/<uuid:question_id>")
@needs(Permission.SEE_PROGRAMME)
def question(question_id: object) -> ResponseReturnValue:
    """One question, its answers, and what can be done."""
    return question_page(str(question_id))


@blueprint.post("/questions/<uuid:question_id>/answer")
@needs(Permission.RUN_PROGRAMME)
def answer_question(question_id: object) -> ResponseReturnValue:
    """Send what a person wrote in the family's language."""
    form = answer_form(request.form)
    if not is_valid(form):
        return question_page(str(question_id), status=422, answer=form)
    written = OwnAnswer(
        form.text.data or "", Translated(form.translated.data), form.interpreter.data or ""
    )
    try:
        return _send(str(question_id), written)
    except TextUnusable:
        form.interpreter.errors = [gettext("Type the interpreter's name.")]
        return question_page(str(question_id), status=422, answer=form)


@blueprint.post("/questions/<uuid:question_id>/common-answer")
@needs(Permission.RUN_PROGRAMME)
def send_common_answer(question_id: object) -> ResponseReturnValue:
    """Send one of the ready answers, as it stands in the catalogue of the family's language."""
    answers = [(which.value, which.value) for which in CommonAnswer]
    form = CommonAnswerForm(request.form, answers=answers, **csrf())
    if not is_valid(form):
        return question_page(str(question_id), status=422, problem=str(form.answer.errors[0]))
    return _send(str(question_id), CommonAnswer(form.answer.data))


@blueprint.post("/questions/<uuid:question_id>/assign")
@needs(Permission.RUN_PROGRAMME)
def assign_question(question_id: object) -> ResponseReturnValue:
    """Give it to somebody."""
    with context().database.read() as session:
        known_question(session, str(question_id))
        form = assign_form(question_owners(session), request.form)
    if not is_valid(form):
        return question_page(str(question_id), status=422, assignment=form)
    return _assign(str(question_id), form.owner.data)


@blueprint.post("/questions/<uuid:question_id>/take")
@needs(Permission.RUN_PROGRAMME)
def take_question(question_id: object) -> ResponseReturnValue:
    """Look after it oneself."""
    is_valid(ActionForm(request.form, **csrf()))
    return _assign(str(question_id), staff_id())


@blueprint.post("/questions/<uuid:question_id>/revocation")
@needs(Permission.RUN_PROGRAMME)
def question_is_revocation(question_id: object) -> ResponseReturnValue:
    """The family wants to take permission back: note it, and begin that at the desk."""
    is_valid(ActionForm(request.form, **csrf()))
    try:
        with context().database.begin() as session:
            known_question(session, str(question_id))
            mark_revocation(session, str(question_id), by=staff_actor(), at=now())
    except AlreadyClosed:
        return _closed(str(question_id))
    flash(
        gettext(
            "Noted: the question stays first on the list until you close it. What a family writes "
            "is not signed: here it can sign, or send it the answer “How can we take it back?”."
        )
    )
    return redirect(url_for("desk.new_revocation"), 303)


@blueprint.post("/questions/<uuid:question_id>/violation")
@needs(Permission.RUN_PROGRAMME)
def question_is_violation(question_id: object) -> ResponseReturnValue:
    """Put it on the governance list."""
    is_valid(ActionForm(request.form, **csrf()))
    settings = context().settings
    with context().database.begin() as session:
        known_question(session, str(question_id))
        number = report_as_violation(
            session, settings, str(question_id), by=staff_actor(), at=now()
        )
    flash(gettext("It is on the list of suspected violations: %(number)s.", number=number))
    return _back(str(question_id))


@blueprint.post("/questions/<uuid:question_id>/close")
@needs(Permission.RUN_PROGRAMME)
def close_question(question_id: object) -> ResponseReturnValue:
    """Nothing is left to do."""
    form = close_form(request.form)
    if not is_valid(form):
        return question_page(str(question_id), status=422, close=form)
    outcome, note = QuestionOutcome(form.outcome.data), form.note.data or ""
    try:
        with context().database.begin() as session:
            known_question(session, str(question_id))
            close(session, str(question_id), outcome, note, by=staff_actor(), at=now())
    except AlreadyClosed:
        return _closed(str(question_id))
    except TextUnusable:
        form.note.errors = [gettext("Type what was done.")]
        return question_page(str(question_id), status=422, close=form)
    flash(gettext("Closed."))
    return redirect(url_for("coordinator.questions"), 303)


def _send(question_id: str, answer: OwnAnswer | CommonAnswer) -> ResponseReturnValue:
    """Raises TextUnusable."""
    settings = context().settings
    try:
        with context().database.begin() as session:
            known_question(session, question_id)
            send_answer(session, settings, question_id, answer, staff_id=staff_id(), at=now())
    except AlreadyClosed:
        return _closed(question_id)
    except (NothingToSend, ConcernUnknown):
        message = gettext("This family can't be written to from here. Please call.")
        return question_page(question_id, status=409, problem=message)
    flash(gettext("The answer is on its way. Close the question when nothing is left to do."))
    return _back(question_id)


def _assign(question_id: str, owner_id: str) -> ResponseReturnValue:
    try:
        with context().database.begin() as session:
            known_question(session, question_id)
            assign(session, question_id, owner_id, by=staff_actor(), at=now())
    except AlreadyClosed:
        return _closed(question_id)
    except NoSuchOwner:
        message = gettext("This person's account is closed. Choose another person.")
        return question_page(question_id, status=409, problem=message)
    flash(gettext("Noted."))
    return _back(question_id)


def _closed(question_id: str) -> ResponseReturnValue:
    message = gettext("This question is closed already. This is how it stands now.")
    return question_page(question_id, status=409, problem=message)


def _back(question_id: str) -> ResponseReturnValue:
    return redirect(url_for("coordinator.question", question_id=question_id), 303)
