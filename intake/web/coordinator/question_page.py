"""The page of one question: what it shows, and its forms."""

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from forms.cases import AssignForm
from forms.concerns import AnswerForm, CloseForm, CommonAnswerForm
from forms.desk import ActionForm
from forms.zawgyi import unicode_reading
from intake.accounts.roles import Permission
from intake.clock import now
from intake.concerns.answering import LONGEST_ANSWER, can_write
from intake.concerns.common_answers import TITLES, CommonAnswer, common_answer
from intake.concerns.errors import ConcernUnknown
from intake.concerns.history import history
from intake.concerns.model import FamilyQuestion
from intake.concerns.questions import find_question, is_overdue, replies_to
from intake.concerns.states import QuestionOutcome, Translated
from intake.messages.contacts import Contact
from intake.web.coordinator.concern_words import choices, concern_word
from intake.web.desk.blueprint import context, csrf
from intake.web.desk.owners import assign_form, open_staff, possible_owners
from translations import language


def question_page(
    question_id: str,
    *,
    status: int = 200,
    problem: str = "",
    answer: AnswerForm | None = None,
    close: CloseForm | None = None,
    assignment: AssignForm | None = None,
) -> ResponseReturnValue:
    """The page; a form that was filled in wrongly is given, to be shown again."""
    settings = context().settings
    with context().database.read() as session:
        question = known_question(session, question_id)
        replies = replies_to(session, [question])
        lines = history(session, question)
        staff = open_staff(session)
        owners = question_owners(session)
    page = render_template(
        "coordinator/question.html",
        question=question,
        contact=Contact.from_stored(question.contact).value if question.contact else "",
        reading=unicode_reading(question.text or ""),
        in_language=language(question.language),
        replies=replies,
        lines=lines,
        staff=staff,
        can_write=can_write(settings, question),
        common_answers=_common_answers(question),
        longest=LONGEST_ANSWER,
        problem=problem,
        answer_form=answer or answer_form(),
        common_form=CommonAnswerForm(None, answers=(), **csrf()),
        close_form=close or close_form(),
        assign_form=assignment or assign_form(owners, data={"owner": question.owner_id}),
        action_form=ActionForm(**csrf()),
        is_mine=question.owner_id == current_user.id,
        is_overdue=is_overdue(question, now()),
        has_error=bool(problem or any(form and form.errors for form in (answer, close))),
        word=concern_word,
    )
    return page, status


def known_question(session: Session, question_id: str) -> FamilyQuestion:
    """The question, or the page for an address that leads nowhere."""
    try:
        return find_question(session, question_id)
    except ConcernUnknown:
        abort(404)


def question_owners(session: Session) -> dict[str, str]:
    """Those who may answer: a question is of no school."""
    return possible_owners(session, lambda access: access.may(Permission.RUN_PROGRAMME))


def answer_form(formdata: Any = None) -> AnswerForm:
    """Who put an own answer into the family's language."""
    ways = choices(Translated.WRITER, Translated.INTERPRETER)
    return AnswerForm(formdata, ways=ways, **csrf())


def close_form(formdata: Any = None) -> CloseForm:
    """How a question can end."""
    return CloseForm(formdata, outcomes=choices(*QuestionOutcome), **csrf())


def _common_answers(question: FamilyQuestion) -> list[tuple[CommonAnswer, str, str, str]]:
    """Each ready answer with its title, in the family's language, and in English."""
    base = context().settings.base_url
    return [
        (
            which,
            str(gettext(TITLES[which])),
            common_answer(which, question.language, base),
            common_answer(which, "en", base),
        )
        for which in CommonAnswer
    ]
