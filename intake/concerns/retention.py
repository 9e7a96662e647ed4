"""Forgetting questions: what a family wrote and who they are goes; that it asked is counted."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.concerns import history
from intake.concerns.model import FamilyQuestion, QuestionReply
from intake.concerns.states import ConcernStep
from intake.config import Settings
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database

_BATCH = 100


def forget_questions(database: Database, settings: Settings, *, at: datetime) -> int:
    """Destroy what identifies a family in questions that were closed long enough ago.

    A question that is open is never forgotten. Returns how many were.
    """
    before = at - timedelta(days=settings.question_retention_days)
    forgotten = 0
    while True:
        with database.begin() as session:
            done = _forget_some(session, before=before, at=at)
        forgotten += done
        if done < _BATCH:
            return forgotten


def _forget_some(session: Session, *, before: datetime, at: datetime) -> int:
    query = (
        select(FamilyQuestion)
        .where(FamilyQuestion.closed_at < before, FamilyQuestion.forgotten_at.is_(None))
        .order_by(FamilyQuestion.closed_at)
        .limit(_BATCH)
    )
    if session.scalars(query.limit(1)).first() is None:
        return 0
    history.hold(session)
    due = session.scalars(query.execution_options(populate_existing=True)).all()
    for question in due:
        question.text = question.name = question.contact = question.note = None
        question.content_key = ""
        question.forgotten_at = at
        replies = select(QuestionReply).where(QuestionReply.question_id == question.id)
        for reply in session.scalars(replies):
            reply.text = reply.interpreter = None
        history.record(session, question, ConcernStep.FORGOTTEN, by=SYSTEM, at=at)
    return len(due)
