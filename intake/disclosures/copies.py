"""A copy of what was disclosed, for the family that asks for one (34 CFR 99.30(c)(1)).

The product knows what was disclosed, when and to whom; the records themselves are the school's. So
a person answers each request, and says how.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.ledger import SIGNER, Actor, LedgerEvent
from intake.consents.states import ActorKind, EventKind
from intake.db.base import Base, new_id
from intake.db.limits import Limit, count_attempt
from intake.db.types import EncryptedText, EnumText, UtcDateTime
from intake.disclosures.model import Disclosure
from intake.roster.scope import EVERY_SCHOOL, SchoolScope

ANSWERED_WITHIN = timedelta(days=45)
"""34 CFR 99.10(b)."""
REQUEST_LIMIT = Limit("copy-request", 20, timedelta(hours=1))
"""For one student: enough for a family that ticks one at a time."""


class CopyAnswer(StrEnum):
    """How the family got its copy."""

    HANDED_OVER = "handed_over"
    MAILED = "mailed"
    SENT_BY_SCHOOL = "sent_by_school"
    """The school sent it from its own records."""


class NothingChosen(ValueError):
    """No disclosure of this student was chosen, or a copy of each was asked for already."""


class CopyRequestUnknown(LookupError):
    """There is no such request, or somebody has answered it already."""


class CopyRequest(Base):
    """One family's request; the ledger has it too (``copy_requested``, ``copy_answered``)."""

    __tablename__ = "copy_requests"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    relationship_kind: Mapped[Relationship] = mapped_column(EnumText(Relationship))
    requester_name: Mapped[str] = mapped_column(EncryptedText("copy_requests.requester_name"))
    contact: Mapped[str] = mapped_column(EncryptedText("copy_requests.contact"))
    """``kind:value`` of the contact that a code reached."""
    language: Mapped[str] = mapped_column(String(12))
    disclosures: Mapped[list[str]] = mapped_column(JSON)
    """Ids of what was chosen."""
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    answer: Mapped[CopyAnswer | None] = mapped_column(EnumText(CopyAnswer))

    __table_args__ = (
        Index("ix_copy_requests_student", "student_id"),
        # What is open is always few, however many there have been.
        Index(
            "ix_copy_requests_open",
            "requested_at",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )


def request_copies(
    session: Session,
    student_id: str,
    chosen: Sequence[str],
    *,
    relationship: Relationship,
    requester_name: str,
    contact: str,
    language: str,
    at: datetime,
) -> CopyRequest:
    """Ask for a copy of these disclosures; staff see it, and the ledger has it.

    Whether the requester may ask is access.py's question. What is open already is not asked for
    twice. Raises NothingChosen, TooManyAttempts.
    """
    ledger.hold(session)  # two presses of the button at once make one request
    count_attempt(session, REQUEST_LIMIT, student_id, at=at)
    waiting = {one for request in copies_of(session, student_id)
               if request.answered_at is None for one in request.disclosures}  # fmt: skip
    query = select(Disclosure.id).where(
        Disclosure.student_id == student_id, Disclosure.id.in_(sorted(set(chosen) - waiting))
    )
    found = sorted(session.scalars(query))
    if not found:
        raise NothingChosen
    request = CopyRequest(
        id=new_id(),
        student_id=student_id,
        relationship_kind=relationship,
        requester_name=requester_name,
        contact=contact,
        language=language,
        disclosures=found,
        requested_at=at,
    )
    session.add(request)
    session.flush()
    facts = {"request": request.id, "relationship": relationship.value, "disclosures": found}
    ledger.record(
        session, EventKind.COPY_REQUESTED, at=at, actor=SIGNER, student_id=student_id, data=facts
    )
    return request


def answer_request(
    session: Session, request_id: str, answer: CopyAnswer, *, staff_id: str, at: datetime
) -> CopyRequest:
    """The family has its copy. Raises CopyRequestUnknown."""
    ledger.hold(session)
    request = session.get(CopyRequest, request_id, populate_existing=True)
    if request is None or request.answered_at is not None:
        raise CopyRequestUnknown
    request.answered_at, request.answered_by, request.answer = at, staff_id, answer
    session.flush()
    ledger.record(
        session,
        EventKind.COPY_ANSWERED,
        at=at,
        actor=Actor(ActorKind.STAFF, staff_id),
        student_id=request.student_id,
        data={"request": request.id, "answer": answer.value},
    )
    return request


def open_copy_requests(session: Session, scope: SchoolScope = EVERY_SCHOOL) -> list[CopyRequest]:
    """What waits for a person, the oldest first."""
    query = (
        select(CopyRequest)
        .where(CopyRequest.answered_at.is_(None), scope.students(CopyRequest.student_id))
        .order_by(CopyRequest.requested_at, CopyRequest.id)
    )
    return list(session.scalars(query))


def is_request_within(session: Session, request_id: str, scope: SchoolScope) -> bool:
    """Whether there is such a request, about a student of these schools."""
    query = select(CopyRequest.id).where(
        CopyRequest.id == request_id, scope.students(CopyRequest.student_id)
    )
    return session.scalars(query).first() is not None


def copies_of(session: Session, student_id: str) -> list[CopyRequest]:
    """Every request about one student, oldest first."""
    query = (
        select(CopyRequest)
        .where(CopyRequest.student_id == student_id)
        .order_by(CopyRequest.requested_at, CopyRequest.id)
    )
    return list(session.scalars(query))


def newest_by_disclosure(requests: Sequence[CopyRequest]) -> Mapping[str, CopyRequest]:
    """Where each disclosure's newest request stands; ``requests`` oldest first."""
    return {one: request for request in requests for one in request.disclosures}


def copy_differences(session: Session) -> Iterator[str]:
    """Requests whose rows do not say what the ledger says, one line each."""
    told: dict[str, tuple[str, list[str], str | None]] = {}
    kinds = (EventKind.COPY_REQUESTED, EventKind.COPY_ANSWERED)
    query = select(LedgerEvent).where(LedgerEvent.kind.in_(kinds)).order_by(LedgerEvent.sequence)
    for event in session.scalars(query):
        try:
            facts = event.values()
            if event.kind is EventKind.COPY_REQUESTED:
                told[facts["request"]] = (event.student_id, facts["disclosures"], None)
            else:
                told[facts["request"]] = (*told[facts["request"]][:2], facts["answer"])
        except (ValueError, LookupError, TypeError, AttributeError):
            yield f"copy request of event {event.sequence} can't be read"
    columns = select(
        CopyRequest.id, CopyRequest.student_id, CopyRequest.disclosures, CopyRequest.answer
    )
    rows = {
        row.id: (row.student_id, row.disclosures, row.answer) for row in session.execute(columns)
    }
    for request_id in sorted(told.keys() | rows.keys()):
        if request_id not in rows:
            yield f"copy request {request_id} was deleted; the ledger has it"
        elif request_id not in told:
            yield f"copy request {request_id} is not in the ledger"
        elif rows[request_id] != told[request_id]:
            yield f"copy request {request_id} differs from the ledger"
