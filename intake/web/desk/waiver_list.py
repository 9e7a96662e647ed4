"""The list of waivers: which ones, in which order, and what a row shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.consents.tokens import normal_receipt_code, receipt_key
from intake.roster.model import School, Student
from intake.roster.scope import SchoolScope
from intake.roster.search import matching_students

PAGE_SIZE = 25
_MOST_COUNTED = 100


class ListFilter(StrEnum):
    """What the list can be narrowed to, in the order of the choice."""

    WAITING = "waiting"
    ALL = "all"
    ACTIVE = "active"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    RIGHTS_TRANSFERRED = "rights_transferred"

    @classmethod
    def of(cls, text: str) -> "ListFilter":
        """What an address asks for; everything where it asks for nothing known."""
        return cls(text) if text in {member.value for member in cls} else cls.ALL


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page; the next page begins after it."""

    signed_at: datetime
    consent_id: str

    def as_text(self) -> str:
        """For an address."""
        return f"{self.signed_at.isoformat()}_{self.consent_id}"

    @classmethod
    def from_text(cls, text: str) -> "Cursor | None":
        """The reverse; nothing for what isn't a cursor: the list begins at its start then."""
        moment, _, consent_id = text.partition("_")
        try:
            signed_at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return None if signed_at.tzinfo is None else cls(signed_at, consent_id)


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """One waiver in the list."""

    consent: Consent
    student: Student
    school: School


@dataclass(frozen=True, slots=True)
class WaiverList:
    """One page of the list."""

    rows: tuple[WaiverRow, ...]
    older: Cursor | None
    waiting: int
    """How many wait for staff, counted up to 100."""


def waiver_list(
    session: Session,
    *,
    narrowed: ListFilter,
    search: str,
    after: Cursor | None,
    scope: SchoolScope,
) -> WaiverList:
    """A page of waivers, newest first."""
    query = (
        select(Consent, Student, School)
        .join(Student, Student.id == Consent.student_id)
        .join(School, School.id == Student.school_id)
        .where(scope.condition(Student.school_id))
        .order_by(Consent.signed_at.desc(), Consent.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if narrowed is ListFilter.WAITING:
        query = query.where(Consent.unsettled)
    elif narrowed is not ListFilter.ALL:
        query = query.where(Consent.state == ConsentState(narrowed.value))
    if search:
        query = query.where(_is_found(session, search))
    if after is not None:
        query = _after(query, after)
    rows = [WaiverRow(*found) for found in session.execute(query)]
    shown = tuple(rows[:PAGE_SIZE])
    older = None
    if len(rows) > PAGE_SIZE:
        last = shown[-1].consent
        older = Cursor(last.signed_at, last.id)
    return WaiverList(shown, older, _count_waiting(session, scope))


def _after(
    query: Select[Consent, Student, School], cursor: Cursor
) -> Select[Consent, Student, School]:
    return query.where(
        or_(
            Consent.signed_at < cursor.signed_at,
            and_(Consent.signed_at == cursor.signed_at, Consent.id < cursor.consent_id),
        )
    )


def _is_found(session: Session, search: str) -> ColumnElement[bool]:
    """By names, or by the receipt code that a family reads out on the phone."""
    by_name = Consent.student_id.in_(matching_students(session, search))
    code = normal_receipt_code(search)
    if code is None:
        return by_name
    return or_(by_name, Consent.receipt_key == receipt_key(session, code))


def _count_waiting(session: Session, scope: SchoolScope) -> int:
    is_waiting = and_(Consent.unsettled, scope.students(Consent.student_id))
    query = select(Consent.id).where(is_waiting).limit(_MOST_COUNTED)
    return len(session.scalars(query).all())
