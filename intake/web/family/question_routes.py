"""Asking us something: in every language, without an account, and without naming a student."""

from datetime import date

from flask import make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from forms.concerns import QuestionForm
from forms.messages import Message
from intake.clock import local_date
from intake.concerns.asking import Asked, ask
from intake.concerns.states import AnswerBy, QuestionKind
from intake.db.limits import TooManyAttempts
from intake.documents.texts import offered_languages
from intake.messages.configured import available_kinds
from intake.messages.contacts import Contact
from intake.web.family.blueprint import accepts, blueprint, filled, installation, page, page_code
from intake.web.family.contact import typed_contact
from intake.web.family.visit import moment
from intake.web.wording import page_language

_COOKIE = "asked"
"""What this browser is told about the question it sent: nothing of it is in an address."""


@blueprint.route("/<language>/questions", methods=["GET", "POST"], strict_slashes=False)
def questions() -> ResponseReturnValue:
    """The form, and what was typed into it."""
    form = _form()
    if request.method == "GET":
        return _page(form, 200)
    contact = typed_contact(form) if accepts(form) else None
    if contact is None:
        return _page(form, 422)
    try:
        _keep(form, contact)
    except TooManyAttempts as full:
        return _busy(form, seconds=full.seconds_left(moment()))
    return redirect(url_for("family.question_received"), 303)


@blueprint.get("/<language>/questions/received")
def question_received() -> ResponseReturnValue:
    """The number, to keep."""
    kept = session.get(_COOKIE)
    if kept is None:
        return redirect(url_for("family.questions"), 303)
    day = page_language().long_date(date.fromisoformat(kept["day"]))
    return page("question_received.html", number=kept["number"], day=day)


def _form() -> QuestionForm:
    return filled(
        QuestionForm,
        languages=[(one.code, one.endonym) for one in offered_languages()],
        kinds=available_kinds(installation().settings),
        data={"language": page_code()},
    )


def _keep(form: QuestionForm, contact: Contact) -> None:
    """Raises TooManyAttempts; then nothing is kept."""
    settings = installation().settings
    asked = Asked(
        kind=QuestionKind(form.concern.data),
        text=form.text.data or "",
        answer_by=AnswerBy(form.answer_by.data),
        contact=contact,
        language=form.language.data,
        name=form.name.data or "",
    )
    with installation().database.begin() as database_session:
        question = ask(
            database_session, settings, asked, address=request.remote_addr or "", at=moment()
        )
    day = local_date(question.due_at, settings.time_zone)
    session[_COOKIE] = {"number": question.number, "day": day.isoformat()}


def _busy(form: QuestionForm, *, seconds: int) -> ResponseReturnValue:
    """Many questions from one network: theirs stays on the page, to be sent again."""
    minutes = -(-seconds // 60)
    said = Message(
        "We have got many questions from your network. Nothing you wrote is lost: please press the "
        "button again in %(minutes)s minutes, or call us.",
        minutes=minutes,
    )
    form.text.errors = [said]  # type: ignore[list-item]
    response = make_response(_page(form, 429))
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(form: QuestionForm, status: int) -> ResponseReturnValue:
    settings = installation().settings
    return page(
        "questions.html",
        status,
        form=form,
        phone=settings.partnership_phone,
        email=settings.partnership_email,
    )
