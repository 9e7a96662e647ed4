"""Dead letters: publications that a destination refuses, and what a person decides about them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, undefer

from intake.consents import ledger
from intake.consents.ledger import Actor, LedgerEvent
from intake.consents.states import EventKind
from intake.sharing.claims import NEVER
from intake.sharing.connectors import CONNECTORS, Delivery
from intake.sharing.events import with_sequence
from intake.sharing.model import Destination, Publication, PublicationState
from intake.sharing.order import Place, overtaken

LONGEST_REASON = 200


class NotADeadLetter(Exception):
    """No dead letter has this id: unknown, or somebody was quicker."""


class ConsentHasEnded(Exception):
    """A grant is not sent once its consent has ended, in writing or by its dates, or a paper holds
    it; settle it instead."""


class ReasonMissing(ValueError):
    """A reason of 1 to 200 letters is needed; it stays on the ledger for good."""


def dead_letters(
    session: Session,
    *,
    destination_id: str | None = None,
    revocation_id: str | None = None,
    limit: int = 1000,
) -> Sequence[Publication]:
    """What waits for a person, in the ledger's order: all, or of one destination or revocation."""
    query = (
        select(Publication)
        .where(Publication.state == PublicationState.DEAD)
        .order_by(Publication.sequence, Publication.destination_id)
        .limit(limit)
    )
    if destination_id is not None:
        query = query.where(Publication.destination_id == destination_id)
    if revocation_id is not None:
        query = query.where(Publication.revocation_id == revocation_id)
    return session.scalars(query).all()


def replay(
    session: Session, publication_id: str, *, reason: str, by: Actor, at: datetime, today: date
) -> Publication:
    """Send a dead letter on its way again. ``today`` in the school's zone.

    Where the destination may have something newer of the student already, which a receiver that
    keeps the order would not look behind, the letter gets a new place, and so does what waits
    behind it. Raises NotADeadLetter, ReasonMissing, and ConsentHasEnded for a grant that is no
    longer in force: a late grant must not undo an ending.
    """
    letter = _taken(session, publication_id, reason)
    if overtaken(session, [Place.of(letter)], today=today):
        raise ConsentHasEnded
    destination = session.get_one(Destination, letter.destination_id)
    is_fetched = CONNECTORS[destination.kind].delivery is Delivery.FETCHED
    is_late = _has_newer(session, letter)
    for one in [letter, *(_waiting_behind(session, letter) if is_late else ())]:
        event = _write_down(
            session, EventKind.PUBLICATION_REPLAYED, one, reason=reason, by=by, at=at
        )
        if is_late:
            one.body = with_sequence(one.body, event.sequence)
            one.sequence = event.sequence
    letter.state = PublicationState.PENDING
    letter.next_attempt_at = NEVER if is_fetched else at
    letter.shipment = letter.position = letter.delivered_at = letter.accepted_at = None
    return letter


def settle_letter(
    session: Session, publication_id: str, *, reason: str, by: Actor, at: datetime
) -> Publication:
    """Give a dead letter up, because it is of no use, or was told in another way.

    A revocation still waits for the destination's word that the identity is hidden.
    Raises NotADeadLetter, ReasonMissing.
    """
    letter = _taken(session, publication_id, reason)
    letter.state = PublicationState.SETTLED
    _write_down(session, EventKind.PUBLICATION_SETTLED, letter, reason=reason, by=by, at=at)
    return letter


def _taken(session: Session, publication_id: str, reason: str) -> Publication:
    """The letter, for us alone; no revocation can come in between from here on."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise ReasonMissing(f"give a reason of 1 to {LONGEST_REASON} letters, without names")
    ledger.hold(session)
    letter = session.get(Publication, publication_id, with_for_update=True, populate_existing=True)
    if letter is None or letter.state is not PublicationState.DEAD:
        raise NotADeadLetter
    return letter


def _has_newer(session: Session, letter: Publication) -> bool:
    """Whether the destination has, or may have, a later event of the student."""
    query = select(Publication.id).where(*_later(letter), Publication.attempts > 0)
    return session.scalars(query.limit(1)).first() is not None


def _waiting_behind(session: Session, letter: Publication) -> list[Publication]:
    """What would otherwise arrive before the letter, though it came after it; for us alone."""
    query = (
        select(Publication)
        .where(*_later(letter), Publication.state == PublicationState.PENDING)
        .order_by(Publication.sequence)
        .with_for_update()
        .options(undefer(Publication.body))
    )
    return list(session.scalars(query))


def _later(letter: Publication) -> tuple[ColumnElement[bool], ...]:
    return (
        Publication.destination_id == letter.destination_id,
        Publication.student_id == letter.student_id,
        Publication.sequence > letter.sequence,
    )


def _write_down(
    session: Session,
    kind: EventKind,
    letter: Publication,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> LedgerEvent:
    return ledger.record(
        session,
        kind,
        at=at,
        actor=by,
        student_id=letter.student_id,
        consent_id=letter.consent_id,
        revocation_id=letter.revocation_id,
        data={
            "publication": letter.id,
            "destination": letter.destination_id,
            "event": letter.event_id,
            "refused": letter.error,
            "reason": reason.strip(),
        },
    )
