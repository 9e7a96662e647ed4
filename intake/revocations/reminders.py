"""Reminding a case's owner, and after the deadline the coordinators too.

Steps of a case: 1 half the time has passed; 2 the deadline has come; 3, 4, … each further working
day. The email is queued in the transaction that writes the step down, so that it is queued once
whatever dies, on however many workers; after downtime only the newest step is told.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.calendar.deadline import closed_days
from intake.clock import local_date
from intake.config import Settings
from intake.consents import ledger
from intake.consents.dates import is_working_day, working_days_after
from intake.consents.ledger import SYSTEM
from intake.consents.model import Revocation
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.messages.to_staff import REMINDS_FOR, STAFF_LANGUAGE, tell_staff
from intake.revocations.cases import row_of
from intake.revocations.model import RevocationCase
from intake.revocations.owners import Owners
from intake.revocations.wording import case_wording
from intake.roster.model import Student
from translations import language

HALF, DEADLINE = 1, 2


def newest_step(
    signed_at: datetime,
    due_at: datetime,
    *,
    at: datetime,
    zone: ZoneInfo,
    closed: AbstractSet[date] = frozenset(),
) -> int:
    """The last step that has come by ``at``; 0 before the first. Steps fall on working days."""
    half = (signed_at + (due_at - signed_at) / 2).astimezone(zone)
    if not is_working_day(half.date(), closed):
        half = working_days_after(half, 1, closed)
    if at < min(half, due_at):
        return 0
    if at < due_at:
        return HALF
    step, next_day = DEADLINE, working_days_after(due_at.astimezone(zone), 1, closed)
    while next_day <= at:
        step, next_day = step + 1, working_days_after(next_day, 1, closed)
    return step


def remind_due(database: Database, settings: Settings, *, at: datetime) -> int:
    """Queue the emails whose time has come; returns for how many cases."""
    query = (
        select(Revocation, RevocationCase.reminded_step, Student.school_id)
        .join(Student, Student.id == Revocation.student_id)
        .outerjoin(RevocationCase, RevocationCase.revocation_id == Revocation.id)
        .where(Revocation.closed_at.is_(None))
    )
    with database.read() as session:
        due = [
            revocation.id
            for revocation, reminded, school_id in session.execute(query)
            if _step(session, settings, revocation, school_id, at=at) > (reminded or 0)
        ]
    reminded = 0
    for revocation_id in due:
        with database.begin() as session:
            reminded += _remind(session, settings, revocation_id, at=at)
    return reminded


def _remind(session: Session, settings: Settings, revocation_id: str, *, at: datetime) -> bool:
    """One case's newest step, unless another worker was quicker or the case is closed by now."""
    ledger.hold(session)
    revocation = session.get_one(Revocation, revocation_id, populate_existing=True)
    school_id = session.get_one(Student, revocation.student_id).school_id
    row = row_of(session, revocation_id)
    step = _step(session, settings, revocation, school_id, at=at)
    if revocation.closed_at is not None or step <= row.reminded_step:
        return False
    row.reminded_step, row.reminded_at = step, at
    owners = Owners(session)
    owner_id = owners.of(school_id, row.owner_id)
    addresses = [owners.email(owner_id)] if owner_id else []
    to_coordinators = step >= DEADLINE or owner_id is None
    if to_coordinators:
        addresses += settings.coordinator_emails
    _queue(session, settings, revocation, addresses, is_overdue=step >= DEADLINE, at=at)
    ledger.record(
        session,
        EventKind.CASE_REMINDED,
        at=at,
        actor=SYSTEM,
        student_id=revocation.student_id,
        revocation_id=revocation_id,
        data={"step": step, "owner": owner_id, "coordinators": to_coordinators},
    )
    return True


def _step(
    session: Session, settings: Settings, revocation: Revocation, school_id: str, *, at: datetime
) -> int:
    zone = settings.time_zone
    closed = closed_days(session, school_id, after=local_date(revocation.signed_at, zone))
    return newest_step(revocation.signed_at, revocation.due_at, at=at, zone=zone, closed=closed)


def _queue(
    session: Session,
    settings: Settings,
    revocation: Revocation,
    addresses: Iterable[str],
    *,
    is_overdue: bool,
    at: datetime,
) -> None:
    wording = case_wording(
        is_overdue=is_overdue,
        partnership=settings.partnership,
        link=f"{settings.base_url}/desk/revocations/{revocation.id}",
        due=language(STAFF_LANGUAGE).long_time(revocation.due_at.astimezone(settings.time_zone)),
    )
    tell_staff(session, addresses, wording, at=at, useless_after=at + REMINDS_FOR)
