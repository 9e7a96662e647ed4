"""Seeing a revocation through: who has acted on it, and when it is complete."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, null, or_, select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.model import Consent, Revocation
from intake.consents.revoke import REVOCABLE
from intake.consents.states import ActorKind, EventKind
from intake.sharing.events import PublishedType
from intake.sharing.model import Confirmation, Publication, PublicationState

BY_RECEIPT = "receipt "
"""How ``Confirmation.webhook_id`` begins for a line of a receipt file."""
BY_STAFF = "staff "
"""How it begins for a person's word; the id of the account follows."""


class RevocationUnknown(Exception):
    """There is no revocation with this id."""


class NeverTold(Exception):
    """This revocation was never sent to this destination, so it can't have acted on it."""


class AlreadyConfirmed(Exception):
    """The identity is confirmed to be hidden at this destination."""


class NotHidden(Exception):
    """Everything was taken back, and the destination says only that a part is no longer shared."""


def confirm_hidden(
    session: Session,
    *,
    destination_id: str,
    revocation_id: str,
    event_id: str,
    webhook_id: str,
    at: datetime,
    only_part: bool = False,
) -> None:
    """Take a destination's word that the student's identity is hidden there; or, where a part was
    taken back, that it shares no more of that part.

    ``event_id`` is the published event it acted on; ``only_part``: it says no more than that a
    part is not shared. The last destination's word completes the revocation. Saying it again
    changes nothing. Raises RevocationUnknown, NeverTold, NotHidden.
    """
    ledger.hold(session)  # two last destinations at once must see each other
    revocation = session.get(Revocation, revocation_id)
    if revocation is None:
        raise RevocationUnknown
    event_type = _told(session, destination_id, revocation_id, event_id)
    if event_type is None:
        raise NeverTold
    if only_part and event_type == PublishedType.REVOKED:
        raise NotHidden
    if session.get(Confirmation, (revocation_id, destination_id)) is not None:
        return
    _write_down(
        session,
        revocation,
        destination_id,
        event_type,
        webhook_id=webhook_id,
        actor=Actor(ActorKind.DESTINATION, destination_id),
        data={"event": event_id},
        at=at,
    )


def confirm_by_staff(
    session: Session,
    *,
    destination_id: str,
    revocation_id: str,
    staff_id: str,
    evidence: Mapping[str, str],
    at: datetime,
) -> None:
    """Take a person's word, with what it rests on, where the destination itself says nothing.

    Also where our event never arrived: the person may have told them in another way. An event
    that still waits is sent all the same. Raises RevocationUnknown, NeverTold (this destination
    has nothing to hide), AlreadyConfirmed.
    """
    ledger.hold(session)
    revocation = session.get(Revocation, revocation_id)
    if revocation is None:
        raise RevocationUnknown
    concerned = select(Publication.type).where(
        Publication.revocation_id == revocation_id, Publication.destination_id == destination_id
    )
    types = set(session.scalars(concerned))
    if not types:
        raise NeverTold
    event_type = PublishedType.REVOKED if PublishedType.REVOKED in types else PublishedType.GIVEN
    if session.get(Confirmation, (revocation_id, destination_id)) is not None:
        raise AlreadyConfirmed
    _write_down(
        session,
        revocation,
        destination_id,
        event_type,
        webhook_id=f"{BY_STAFF}{staff_id}",
        actor=Actor(ActorKind.STAFF, staff_id),
        data={"destination": destination_id, **evidence},
        at=at,
    )


def _write_down(
    session: Session,
    revocation: Revocation,
    destination_id: str,
    event_type: str,
    *,
    webhook_id: str,
    actor: Actor,
    data: Mapping[str, str],
    at: datetime,
) -> None:
    session.add(
        Confirmation(
            revocation_id=revocation.id,
            destination_id=destination_id,
            confirmed_at=at,
            webhook_id=webhook_id,
        )
    )
    is_part = event_type != PublishedType.REVOKED
    ledger.record(
        session,
        EventKind.PART_WITHDRAWN if is_part else EventKind.IDENTITY_HIDDEN,
        at=at,
        actor=actor,
        student_id=revocation.student_id,
        revocation_id=revocation.id,
        data=data,
    )
    complete_if_hidden_everywhere(session, revocation, at=at)


def complete_if_hidden_everywhere(
    session: Session, revocation: Revocation, *, at: datetime
) -> None:
    """Complete a revocation that no destination has yet to confirm.

    Also one that no destination had to be told of: the ledger's subscriber (sharing.outbox)
    asks as soon as a revocation is recorded.
    """
    if revocation.completed_at is not None:
        return
    session.flush()
    confirmed = select(Confirmation.destination_id).where(
        Confirmation.revocation_id == revocation.id
    )
    missing = (
        select(Publication.id)
        .join(Consent, Consent.id == Publication.consent_id)
        .where(
            Publication.revocation_id == revocation.id,
            needs_word(),
            Publication.destination_id.not_in(confirmed),
        )
    )
    if session.scalars(missing.limit(1)).first() is not None:
        return
    revocation.completed_at = at
    ledger.record(
        session,
        EventKind.REVOCATION_COMPLETED,
        at=at,
        actor=SYSTEM,
        student_id=revocation.student_id,
        revocation_id=revocation.id,
    )


def needs_word() -> ColumnElement[bool]:
    """Whether a destination must confirm what this publication says; for a join with its consent.

    A part of a consent that has ended altogether needs no word of its own, nor one that is not
    sent because something later says it too.
    """
    is_open_part = and_(
        Publication.state != PublicationState.CANCELLED, Consent.state.in_(REVOCABLE)
    )
    return or_(Publication.type == PublishedType.REVOKED, is_open_part)


def complete_overtaken(session: Session, *, at: datetime) -> None:
    """Complete letters about a part whose last missing word is no longer needed."""
    query = select(Revocation.id).where(
        Revocation.completed_at.is_(None), Revocation.elements.is_not(null())
    )
    for revocation_id in session.scalars(query.order_by(Revocation.id)).all():
        ledger.hold(session)
        # Read now: another worker, or the destination's word, may have completed it meanwhile.
        revocation = session.get_one(Revocation, revocation_id, populate_existing=True)
        complete_if_hidden_everywhere(session, revocation, at=at)


def publications_of(session: Session, consent_id: str) -> Sequence[Publication]:
    """What was, or will be, published of a consent, in order."""
    query = (
        select(Publication)
        .where(Publication.consent_id == consent_id)
        .order_by(Publication.sequence, Publication.destination_id)
    )
    return session.scalars(query).all()


def _told(session: Session, destination_id: str, revocation_id: str, event_id: str) -> str | None:
    """The type of the event that it was told of this revocation.

    An attempt that seemed to fail counts: the answer may have been lost, not the event.
    """
    query = select(Publication.type).where(
        Publication.revocation_id == revocation_id,
        Publication.destination_id == destination_id,
        Publication.event_id == event_id,
        Publication.attempts > 0,
    )
    return session.scalars(query).first()
