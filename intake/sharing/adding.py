"""Putting an event on its way: one row of the outbox for each destination."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent
from intake.roster.model import Student
from intake.sharing.claims import NEVER
from intake.sharing.connectors import CONNECTORS, Delivery
from intake.sharing.events import DATA_OF, DataOf, PublishedType, cloud_event, given
from intake.sharing.model import Destination, Publication, PublicationState


def add_publications(
    session: Session,
    event: LedgerEvent,
    consent_id: str | None,
    kind: PublishedType,
    destinations: Iterable[str],
    *,
    source: str,
    sequence: int | None = None,
    data_of: DataOf | None = None,
) -> None:
    """Put one event on its way to each destination.

    ``sequence``: another place in the order than the ledger's, for what is told later on.
    ``data_of``: what is told, where the kind alone does not say.
    """
    destination_ids = list(destinations)
    if not destination_ids:
        return
    consent = session.get_one(Consent, consent_id)
    student = session.get_one(Student, _published_as(session, consent.id) or consent.student_id)
    place = event.sequence if sequence is None else sequence
    data_for = data_of or DATA_OF[kind]
    data = data_for(event, consent, student)
    body = cloud_event(kind, event, consent, data, source=source, sequence=place)
    is_plain_grant = kind is PublishedType.GIVEN and data_for is given
    fetching = _fetching(session)
    session.add_all(
        Publication(
            event_id=event.id,
            destination_id=destination_id,
            sequence=place,
            student_id=student.id,
            consent_id=consent_id,
            # A plain grant asks for no confirmation.
            revocation_id=None if is_plain_grant else event.revocation_id,
            type=kind,
            body=body,
            state=PublicationState.PENDING,
            attempts=0,
            next_attempt_at=NEVER if destination_id in fetching else event.at,
        )
        for destination_id in destination_ids
    )
    session.flush()


def _published_as(session: Session, consent_id: str) -> str | None:
    """The student's id under which a consent was published first.

    Who was merged with another since is known there by that id, and must be hidden by it.
    """
    query = (
        select(Publication.student_id)
        .where(Publication.consent_id == consent_id, Publication.type == PublishedType.GIVEN)
        .order_by(Publication.sequence)
        .limit(1)
    )
    return session.scalars(query).first()


def _fetching(session: Session) -> set[str]:
    """Destinations for which the worker does nothing."""
    kinds = [name for name, kind in CONNECTORS.items() if kind.delivery is Delivery.FETCHED]
    return set(session.scalars(select(Destination.id).where(Destination.kind.in_(kinds))))
