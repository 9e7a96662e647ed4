"""From the ledger to the outbox: what commits with a consent is what destinations are told.

An ending follows its grant to every destination that has, or may have, received the grant, and
cancels the grant where it still waits. A grant that nobody has tried to send has disclosed
nothing: its ending is not published, and nothing needs to be hidden.

While a hold is in place (a paper may take the consent back) no grant waits or is announced, and who
has one is told to stop. Once it is lifted, what is still in force is told anew.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.holds import is_on_hold
from intake.consents.ledger import SYSTEM, LedgerEvent
from intake.consents.model import Consent, Hold, Revocation
from intake.consents.states import ConsentState, EventKind
from intake.db.engine import Subscriber
from intake.roster.identity import all_ids
from intake.roster.model import Student
from intake.sharing.adding import add_publications
from intake.sharing.confirmations import complete_if_hidden_everywhere
from intake.sharing.events import (
    ENDINGS,
    GRANTS,
    DataOf,
    PublishedType,
    given,
    narrowed,
    narrowed_while_held,
    revoked,
)
from intake.sharing.filters import Filters
from intake.sharing.model import Destination, Publication, PublicationState


def publication_subscriber(base_url: str) -> Subscriber:
    """What to add to ``Database.subscribers``; ``base_url`` becomes the events' source."""

    def subscriber(session: Session, event: Any) -> None:
        publish(session, event, source=base_url)

    return subscriber


def publish(session: Session, event: LedgerEvent, *, source: str) -> None:
    """Write what this entry means for each destination, in the transaction that records it."""
    if event.kind is EventKind.ACTIVATED:
        _announce(session, event, source=source)
    elif event.kind is EventKind.HOLD_PLACED:
        _suspend(session, event, source=source)
    elif event.kind is EventKind.HOLD_LIFTED:
        _resume(session, event, source=source)
    elif event.kind is EventKind.REVOKED:
        _follow_grant(session, event, PublishedType.REVOKED, source=source)
    elif event.kind is EventKind.NARROWED:
        _replace_grant(session, event, source=source)
    elif event.kind in ENDINGS:
        _follow_grant(session, event, PublishedType.ENDED, source=source)
    elif event.kind is EventKind.REVOCATION_RECORDED:
        _finish_revocation(session, event, source=source)


def _announce(session: Session, event: LedgerEvent, *, source: str) -> None:
    """Tell of a consent whoever is to know of it; under a hold nobody, until it is lifted."""
    if _is_held(session, event.student_id):
        return
    consent = session.get_one(Consent, event.consent_id)
    wanting = _wanting(session, consent)
    add_publications(session, event, consent.id, PublishedType.GIVEN, wanting, source=source)


def _wanting(session: Session, consent: Consent) -> list[str]:
    """The destinations that may know of this consent now."""
    student = session.get_one(Student, consent.student_id)
    return [
        destination.id
        for destination in session.scalars(select(Destination).where(Destination.active))
        if Filters.of(destination.filters).wants(PublishedType.GIVEN, consent, student)
    ]


def _suspend(session: Session, event: LedgerEvent, *, source: str) -> None:
    """Tell who has a grant of the student to stop; a second hold stops nothing more."""
    holds = select(func.count()).where(
        Hold.student_id == event.student_id, Hold.lifted_at.is_(None)
    )
    if (session.scalar(holds) or 0) > 1:
        return
    for consent, place in _active(session, event):
        _cancel_waiting_grants(session, consent.id, at=event.at)
        told = sorted(_told(session, consent.id))
        add_publications(session, place, consent.id, PublishedType.SUSPENDED, told, source=source)


def _resume(session: Session, event: LedgerEvent, *, source: str) -> None:
    """Tell of what is in force again, once no hold is left; whoever may know it now.

    What has ended by its dates, though nobody has written it yet, is written but never sent:
    see ``overtaken`` in order.py.
    """
    if _is_held(session, event.student_id):
        return
    for consent, place in _active(session, event):
        wanting = _wanting(session, consent)
        add_publications(session, place, consent.id, PublishedType.RESUMED, wanting, source=source)


def _is_held(session: Session, student_id: str) -> bool:
    return bool(session.scalar(select(is_on_hold(student_id))))


def _active(session: Session, hold: LedgerEvent) -> list[tuple[Consent, LedgerEvent]]:
    """The student's consents in force, each with the entry that gives what is told its id and its
    place in the order: the hold's own, but where there are several consents, one of its own."""
    query = select(Consent).where(
        Consent.student_id == hold.student_id, Consent.state == ConsentState.ACTIVE
    )
    return [
        (consent, hold if number == 0 else _place(session, hold, consent))
        for number, consent in enumerate(session.scalars(query.order_by(Consent.signed_at)).all())
    ]


def _place(session: Session, hold: LedgerEvent, consent: Consent) -> LedgerEvent:
    return ledger.record(
        session,
        EventKind.PUBLICATION_ADDED,
        at=hold.at,
        actor=SYSTEM,
        student_id=hold.student_id,
        consent_id=consent.id,
        data={"hold": hold.id},
    )


