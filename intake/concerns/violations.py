"""Suspected violations: reported, seen by the right people, closed by two of them.

Whom a report names neither sees nor settles it. One person proposes how it is closed, and another
one agrees; until then it stays open, and reminds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from forms.text import clean_lines
from intake.accounts.model import Staff
from intake.concerns import history
from intake.concerns.errors import (
    AlreadyClosed,
    ConcernUnknown,
    NothingProposed,
    SamePerson,
    TextUnusable,
)
from intake.concerns.model import FamilyQuestion, Violation
from intake.concerns.opening import due, new_number
from intake.concerns.states import ConcernStep, ViolationOutcome
from intake.concerns.wording import tell_governance
from intake.config import Settings
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.states import ActorKind
from intake.db.limits import Limit, TooManyAttempts, count_attempt
from intake.roster.model import Student
from intake.roster.scope import SchoolScope

LONGEST = 4000
"""Characters of a report, and of the note that closes it."""
MOST_SHOWN = 500
MAILS_OF_FAMILIES = Limit("violation:mails", 10, timedelta(hours=1))
"""Who floods the public form floods no committee: the list, and its reminders, have all of them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a member of staff reports. All but the text may be unknown."""

    text: str = field(repr=False)
    named: tuple[str, ...] = ()
    """Ids of staff whom it concerns."""
    student_id: str | None = None
    partner_id: str | None = None
    disclosure_id: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at reports: never at those that concern themselves."""

    staff_id: str
    schools: SchoolScope

    @property
    def actor(self) -> Actor:
        """For the history."""
        return Actor(ActorKind.STAFF, self.staff_id)

    def may_see(self, violation: Violation) -> bool:
        """Whether it doesn't concern them; the query has seen to the schools."""
        return self.staff_id not in violation.named


def report(
    session: Session, settings: Settings, reported: Report, *, staff_id: str, at: datetime
) -> Violation:
    """Put a suspicion on the governance list, and tell the governance addresses.

    Raises TextUnusable.
    """
    violation = _violation(session, settings, _checked(reported.text), at=at)
    violation.named = sorted(_known_staff(session, reported.named))
    violation.reporter_id = staff_id
    violation.student_id = reported.student_id
    violation.partner_id = reported.partner_id
    violation.disclosure_id = reported.disclosure_id
    return _open(session, settings, violation, by=Actor(ActorKind.STAFF, staff_id), at=at)


def suspect(
    session: Session,
    settings: Settings,
    question: FamilyQuestion,
    *,
    at: datetime,
    by: Actor = SYSTEM,
) -> Violation:
    """Put what a family wrote on the governance list, once; its contact stays with the question."""
    known = select(Violation).where(Violation.question_id == question.id)
    found = session.scalars(known).first()
    if found is not None:
        return found
    violation = _violation(session, settings, question.text or "", at=at)
    violation.question_id = question.id
    return _open(session, settings, violation, by=by, at=at)


def open_violations(session: Session, viewer: Viewer) -> Sequence[Violation]:
    """What this person may see and is not closed, oldest first."""
    query = (
        _within(viewer.schools).where(Violation.closed_at.is_(None)).order_by(Violation.reported_at)
    )
    return _others(session, viewer, query)


def closed_violations(session: Session, viewer: Viewer) -> Sequence[Violation]:
    """What this person may see and is closed, newest first."""
    query = _within(viewer.schools).where(Violation.closed_at.is_not(None))
    return _others(session, viewer, query.order_by(Violation.closed_at.desc()))


def find_violation(session: Session, violation_id: str, viewer: Viewer) -> Violation:
    """One of them. Raises ConcernUnknown, also where it concerns the person who asks."""
    query = _within(viewer.schools).where(Violation.id == violation_id)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None or not viewer.may_see(found):
        raise ConcernUnknown
    return found


def is_violation_within(session: Session, violation_id: str, schools: SchoolScope) -> bool:
    """Whether there is such a report, about no student or about one of these schools."""
    query = _within(schools).where(Violation.id == violation_id)
    return session.scalars(query).first() is not None


def is_overdue(violation: Violation, at: datetime) -> bool:
    """Whether it shall have been settled by now."""
    return violation.closed_at is None and at > violation.due_at


def name_staff(
    session: Session, violation_id: str, staff_id: str, *, by: Viewer, at: datetime
) -> None:
    """Say that it concerns another member of staff, who no longer sees it; what they proposed goes.

    Raises ConcernUnknown, AlreadyClosed.
    """
    violation = _held(session, violation_id, by)
    if staff_id in violation.named or not _known_staff(session, [staff_id]):
        return
    violation.named = sorted([*violation.named, staff_id])
    if violation.proposed_by == staff_id:
        _take_back(violation)
    data = {"staff": staff_id}
    history.record(session, violation, ConcernStep.NAMED, by=by.actor, at=at, data=data)


