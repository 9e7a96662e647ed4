"""Which revocations a sharing system has yet to follow, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, select, tuple_
from sqlalchemy.orm import Session

from intake.accounts.api_clients import Reach
from intake.consents.model import Revocation
from intake.roster.model import Student
from intake.sharing.events import PublishedType
from intake.sharing.model import Confirmation, Publication


class RevocationState(StrEnum):
    """Whether every sharing system has hidden the identity."""

    OPEN = "open"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: what comes after it is later, or as late and of a greater id."""

    due_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Told:
    """A destination that was, or is to be, told of a revocation; ``event_id`` is what it confirms.

    ``hidden_at``: when it said that the identity is hidden; None while it has not.
    """

    destination_id: str
    event_id: str
    hidden_at: datetime | None


@dataclass(frozen=True, slots=True)
class Followed:
    """A revocation and how far the client's destinations have followed it."""

    id: str
    student_id: str
    signed_at: datetime
    due_at: datetime
    completed_at: datetime | None
    destinations: tuple[Told, ...]

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.due_at, self.id)


@dataclass(frozen=True, slots=True)
class FollowedPage:
    """Some revocations, and where the next page begins, if there is one."""

    revocations: tuple[Followed, ...]
    next: Place | None


def followed_revocations(
    session: Session, *, state: RevocationState, reach: Reach, after: Place | None, limit: int
) -> FollowedPage:
    """Those of which the client's destinations were told, of its schools, the most urgent first."""
    query = _within(select(Revocation), reach)
    if state is RevocationState.OPEN:
        query = query.where(Revocation.completed_at.is_(None))
    else:
        query = query.where(Revocation.completed_at.is_not(None))
    if after is not None:
        place = tuple_(Revocation.due_at, Revocation.id)
        query = query.where(place > tuple_(after.due_at, after.id))
    query = query.order_by(Revocation.due_at, Revocation.id).limit(limit + 1)
    found = session.scalars(query).all()
    page = found[:limit]
    told = _told(session, [one.id for one in page], reach)
    rows = tuple(
        Followed(
            one.id,
            one.student_id,
            one.signed_at,
            one.due_at,
            one.completed_at,
            tuple(told.get(one.id, ())),
        )
        for one in page
    )
    return FollowedPage(rows, rows[-1].place if len(found) > limit else None)


def is_of_reach(session: Session, revocation_id: str, reach: Reach) -> bool:
    """Whether there is such a revocation, of a student of the client's schools."""
    query = (
        select(Student.school_id)
        .join(Revocation, Revocation.student_id == Student.id)
        .where(Revocation.id == revocation_id)
    )
    school_id = session.scalars(query).one_or_none()
    return school_id is not None and reach.has_school(school_id)


def _within(query: Select[Revocation], reach: Reach) -> Select[Revocation]:
    query = query.where(exists().where(*_publication(reach)))
    if reach.schools is None:
        return query
    of_schools = select(Student.id).where(Student.school_id.in_(sorted(reach.schools)))
    return query.where(Revocation.student_id.in_(of_schools))


def _publication(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    conditions = (
        Publication.revocation_id == Revocation.id,
        Publication.type == PublishedType.REVOKED,
    )
    if reach.destinations is None:
        return conditions
    return (*conditions, Publication.destination_id.in_(sorted(reach.destinations)))


def _told(session: Session, ids: Sequence[str], reach: Reach) -> dict[str, list[Told]]:
    query = (
        select(
            Revocation.id,
            Publication.destination_id,
            Publication.event_id,
            Confirmation.confirmed_at,
        )
        .join(Publication, Publication.revocation_id == Revocation.id)
        .outerjoin(
            Confirmation,
            (Confirmation.revocation_id == Revocation.id)
            & (Confirmation.destination_id == Publication.destination_id),
        )
        .where(Revocation.id.in_(ids), *_publication(reach))
        .order_by(Publication.destination_id, Publication.sequence)
    )
    told: dict[str, list[Told]] = {}
    for revocation_id, destination_id, event_id, hidden_at in session.execute(query):
        told.setdefault(revocation_id, []).append(Told(destination_id, event_id, hidden_at))
    return told