def _replace_grant(session: Session, event: LedgerEvent, *, source: str) -> None:
    """A part was taken back: what is left goes wherever the grant went, and is to be confirmed.

    Where the grant still waits untried, what is left goes in its stead. Whoever is no longer
    to know of the consent at all, by its filter, hides the identity. While a paper holds the
    consent, what is left is told without the student's name, and is not to be shared yet.
    """
    consent = session.get_one(Consent, event.consent_id)
    student = session.get_one(Student, event.student_id)
    told = _holding(session, consent.id)
    waiting = _cancel_waiting_grants(session, consent.id, at=event.at) - told
    still = {
        destination.id
        for destination in session.scalars(select(Destination))
        if Filters.of(destination.filters).wants(PublishedType.GIVEN, consent, student)
    }
    plan: list[tuple[DataOf, PublishedType, set[str]]] = [
        (revoked, PublishedType.REVOKED, told - still)
    ]
    if _is_held(session, event.student_id):
        plan.append((narrowed_while_held, PublishedType.SUSPENDED, told & still))
    else:
        plan.append((narrowed, PublishedType.GIVEN, told & still))
        plan.append((given, PublishedType.GIVEN, waiting & still))
    for data_of, kind, destinations in plan:
        add_publications(
            session, event, consent.id, kind, sorted(destinations), source=source, data_of=data_of
        )


def _holding(session: Session, consent_id: str) -> set[str]:
    """Destinations that have the consent's grant, or may have it, and were not told to hide it."""
    hidden = select(Publication.destination_id).where(
        Publication.consent_id == consent_id, Publication.type == PublishedType.REVOKED
    )
    return _told(session, consent_id) - set(session.scalars(hidden))


def _told(session: Session, consent_id: str | None) -> set[str]:
    """Destinations that have, or had, the consent's grant, or may have it."""
    query = select(Publication.destination_id).where(
        Publication.consent_id == consent_id, _is_disclosed_grant()
    )
    return set(session.scalars(query))


def _follow_grant(
    session: Session, event: LedgerEvent, kind: PublishedType, *, source: str
) -> None:
    """Tell of an ending wherever the grant went, whether or not the destination is still active."""
    _cancel_waiting_grants(session, event.consent_id, at=event.at)
    asking = _asking_for_endings(session, event, kind)
    destinations = _told(session, event.consent_id).union(asking)
    add_publications(session, event, event.consent_id, kind, sorted(destinations), source=source)


def _asking_for_endings(session: Session, event: LedgerEvent, kind: PublishedType) -> list[str]:
    """Destinations that know students from elsewhere, and asked for endings without grants.

    Only where a consent was in force: of a signature that never counted nobody hears.
    """
    consent = session.get_one(Consent, event.consent_id)
    student = session.get_one(Student, event.student_id)
    asking = [
        destination.id
        for destination in session.scalars(select(Destination).where(Destination.active))
        if Filters.of(destination.filters).wants_endings_alone(kind, consent, student)
    ]
    if not asking or not _was_in_force(session, consent.id):
        return []
    return asking


def _was_in_force(session: Session, consent_id: str) -> bool:
    query = select(LedgerEvent.sequence).where(
        LedgerEvent.consent_id == consent_id, LedgerEvent.kind == EventKind.ACTIVATED
    )
    return session.scalars(query.limit(1)).first() is not None


def _finish_revocation(session: Session, event: LedgerEvent, *, source: str) -> None:
    """After each consent's own entry: tell those who know the student from an earlier consent.

    They may hold the identity from a consent that expired, while the one revoked now was never
    published. Where nobody holds anything, the revocation is complete.
    """
    revocation = session.get_one(Revocation, event.revocation_id)
    if revocation.is_partial:
        complete_if_hidden_everywhere(session, revocation, at=event.at)
        return
    already = select(Publication.destination_id).where(
        Publication.revocation_id == event.revocation_id
    )
    grants = (
        select(Publication.destination_id, Publication.consent_id)
        .where(
            Publication.student_id.in_(all_ids(session, event.student_id)),
            Publication.destination_id.not_in(already),
            _is_disclosed_grant(),
        )
        .order_by(Publication.sequence)
    )
    latest = dict(session.execute(grants).all())
    for destination, consent_id in latest.items():
        add_publications(
            session, event, consent_id, PublishedType.REVOKED, [destination], source=source
        )
    complete_if_hidden_everywhere(session, revocation, at=event.at)


def _cancel_waiting_grants(session: Session, consent_id: str | None, *, at: datetime) -> set[str]:
    """Names must not travel once consent has ended, or may have, nor a part that was taken back.

    A grant that a worker is sending at this moment stays; the publisher does not repeat it.
    Returns the destinations that it was cancelled for.
    """
    is_unclaimed = or_(Publication.claimed_until.is_(None), Publication.claimed_until <= at)
    query = (
        select(Publication)
        .where(
            Publication.consent_id == consent_id,
            Publication.type.in_(GRANTS),
            Publication.state.in_((PublicationState.PENDING, PublicationState.DEAD)),
            is_unclaimed,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    cancelled = session.scalars(query).all()
    for publication in cancelled:
        publication.state = PublicationState.CANCELLED
        publication.claimed_by = publication.claimed_until = None
    session.flush()
    return {publication.destination_id for publication in cancelled}


def _is_disclosed_grant() -> ColumnElement[bool]:
    """Whether a destination has the grant, or may have it: a failed attempt counts too."""
    return and_(Publication.type.in_(GRANTS), Publication.attempts > 0)