def propose(
    session: Session,
    violation_id: str,
    outcome: ViolationOutcome,
    note: str,
    *,
    by: Viewer,
    at: datetime,
) -> None:
    """Say what it turned out to be, and what was done; somebody else has to agree.

    Raises ConcernUnknown, AlreadyClosed, TextUnusable.
    """
    violation = _held(session, violation_id, by)
    violation.outcome, violation.note = outcome, _checked(note)
    violation.proposed_by = by.staff_id
    data = {"outcome": outcome.value}
    history.record(session, violation, ConcernStep.CLOSING_PROPOSED, by=by.actor, at=at, data=data)


def proposal_of(session: Session, violation: Violation) -> int | None:
    """Which proposal waits: what a second person agrees to must be what they have read."""
    if violation.proposed_by is None:
        return None
    return history.newest(session, violation, ConcernStep.CLOSING_PROPOSED)


def agree(
    session: Session, violation_id: str, *, proposal: int | None, by: Viewer, at: datetime
) -> None:
    """Close it as somebody else proposed; ``proposal`` is the one that was read.

    Raises ConcernUnknown, AlreadyClosed, NothingProposed, SamePerson.
    """
    violation = _proposed(session, violation_id, by, proposal)
    violation.closed_by, violation.closed_at = by.staff_id, at
    data = {"outcome": violation.outcome.value if violation.outcome else ""}
    history.record(session, violation, ConcernStep.CLOSED, by=by.actor, at=at, data=data)


def refuse(
    session: Session, violation_id: str, *, proposal: int | None, by: Viewer, at: datetime
) -> None:
    """Don't agree: the proposal goes, and it stays open. Raises as ``agree`` does."""
    violation = _proposed(session, violation_id, by, proposal)
    _take_back(violation)
    history.record(session, violation, ConcernStep.CLOSING_REFUSED, by=by.actor, at=at)


def _violation(session: Session, settings: Settings, text: str, *, at: datetime) -> Violation:
    return Violation(
        number=new_number(),
        reported_at=at,
        due_at=due(session, settings, settings.violation_days, at=at),
        text=text,
        named=[],
        reminded_step=0,
    )


def _open(
    session: Session, settings: Settings, violation: Violation, *, by: Actor, at: datetime
) -> Violation:
    session.add(violation)
    history.record(session, violation, ConcernStep.REPORTED, by=by, at=at)
    if by.kind is ActorKind.STAFF or _may_mail(session, at=at):
        tell_governance(session, settings, violation.id, violation.number, at=at)
    return violation


def _may_mail(session: Session, *, at: datetime) -> bool:
    try:
        count_attempt(session, MAILS_OF_FAMILIES, "", at=at)
    except TooManyAttempts:
        return False
    return True


def _within(schools: SchoolScope) -> Select[Violation]:
    """Those about students of these schools, and those that name no student."""
    return (
        select(Violation)
        .outerjoin(Student, Student.id == Violation.student_id)
        .where(or_(Violation.student_id.is_(None), schools.condition(Student.school_id)))
    )


def _others(session: Session, viewer: Viewer, query: Select[Violation]) -> Sequence[Violation]:
    found = session.scalars(query.limit(MOST_SHOWN)).all()
    return [violation for violation in found if viewer.may_see(violation)]


def _held(session: Session, violation_id: str, viewer: Viewer) -> Violation:
    history.hold(session)
    violation = find_violation(session, violation_id, viewer)
    if violation.closed_at is not None:
        raise AlreadyClosed
    return violation


def _proposed(
    session: Session, violation_id: str, viewer: Viewer, proposal: int | None
) -> Violation:
    violation = _held(session, violation_id, viewer)
    if violation.proposed_by is None:
        raise NothingProposed
    if violation.proposed_by == viewer.staff_id:
        raise SamePerson
    if proposal_of(session, violation) != proposal:
        raise NothingProposed
    return violation


def _take_back(violation: Violation) -> None:
    violation.outcome = violation.note = violation.proposed_by = None


def _known_staff(session: Session, ids: Sequence[str]) -> set[str]:
    return set(session.scalars(select(Staff.id).where(Staff.id.in_(ids))))


def _checked(text: str) -> str:
    cleaned = clean_lines(text)
    if not 0 < len(cleaned) <= LONGEST:
        raise TextUnusable
    return cleaned
