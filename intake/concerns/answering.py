"""Answering a family in writing, in its own language, and seeing whether that arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.text import clean, clean_lines
from intake.concerns import history
from intake.concerns.common_answers import CommonAnswer, common_answer
from intake.concerns.errors import NothingToSend, TextUnusable
from intake.concerns.model import FamilyQuestion, QuestionReply
from intake.concerns.questions import held
from intake.concerns.states import (
    AnswerBy,
    ConcernStep,
    QuestionOutcome,
    ReplyDelivery,
    Translated,
)
from intake.config import Settings
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.states import ActorKind
from intake.db.engine import Database
from intake.messages.configured import available_kinds
from intake.messages.contacts import Contact
from intake.messages.model import MessageState, OutgoingMessage
from intake.messages.queue import message_kind, notify
from intake.messages.wording import question_reply_wording

LONGEST_ANSWER = 1000
"""Characters: an SMS in most scripts holds 70 of them a part."""

_DELIVERIES: Mapping[MessageState, ReplyDelivery] = {
    MessageState.QUEUED: ReplyDelivery.ON_ITS_WAY,
    MessageState.SENT: ReplyDelivery.SENT,
    MessageState.DELIVERED: ReplyDelivery.DELIVERED,
    MessageState.FAILED: ReplyDelivery.FAILED,
    MessageState.UNDELIVERED: ReplyDelivery.FAILED,
    MessageState.STOPPED: ReplyDelivery.FAILED,
    MessageState.UNKNOWN: ReplyDelivery.UNKNOWN,
}
"""By how the message stands."""
_SETTLED = (ReplyDelivery.DELIVERED, ReplyDelivery.FAILED)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What a member of staff writes, and how it came into the family's language."""

    text: str = field(repr=False)
    translated: Translated
    interpreter: str = field(repr=False, default="")
    """By name, where one translated it."""


def can_write(settings: Settings, question: FamilyQuestion) -> bool:
    """Whether the family wants to be written to, and this installation can."""
    if question.answer_by is AnswerBy.CALL or question.contact is None:
        return False
    return Contact.from_stored(question.contact).kind in available_kinds(settings)


def send_answer(
    session: Session,
    settings: Settings,
    question_id: str,
    answer: OwnAnswer | CommonAnswer,
    *,
    staff_id: str,
    at: datetime,
) -> QuestionReply:
    """Send an answer to where the family wants it. It stays open until somebody closes it.

    Raises ConcernUnknown, AlreadyClosed, NothingToSend, TextUnusable.
    """
    question = held(session, question_id)
    if not can_write(settings, question):
        raise NothingToSend
    reply = _reply(settings, question, answer)
    reply.staff_id, reply.at = staff_id, at
    reply.message_id = _queue(session, settings, question, reply.text or "", at=at)
    session.add(reply)
    question.answered_at = at
    if question.owner_id is None:
        question.owner_id = staff_id
    session.flush()
    data = {
        "reply": reply.id,
        "text": history.text_key(session, reply.text or ""),
        "translated": reply.translated.value,
        "common_answer": reply.common_answer,
    }
    by = Actor(ActorKind.STAFF, staff_id)
    history.record(session, question, ConcernStep.REPLIED, by=by, at=at, data=data)
    return reply


def follow_deliveries(database: Database, *, at: datetime) -> int:
    """Note what became of sent answers; returns how many changed.

    An answer that did not arrive is none: the question waits again, and is reminded of, also where
    somebody has closed it as answered meanwhile.
    """
    query = (
        select(QuestionReply.id, QuestionReply.delivery, OutgoingMessage.state)
        .join(OutgoingMessage, OutgoingMessage.id == QuestionReply.message_id)
        .join(FamilyQuestion, FamilyQuestion.id == QuestionReply.question_id)
        .where(QuestionReply.delivery.not_in(_SETTLED), FamilyQuestion.forgotten_at.is_(None))
    )
    with database.read() as session:
        found = session.execute(query).all()
    changed = {
        id: _DELIVERIES[state] for id, known, state in found if _DELIVERIES[state] is not known
    }
    for reply_id, delivery in changed.items():
        with database.begin() as session:
            _note_delivery(session, reply_id, delivery, at=at)
    return len(changed)


def _reply(
    settings: Settings, question: FamilyQuestion, answer: OwnAnswer | CommonAnswer
) -> QuestionReply:
    if isinstance(answer, CommonAnswer):
        return QuestionReply(
            question_id=question.id,
            text=common_answer(answer, question.language, settings.base_url),
            translated=Translated.COMMON_ANSWER,
            common_answer=answer.value,
            delivery=ReplyDelivery.ON_ITS_WAY,
        )
    text, interpreter = clean_lines(answer.text), clean(answer.interpreter)
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise TextUnusable
    if answer.translated is Translated.INTERPRETER and not interpreter:
        raise TextUnusable
    return QuestionReply(
        question_id=question.id,
        text=text,
        translated=answer.translated,
        interpreter=interpreter or None,
        delivery=ReplyDelivery.ON_ITS_WAY,
    )


def _queue(
    session: Session, settings: Settings, question: FamilyQuestion, text: str, *, at: datetime
) -> str:
    contact = Contact.from_stored(question.contact or "")
    wording = question_reply_wording(
        message_kind(contact.kind),
        question.language,
        partnership=settings.partnership,
        number=question.number,
        answer=text,
        link=f"{settings.base_url}/{question.language}/questions",
    )
    return notify(session, contact, wording, language=question.language, at=at).id


def _note_delivery(
    session: Session, reply_id: str, delivery: ReplyDelivery, *, at: datetime
) -> None:
    history.hold(session)
    reply = session.get_one(QuestionReply, reply_id, populate_existing=True)
    question = session.get_one(FamilyQuestion, reply.question_id, populate_existing=True)
    if reply.delivery is delivery or question.forgotten_at is not None:
        return  # another worker was quicker
    reply.delivery = delivery
    if delivery.needs_person and not _has_other_answer(session, reply):
        question.answered_at = None
        if question.outcome is QuestionOutcome.ANSWERED:
            question.closed_at = question.outcome = None
    step = ConcernStep.REPLY_FAILED if delivery.needs_person else ConcernStep.REPLY_DELIVERED
    data = {"reply": reply.id, "delivery": delivery.value}
    history.record(session, question, step, by=SYSTEM, at=at, data=data)


def _has_other_answer(session: Session, failed: QuestionReply) -> bool:
    query = select(QuestionReply.delivery).where(
        QuestionReply.question_id == failed.question_id, QuestionReply.id != failed.id
    )
    return any(not delivery.needs_person for delivery in session.scalars(query))
