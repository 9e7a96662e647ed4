"""The feed of one destination: what it has not acknowledged yet, in order.

An event gets its place when it is read for the first time, and keeps it. Asking for what comes
after a place acknowledges everything up to it. Until then an ending cancels the grant in front
of it, exactly as in the outbox: a grant that nobody has read is never read, and one that was
read but not acknowledged is not shown again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased, undefer

from intake.sharing.formats import rendered
from intake.sharing.model import Destination, Publication, PublicationState
from intake.sharing.order import Place, gives_more, overtaken

MOST_EVENTS = 500


class CursorUnknown(ValueError):
    """This place was never given out to this destination."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and the cursor that acknowledges them."""

    bodies: Sequence[str] = field(repr=False)
    next: int
    more: bool
    """Whether others wait already."""


def is_waiting(session: Session, destination: Destination) -> bool:
    """Whether there is anything to read; costs one look at an index."""
    query = select(exists().where(*_waiting(destination)))
    return bool(session.scalar(query))


def acknowledge(session: Session, destination: Destination, after: int, *, at: datetime) -> None:
    """Take it that the destination has everything up to this place. Raises CursorUnknown."""
    if not 0 <= after <= destination.feed_position:
        raise CursorUnknown
    session.execute(
        update(Publication)
        .where(*_waiting(destination), Publication.position <= after)
        .values(state=PublicationState.DELIVERED, delivered_at=at, error=None)
        .execution_options(synchronize_session=False)
    )


def read_page(
    session: Session, destination: Destination, *, after: int, limit: int, today: date
) -> Page:
    """Give out the next events; those given out before, and not acknowledged, again.

    ``today`` in the school's zone: what has ended by it is not shown. Counts as an attempt at
    each: whoever is shown a grant must be told of its ending.
    """
    # Two readers of one feed take turns, and no place is given twice. Nobody's new publication
    # has to wait: the key itself is not locked.
    session.refresh(destination, with_for_update={"key_share": True})
    rows = list(
        session.scalars(
            select(Publication)
            .where(*_waiting(destination), ~_is_held_back())
            .order_by(
                Publication.position.is_(None),
                Publication.position,
                Publication.sequence,
                Publication.id,
            )
            .limit(limit + 1)
            .options(undefer(Publication.body))
            .with_for_update()
        )
    )
    ended = overtaken(session, [Place.of(row) for row in rows], today=today)
    bodies = []
    for row in rows[:limit]:
        if row.id in ended:
            row.state = PublicationState.CANCELLED
            continue
        if row.position is None:
            destination.feed_position += 1
            row.position = destination.feed_position
        row.attempts += 1
        after = row.position
        bodies.append(rendered(row.body, destination.format))
    return Page(bodies, after, more=len(rows) > limit)


def _waiting(destination: Destination) -> tuple[ColumnElement[bool], ...]:
    return (
        Publication.destination_id == destination.id,
        Publication.state == PublicationState.PENDING,
    )


def _is_held_back() -> ColumnElement[bool]:
    """Whether a grant stands behind a dead letter of its student; what is left of one does not."""
    earlier = aliased(Publication)
    return gives_more() & exists().where(
        earlier.destination_id == Publication.destination_id,
        earlier.student_id == Publication.student_id,
        earlier.state == PublicationState.DEAD,
        earlier.sequence < Publication.sequence,
    )
