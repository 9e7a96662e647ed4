"""Telling a destination of every consent that is in force already.

For a new destination, and for one that lost its data or whose filters have grown. What it was
told before is left out, so it can be stopped and run again at any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.ledger import SYSTEM, LedgerEvent
from intake.consents.model import Consent
from intake.consents.states import ConsentState, EventKind
from intake.db.engine import Database
from intake.roster.model import Student
from intake.sharing.adding import add_publications
from intake.sharing.events import GRANTS, PublishedType
from intake.sharing.filters import Filters
from intake.sharing.model import Destination, Publication, PublicationState
from intake.sharing.order import consents_in_force

BATCH = 100
"""Consents in one transaction: signing waits meanwhile."""


class DestinationUnknown(Exception):
    """There is no active destination of this name."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    looked_at: int
    of: int
    added: int


def backfill(
    database: Database, destination_id: str, *, today: date, at: datetime, source: str
) -> Iterator[Progress]:
    """Publish every consent in force that the destination may know and was not told of.

    Yields after each batch, which is committed by then. ``today`` in the school's zone; what
    has ended by it is left out. Raises DestinationUnknown.
    """
    with database.read() as session:
        found = session.get(Destination, destination_id)
        if found is None or not found.active:
            raise DestinationUnknown
        filters = Filters.of(found.filters)
        total = session.scalar(select(func.count()).where(Consent.state == ConsentState.ACTIVE))
    looked_at = added = 0
    after = ""
    while True:
        with database.begin() as session:
            ledger.hold(session)  # no ending between looking and publishing
            batch = _batch(session, after)
            added += sum(
                _publish(
                    session, consent, destination_id, filters, today=today, at=at, source=source
                )
                for consent in batch
            )
        looked_at += len(batch)
        yield Progress(looked_at, max(total or 0, looked_at), added)
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def _batch(session: Session, after: str) -> list[Consent]:
    query = (
        select(Consent)
        .where(Consent.state == ConsentState.ACTIVE, Consent.id > after)
        .order_by(Consent.id)
        .limit(BATCH)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _publish(
    session: Session,
    consent: Consent,
    destination_id: str,
    filters: Filters,
    *,
    today: date,
    at: datetime,
    source: str,
) -> bool:
    """Whether this consent was put on its way."""
    student = session.get_one(Student, consent.student_id)
    if not consents_in_force(session, {consent.id}, today=today):
        return False
    if not filters.wants(PublishedType.GIVEN, consent, student):
        return False
    last = _last_told(session, consent.id, destination_id)
    if last is not None and last.type in GRANTS and last.state is not PublicationState.CANCELLED:
        return False
    event = session.scalars(
        select(LedgerEvent).where(
            LedgerEvent.consent_id == consent.id, LedgerEvent.kind == EventKind.ACTIVATED
        )
    ).first()
    if event is None:
        return False
    # Its place is now: behind all that the destination has been told of this student, and
    # before all that is still to come. The first time it keeps its id, so nobody is told twice;
    # after a hold that ended unheard, because the destination was switched off, it is a new event.
    added = ledger.record(
        session,
        EventKind.PUBLICATION_ADDED,
        at=at,
        actor=SYSTEM,
        student_id=consent.student_id,
        consent_id=consent.id,
        data={"destination": destination_id, "event": event.id},
    )
    add_publications(
        session,
        event if last is None else added,
        consent.id,
        PublishedType.GIVEN if last is None else PublishedType.RESUMED,
        [destination_id],
        source=source,
        sequence=added.sequence,
    )
    return True


def _last_told(session: Session, consent_id: str, destination_id: str) -> Publication | None:
    """The last thing that the destination was, or was to be, told of a consent."""
    query = (
        select(Publication)
        .where(Publication.consent_id == consent_id, Publication.destination_id == destination_id)
        .order_by(Publication.sequence.desc())
        .limit(1)
    )
    return session.scalars(query).first()
