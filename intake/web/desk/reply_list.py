"""What the pages about replies and about numbers to check show."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, case, exists, not_, or_, select
from sqlalchemy.orm import Session

from intake.consents.model import Hold
from intake.messages.contacts import Contact
from intake.messages.known import is_of, students_of
from intake.messages.model import ContactFlag, InboundMessage, Meaning
from intake.messages.optouts import is_key_stopped, stopped_among
from intake.roster.model import Student
from intake.roster.scope import SchoolScope

MOST = 100
"""Rows on a page; what is done leaves the list."""


class ReplyFilter(StrEnum):
    """Which replies are shown."""

    OPEN = "open"
    ALL = "all"

    @classmethod
    def of(cls, value: str) -> "ReplyFilter":
        """As an address says it; anything else: those that wait."""
        return cls.ALL if value == cls.ALL else cls.OPEN


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One reply, and whose number it came from."""

    reply: InboundMessage
    number: str
    students: tuple[Student, ...]
    """Those of the reader's schools."""


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One number or address that should be checked."""

    flag: ContactFlag
    contact: str
    students: tuple[Student, ...]
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a contact besides whose it is."""

    is_stopped: bool
    flag: ContactFlag | None


def reply_rows(session: Session, scope: SchoolScope, shown: ReplyFilter) -> list[ReplyRow]:
    """The newest replies, those that may take permission back first while they wait."""
    query = select(InboundMessage).where(is_of(scope, InboundMessage.contact_key)).limit(MOST)
    if shown is ReplyFilter.OPEN:
        is_doubt = case((InboundMessage.meaning == Meaning.REVOKE, 0), else_=1)
        query = query.where(InboundMessage.settled_at.is_(None), _waits_for(scope)).order_by(
            is_doubt
        )
    replies = list(session.scalars(query.order_by(InboundMessage.received_at.desc())))
    students = students_of(session, {one.contact_key for one in replies}, scope)
    return [
        ReplyRow(
            one, Contact.from_stored(one.sender).value, tuple(students.get(one.contact_key, ()))
        )
        for one in replies
    ]


def _waits_for(scope: SchoolScope) -> ColumnElement[bool]:
    """Not what holds back students of other schools only: those schools are to say."""
    holding = exists().where(Hold.paper_id == InboundMessage.id, Hold.lifted_at.is_(None))
    return or_(not_(holding), holding.where(scope.students(Hold.student_id)))


def flag_rows(session: Session, scope: SchoolScope) -> list[FlagRow]:
    """The numbers and addresses to check, those that failed last first."""
    query = (
        select(ContactFlag)
        .where(ContactFlag.settled_at.is_(None), is_of(scope, ContactFlag.contact_key))
        .order_by(ContactFlag.last_at.desc())
        .limit(MOST)
    )
    flags = list(session.scalars(query))
    keys = {one.contact_key for one in flags}
    students, stopped = students_of(session, keys, scope), stopped_among(session, keys)
    return [
        FlagRow(
            one,
            Contact.from_stored(one.contact).value,
            tuple(students.get(one.contact_key, ())),
            one.contact_key in stopped,
        )
        for one in flags
    ]


def standing_of(session: Session, contact_key: str | None) -> Standing | None:
    """What staff should know of a contact before they use it; None: nothing special."""
    if contact_key is None:
        return None
    flag = session.scalars(
        select(ContactFlag).where(
            ContactFlag.contact_key == contact_key, ContactFlag.settled_at.is_(None)
        )
    ).first()
    is_stopped = is_key_stopped(session, contact_key)
    return Standing(is_stopped, flag) if is_stopped or flag else None
