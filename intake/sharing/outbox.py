"""From the ledger to the outbox: what commits with a consent is what destinations are told.

An ending follows its grant to every destination that has, or may have, received the grant, and
cancels the grant where it still waits. A grant that nobody has tried to send has disclosed
nothing: its ending is not published, and nothing needs to be hidden.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.states import EventKind
from intake.db.engine import Subscriber
from intake.roster.model import Student
from intake.sharing.confirmations import complete_if_hidden_everywhere
from intake.sharing.events import ENDINGS, PublishedType, ended_event, given_event, revoked_event
from intake.sharing.model import Destination, Publication, PublicationState


def publication_subscriber(base_url: str) -> Subscriber:
    """What to add to ``Database.subscribers``; ``base_url`` becomes the events' source."""

    def subscriber(session: Session, event: Any) -> None:
        publish(session, event, source=base_url)

    return subscriber


def publish(session: Session, event: LedgerEvent, *, source: str) -> None:
    """Write what this entry means for each destination, in the transaction that records it."""
    if event.kind is EventKind.ACTIVATED:
        destinations = session.scalars(select(Destination.id).where(Destination.active))
        _add(session, event, event.consent_id, PublishedType.GIVEN, destinations, source=source)
    elif event.kind is EventKind.REVOKED:
        _follow_grant(session, event, PublishedType.REVOKED, source=source)
    elif event.kind in ENDINGS:
        _follow_grant(session, event, PublishedType.ENDED, source=source)
    elif event.kind is EventKind.REVOCATION_RECORDED:
        _finish_revocation(session, event, source=source)


def _follow_grant(
    session: Session, event: LedgerEvent, kind: PublishedType, *, source: str
) -> None:
    """Tell of an ending wherever the grant went, whether or not the destination is still active."""
    _cancel_waiting_grants(session, event)
    told = select(Publication.destination_id).where(
        Publication.consent_id == event.consent_id, _is_disclosed_grant()
    )
    _add(session, event, event.consent_id, kind, session.scalars(told), source=source)


def _finish_revocation(session: Session, event: LedgerEvent, *, source: str) -> None:
    """After each consent's own entry: tell those who know the student from an earlier consent.

    They may hold the identity from a consent that expired, while the one revoked now was never
    published. Where nobody holds anything, the revocation is complete.
    """
    already = select(Publication.destination_id).where(
        Publication.revocation_id == event.revocation_id
    )
    grants = (
        select(Publication.destination_id, Publication.consent_id)
        .where(
            Publication.student_id == event.student_id,
            Publication.destination_id.not_in(already),
            _is_disclosed_grant(),
        )
        .order_by(Publication.sequence)
    )
    latest = dict(session.execute(grants).all())
    for destination, consent_id in latest.items():
        _add(session, event, consent_id, PublishedType.REVOKED, [destination], source=source)
    revocation = session.get_one(Revocation, event.revocation_id)
    complete_if_hidden_everywhere(session, revocation, at=event.at)


def _cancel_waiting_grants(session: Session, event: LedgerEvent) -> None:
    """Names must not travel once consent has ended.

    A grant that a worker is sending at this moment stays; the publisher does not repeat it.
    """
    is_unclaimed = or_(Publication.claimed_until.is_(None), Publication.claimed_until <= event.at)
    session.execute(
        update(Publication)
        .where(
            Publication.consent_id == event.consent_id,
            Publication.type == PublishedType.GIVEN,
            Publication.state == PublicationState.PENDING,
            is_unclaimed,
        )
        .values(state=PublicationState.CANCELLED, claimed_by=None, claimed_until=None)
        .execution_options(synchronize_session="fetch")
    )


def _is_disclosed_grant() -> ColumnElement[bool]:
    """Whether a destination has the grant, or may have it: a failed attempt counts too."""
    return and_(Publication.type == PublishedType.GIVEN, Publication.attempts > 0)


_BODIES = {
    PublishedType.GIVEN: given_event,
    PublishedType.REVOKED: revoked_event,
    PublishedType.ENDED: ended_event,
}


def _add(
    session: Session,
    event: LedgerEvent,
    consent_id: str | None,
    kind: PublishedType,
    destinations: Iterable[str],
    *,
    source: str,
) -> None:
    destination_ids = list(destinations)
    if not destination_ids:
        return
    consent = session.get_one(Consent, consent_id)
    student = session.get_one(Student, event.student_id)
    body = _BODIES[kind](event, consent, student, source=source)
    session.add_all(
        Publication(
            event_id=event.id,
            destination_id=destination_id,
            sequence=event.sequence,
            student_id=event.student_id,
            consent_id=consent_id,
            revocation_id=event.revocation_id,
            type=kind,
            body=body,
            state=PublicationState.PENDING,
            attempts=0,
            next_attempt_at=event.at,
        )
        for destination_id in destination_ids
    )
    session.flush()
