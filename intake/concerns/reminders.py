"""Reminding of what waits: one email with everything that is due, however many workers run.

Steps as for revocations' cases: half the time, the deadline, each further working day. The step is
written down in the transaction that queues the email.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.calendar.deadline import closed_days
from intake.calendar.model import EVERY_SCHOOL
from intake.clock import local_date
from intake.concerns import history
from intake.concerns.model import FamilyQuestion, Violation
from intake.concerns.states import ConcernStep
from intake.concerns.wording import remind_of_questions, remind_of_violations
from intake.config import Settings
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database
from intake.messages.to_staff import STAFF_LANGUAGE
from intake.revocations.reminders import DEADLINE, newest_step
from translations import language

_Concern = TypeVar("_Concern", FamilyQuestion, Violation)


def remind_of_concerns(database: Database, settings: Settings, *, at: datetime) -> int:
    """Queue the emails whose time has come; returns of how many concerns they remind."""
    with database.read() as session:
        due = len(_due_questions(session, settings, at=at))
        due += len(_due_violations(session, settings, at=at))
    if not due:
        return 0
    with database.begin() as session:
        history.hold(session)
        return _questions(session, settings, at=at) + _violations(session, settings, at=at)


def _questions(session: Session, settings: Settings, *, at: datetime) -> int:
    """The owner, or coordinators where there is none; from the deadline on both."""
    due = _due_questions(session, settings, at=at)
    if not due:
        return 0
    query = select(Staff).where(Staff.disabled_at.is_(None))
    emails = {staff.id: staff.email for staff in session.scalars(query)}
    lines: dict[str, list[str]] = {}
    for question, step in due:
        owner = emails.get(question.owner_id or "")
        to_coordinators = step >= DEADLINE or owner is None
        addresses = [owner] if owner else []
        addresses += settings.coordinator_emails if to_coordinators else ()
        for address in dict.fromkeys(addresses):
            lines.setdefault(address, []).append(_line(settings, question))
        _remember(session, question, step, at=at)
    for address, own in lines.items():
        remind_of_questions(session, settings, own, [address], at=at)
    return len(due)


def _violations(session: Session, settings: Settings, *, at: datetime) -> int:
    due = _due_violations(session, settings, at=at)
    if due:
        lines = [_line(settings, violation) for violation, _ in due]
        remind_of_violations(session, settings, lines, at=at)
    for violation, step in due:
        _remember(session, violation, step, at=at)
    return len(due)


def _remember(
    session: Session, concern: FamilyQuestion | Violation, step: int, *, at: datetime
) -> None:
    concern.reminded_step = step
    history.record(session, concern, ConcernStep.REMINDED, by=SYSTEM, at=at, data={"step": step})


def _due_questions(
    session: Session, settings: Settings, *, at: datetime
) -> list[tuple[FamilyQuestion, int]]:
    waiting = (
        select(FamilyQuestion)
        .where(FamilyQuestion.closed_at.is_(None), FamilyQuestion.answered_at.is_(None))
        .order_by(FamilyQuestion.asked_at)
    )
    found = session.scalars(waiting.execution_options(populate_existing=True)).all()
    return _due(session, settings, [(one, one.asked_at) for one in found], at=at)


def _due_violations(
    session: Session, settings: Settings, *, at: datetime
) -> list[tuple[Violation, int]]:
    is_open = Violation.closed_at.is_(None)
    query = select(Violation).where(is_open).order_by(Violation.reported_at)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    return _due(session, settings, [(one, one.reported_at) for one in found], at=at)


def _due(
    session: Session, settings: Settings, waiting: Sequence[tuple[_Concern, datetime]], *,
    at: datetime,
) -> list[tuple[_Concern, int]]:  # fmt: skip
    """Those whose next step has come, and which it is; ``waiting`` says when each began."""
    if not waiting:
        return []
    zone = settings.time_zone
    first = min(began_at for _, began_at in waiting)
    closed = closed_days(session, EVERY_SCHOOL, after=local_date(first, zone))
    steps = [
        (one, newest_step(began_at, one.due_at, at=at, zone=zone, closed=closed))
        for one, began_at in waiting
    ]
    return [(one, step) for one, step in steps if step > one.reminded_step]


def _line(settings: Settings, concern: FamilyQuestion | Violation) -> str:
    day = local_date(concern.due_at, settings.time_zone)
    return f"{concern.number}  {language(STAFF_LANGUAGE).long_date(day)}"
