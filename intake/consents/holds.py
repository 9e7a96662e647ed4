"""Holds: a paper, or a reply to a text message, that may take permission back makes decisions deny
until a person has looked.

A hold ends nothing; it keeps a consent from counting, and sharing systems are told to stop
meanwhile (intake/sharing/outbox.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.consents import ledger
from intake.consents.ledger import Actor, LedgerEvent
from intake.consents.model import Hold
from intake.consents.states import EventKind, HoldReason
from intake.roster.scope import EVERY_SCHOOL, SchoolScope


def is_on_hold(student_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a hold is in place, as a part of a query: a decision stays one query."""
    return exists().where(Hold.student_id == student_id, Hold.lifted_at.is_(None))


def place_hold(
    session: Session,
    student_id: str,
    *,
    paper_id: str,
    reason: HoldReason,
    actor: Actor,
    at: datetime,
) -> Hold:
    """Deny from now on; the same paper's hold on the same student is placed once.

    ``paper_id`` is a scanned paper's, or that of a reply (``messages/inbound.py``).
    """
    ledger.hold(session)
    earlier = _in_place(session, paper_id)
    for hold in earlier:
        if hold.student_id == student_id:
            return hold
    hold = Hold(student_id=student_id, reason=reason, paper_id=paper_id, placed_at=at)
    session.add(hold)
    session.flush()
    _record(session, EventKind.HOLD_PLACED, hold, actor=actor, at=at)
    return hold


def lift_holds(
    session: Session,
    paper_id: str,
    *,
    actor: Actor,
    at: datetime,
    keep_student: str | None = None,
    scope: SchoolScope = EVERY_SCHOOL,
) -> None:
    """End a paper's holds: a person, or a certain reading, has settled it.

    ``keep_student``: only those on other students, where the paper turned out to be another's.
    ``scope``: only those on students of the schools for which the person may act.
    """
    ledger.hold(session)
    for hold in _in_place(session, paper_id, scope):
        if hold.student_id != keep_student:
            hold.lifted_at = at
            _record(session, EventKind.HOLD_LIFTED, hold, actor=actor, at=at)


def has_holds(session: Session, paper_id: str) -> bool:
    """Whether a paper still stops anything."""
    return bool(_in_place(session, paper_id))


def _in_place(session: Session, paper_id: str, scope: SchoolScope = EVERY_SCHOOL) -> list[Hold]:
    query = select(Hold).where(
        Hold.paper_id == paper_id, Hold.lifted_at.is_(None), scope.students(Hold.student_id)
    )
    return list(session.scalars(query.order_by(Hold.placed_at, Hold.id)))


def _record(session: Session, kind: EventKind, hold: Hold, *, actor: Actor, at: datetime) -> None:
    ledger.record(
        session,
        kind,
        at=at,
        actor=actor,
        student_id=hold.student_id,
        data={"hold": hold.id, "reason": hold.reason.value, "paper": hold.paper_id},
    )


@dataclass(slots=True)
class ProjectedHold:
    """A hold as the ledger tells it; field names are the table's columns."""

    student_id: str
    reason: HoldReason
    paper_id: str
    placed_at: datetime
    lifted_at: datetime | None


def projected_holds(session: Session) -> dict[str, ProjectedHold]:
    """Every hold that the ledger knows, by id; what is unreadable there is left out."""
    query = (
        select(LedgerEvent)
        .where(LedgerEvent.kind.in_([EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED]))
        .order_by(LedgerEvent.sequence)
    )
    found: dict[str, ProjectedHold] = {}
    for event in session.scalars(query):
        try:
            facts: dict[str, Any] = event.values()
            if event.kind is EventKind.HOLD_LIFTED:
                found[facts["hold"]].lifted_at = event.at
                continue
            found[facts["hold"]] = ProjectedHold(
                event.student_id, HoldReason(facts["reason"]), facts["paper"], event.at, None
            )
        except (ValueError, LookupError, TypeError):
            continue
    return found


def hold_differences(session: Session) -> Iterator[str]:
    """Holds whose rows do not say what the ledger says, one line each."""
    rows = {hold.id: hold for hold in session.scalars(select(Hold))}
    told = projected_holds(session)
    for hold_id in sorted(rows.keys() | told.keys()):
        if hold_id not in told:
            yield f"hold {hold_id} is not in the ledger"
        elif hold_id not in rows:
            yield f"hold {hold_id} was deleted; the ledger has it"
        elif _facts(rows[hold_id]) != told[hold_id]:
            yield f"hold {hold_id} differs from the ledger"


def rebuild_holds(session: Session) -> int:
    """Write every hold anew from the ledger; returns how many rows changed."""
    rows = {hold.id: hold for hold in session.scalars(select(Hold))}
    changed = 0
    for hold_id, told in projected_holds(session).items():
        row = rows.get(hold_id)
        if row is not None and _facts(row) == told:
            continue
        session.merge(
            Hold(
                id=hold_id,
                student_id=told.student_id,
                reason=told.reason,
                paper_id=told.paper_id,
                placed_at=told.placed_at,
                lifted_at=told.lifted_at,
            )
        )
        changed += 1
    session.flush()
    return changed


def _facts(hold: Hold) -> ProjectedHold:
    return ProjectedHold(
        hold.student_id, hold.reason, hold.paper_id, hold.placed_at, hold.lifted_at
    )
