"""Trainings of staff: who was trained, and for how long it counts."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, record
from intake.accounts.model import Staff
from intake.accounts.sign_in_model import StaffTraining
from intake.consents.ledger import Actor


class InTheFuture(ValueError):
    """A training that has not taken place yet."""


class OwnTraining(ValueError):
    """Somebody else must say that one was trained."""


def record_training(
    session: Session, staff: Staff, completed_on: date, *, today: date, by: Actor, at: datetime
) -> None:
    """Put on record that somebody was trained. Raises InTheFuture, OwnTraining."""
    if completed_on > today:
        raise InTheFuture("the training's day has not come yet")
    if by.id == staff.id:
        raise OwnTraining("somebody else must record it")
    session.add(StaffTraining(staff_id=staff.id, completed_on=completed_on, recorded_at=at))
    record(
        session,
        AccountEventKind.TRAINING_RECORDED,
        staff_id=staff.id,
        by=by,
        at=at,
        data={"completed_on": completed_on.isoformat()},
    )


def trained_on(session: Session, staff_id: str) -> date | None:
    """The day of the last training."""
    query = select(func.max(StaffTraining.completed_on)).where(StaffTraining.staff_id == staff_id)
    return session.scalars(query).one()


def trainings(session: Session) -> dict[str, date]:
    """The day of everybody's last training, by account."""
    query = select(StaffTraining.staff_id, func.max(StaffTraining.completed_on))
    rows = session.execute(query.group_by(StaffTraining.staff_id))
    return {staff_id: day for staff_id, day in rows}  # noqa: C416


def is_trained(completed_on: date | None, lasts: timedelta, *, today: date) -> bool:
    """Whether a training still counts; on its last day it does."""
    return completed_on is not None and today <= completed_on + lasts
