"""A family asks: what it wrote is kept, it gets a number, and a message that says so."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clock import local_date
from intake.concerns import history
from intake.concerns.model import FamilyQuestion
from intake.concerns.opening import due, new_number
from intake.concerns.states import AnswerBy, ConcernStep, QuestionKind
from intake.concerns.violations import suspect
from intake.config import Settings
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.keys import keyring
from intake.db.limits import Limit, TooManyAttempts, count_attempt, network_of
from intake.messages.configured import available_kinds
from intake.messages.contacts import Contact
from intake.messages.queue import message_kind, notify
from intake.messages.wording import question_received_wording
from translations import language

FAMILY = Actor(ActorKind.FAMILY)

PER_NETWORK = Limit("question:network", 60, timedelta(hours=1))
"""A school's wireless network is one address for everybody at a parents' evening."""
MESSAGES_PER_NETWORK = Limit("question:messages", 20, timedelta(hours=1))
MESSAGES_PER_CONTACT = Limit("question:contact", 3, timedelta(days=1))
"""Anybody can type anybody's number: beyond these a question is kept, but confirms nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a family wrote, cleaned and whole."""

    kind: QuestionKind
    text: str = field(repr=False)
    answer_by: AnswerBy
    contact: Contact
    language: str
    name: str = field(repr=False, default="")


def ask(
    session: Session, settings: Settings, asked: Asked, *, address: str, at: datetime
) -> FamilyQuestion:
    """Keep a question; sent again word by word while it is open, it is the same one.

    ``address`` is the network's, for its limit only. Who thinks that something was shared wrongly
    has reported a suspected violation too. Raises TooManyAttempts; then nothing is kept.
    """
    history.hold(session)
    key = _content_key(session, asked)
    again = select(FamilyQuestion).where(
        FamilyQuestion.content_key == key, FamilyQuestion.closed_at.is_(None)
    )
    known = session.scalars(again).first()
    if known is not None:
        return known
    count_attempt(session, PER_NETWORK, network_of(address), at=at)
    question = FamilyQuestion(
        number=new_number(),
        kind=asked.kind,
        language=asked.language,
        text=asked.text,
        name=asked.name or None,
        answer_by=asked.answer_by,
        contact=asked.contact.stored,
        content_key=key,
        asked_at=at,
        due_at=due(session, settings, settings.question_answer_days, at=at),
        is_revocation=False,
        reminded_step=0,
    )
    session.add(question)
    history.record(session, question, ConcernStep.ASKED, by=FAMILY, at=at)
    if asked.kind is QuestionKind.WRONGLY_SHARED:
        suspect(session, settings, question, at=at)
    _acknowledge(session, settings, question, asked.contact, address=address, at=at)
    return question


def _acknowledge(
    session: Session,
    settings: Settings,
    question: FamilyQuestion,
    contact: Contact,
    *,
    address: str,
    at: datetime,
) -> None:
    """Send the number, where we can send at all and it is nobody's game with a stranger's phone."""
    if contact.kind not in available_kinds(settings):
        return
    try:
        count_attempt(session, MESSAGES_PER_CONTACT, contact.stored, at=at)
        count_attempt(session, MESSAGES_PER_NETWORK, network_of(address), at=at)
    except TooManyAttempts:
        return
    day = local_date(question.due_at, settings.time_zone)
    wording = question_received_wording(
        message_kind(contact.kind),
        question.language,
        partnership=settings.partnership,
        number=question.number,
        day=language(question.language).long_date(day),
    )
    notify(session, contact, wording, language=question.language, at=at)


def _content_key(session: Session, asked: Asked) -> str:
    content = [
        asked.kind, asked.text, asked.answer_by, asked.contact.stored, asked.language, asked.name,
    ]  # fmt: skip
    return keyring(session).blind_index("family_questions", json.dumps(content))
