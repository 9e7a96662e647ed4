"""Open questions: whose they are, what they turn out to be, and how they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from forms.text import clean_lines
from intake.accounts.model import Staff
from intake.concerns import history
from intake.concerns.errors import AlreadyClosed, ConcernUnknown, TextUnusable
from intake.concerns.model import FamilyQuestion, QuestionReply
from intake.concerns.states import ConcernStep, QuestionOutcome
from intake.concerns.violations import suspect
from intake.config import Settings
from intake.consents.ledger import Actor

LONGEST_NOTE = 500
MOST_SHOWN = 500


class NoSuchOwner(LookupError):
    """A question belongs to a member of staff whose account is open."""


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many questions came in a language. Nobody is identified, also not in those forgotten."""

    language: str
    asked: int
    answered: int
    """In writing or by a call."""
    open: int


def open_questions(session: Session) -> Sequence[FamilyQuestion]:
    """What is not closed: who wants to take permission back first, then the oldest."""
    query = (
        select(FamilyQuestion)
        .where(FamilyQuestion.closed_at.is_(None))
        .order_by(FamilyQuestion.is_revocation.desc(), FamilyQuestion.asked_at)
        .limit(MOST_SHOWN)
    )
    return session.scalars(query).all()


def closed_questions(session: Session) -> Sequence[FamilyQuestion]:
    """The newest that are closed, and not forgotten."""
    query = (
        select(FamilyQuestion)
        .where(FamilyQuestion.closed_at.is_not(None), FamilyQuestion.forgotten_at.is_(None))
        .order_by(FamilyQuestion.closed_at.desc())
        .limit(MOST_SHOWN)
    )
    return session.scalars(query).all()


def find_question(session: Session, question_id: str) -> FamilyQuestion:
    """One question. Raises ConcernUnknown, also for one that is forgotten."""
    question = session.get(FamilyQuestion, question_id, populate_existing=True)
    if question is None or question.forgotten_at is not None:
        raise ConcernUnknown
    return question


def replies_to(session: Session, questions: Sequence[FamilyQuestion]) -> Sequence[QuestionReply]:
    """Every written answer to these, oldest first."""
    query = (
        select(QuestionReply)
        .where(QuestionReply.question_id.in_([question.id for question in questions]))
        .order_by(QuestionReply.at)
    )
    return session.scalars(query).all()


def undelivered(session: Session, questions: Sequence[FamilyQuestion]) -> frozenset[str]:
    """Ids of those whose newest answer did not arrive."""
    newest = {reply.question_id: reply.delivery for reply in replies_to(session, questions)}
    return frozenset(id for id, delivery in newest.items() if delivery.needs_person)


def counts(session: Session) -> Sequence[LanguageCount]:
    """All questions ever, by the language of the answer."""
    answered = FamilyQuestion.outcome.in_((QuestionOutcome.ANSWERED, QuestionOutcome.CALLED))
    query = (
        select(
            FamilyQuestion.language,
            func.count(),
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((FamilyQuestion.closed_at.is_(None), 1), else_=0)),
        )
        .group_by(FamilyQuestion.language)
        .order_by(func.count().desc(), FamilyQuestion.language)
    )
    return [LanguageCount(*row) for row in session.execute(query)]


def assign(session: Session, question_id: str, owner_id: str, *, by: Actor, at: datetime) -> None:
    """Let somebody look after it; again the same one changes nothing.

    Raises ConcernUnknown, AlreadyClosed, NoSuchOwner.
    """
    question = held(session, question_id)
    owner = session.get(Staff, owner_id)
    if owner is None or owner.disabled_at is not None:
        raise NoSuchOwner
    if question.owner_id == owner_id:
        return
    question.owner_id = owner_id
    history.record(session, question, ConcernStep.TAKEN, by=by, at=at, data={"owner": owner_id})


def mark_revocation(session: Session, question_id: str, *, by: Actor, at: datetime) -> None:
    """The family wants to take permission back: it stands first from now on, until it is closed.

    What it wrote is no revocation yet, for nobody knows who wrote it and nothing is signed. Raises
    ConcernUnknown, AlreadyClosed.
    """
    question = held(session, question_id)
    if question.is_revocation:
        return
    question.is_revocation = True
    history.record(session, question, ConcernStep.IS_REVOCATION, by=by, at=at)


def report_as_violation(
    session: Session, settings: Settings, question_id: str, *, by: Actor, at: datetime
) -> str:
    """Put what the family wrote on the governance list; returns its number there.

    Raises ConcernUnknown.
    """
    history.hold(session)
    return suspect(session, settings, find_question(session, question_id), at=at, by=by).number


def close(
    session: Session,
    question_id: str,
    outcome: QuestionOutcome,
    note: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Nothing is left to do. ``note``: what was done, or nothing where an answer shows it.

    What a wish to revoke came to is always said.

    Raises ConcernUnknown, AlreadyClosed, TextUnusable.
    """
    question = held(session, question_id)
    cleaned = clean_lines(note)
    is_shown = outcome is QuestionOutcome.ANSWERED and question.answered_at is not None
    is_shown = is_shown and not question.is_revocation
    if len(cleaned) > LONGEST_NOTE or not (cleaned or is_shown):
        raise TextUnusable
    question.outcome, question.note, question.closed_at = outcome, cleaned or None, at
    data = {"outcome": outcome.value}
    history.record(session, question, ConcernStep.CLOSED, by=by, at=at, data=data)


def held(session: Session, question_id: str) -> FamilyQuestion:
    """An open question, nobody else changing it. Raises ConcernUnknown, AlreadyClosed."""
    history.hold(session)
    question = find_question(session, question_id)
    if question.closed_at is not None:
        raise AlreadyClosed
    return question


def is_waiting(question: FamilyQuestion) -> bool:
    """Whether the family has no answer that counts."""
    return question.closed_at is None and question.answered_at is None


def is_overdue(question: FamilyQuestion, at: datetime) -> bool:
    """Whether it shall have been answered by now."""
    return is_waiting(question) and at > question.due_at
