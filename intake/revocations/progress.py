"""How far a revocation has come at each destination, and with the family."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.model import Consent, Revocation
from intake.messages.model import TAKEN, MessageState, OutgoingMessage
from intake.revocations.model import RevocationCase, ToldHow
from intake.sharing.confirmations import BY_RECEIPT, BY_STAFF, needs_word
from intake.sharing.model import Confirmation, Publication, PublicationState


class DestinationState(StrEnum):
    """Where one destination stands with one revocation."""

    WAITING = "waiting"
    """Not sent yet, or not fetched."""
    FAILING = "failing"
    """Tried without success, and tried again."""
    DEAD_LETTER = "dead_letter"
    """Refused for good: a person replays or settles it."""
    SETTLED = "settled"
    """A person gave the message up; the destination's word is still missing."""
    SENT = "sent"
    """It took the message, and has not said that the identity is hidden."""
    CONFIRMED = "confirmed"


class ConfirmedBy(StrEnum):
    """Whose word it is that the identity is hidden."""

    CALLBACK = "callback"
    RECEIPT = "receipt"
    STAFF = "staff"


class FamilyState(StrEnum):
    """Whether the family knows that it is done."""

    NOT_YET = "not_yet"
    """There is nothing to tell before the identity is hidden everywhere."""
    ON_ITS_WAY = "on_its_way"
    NO_CONTACT = "no_contact"
    """Signed without a phone or email: a person must tell them."""
    FAILED = "failed"
    """Our message did not arrive: a person must tell them."""
    TOLD = "told"
    CANNOT_BE_TOLD = "cannot_be_told"


@dataclass(frozen=True, slots=True)
class DestinationProgress:
    """One destination's part in a case."""

    destination_id: str
    state: DestinationState
    sent_at: datetime | None
    """When it had taken everything about this revocation."""
    attempts: int
    error: str | None
    confirmed_at: datetime | None
    confirmed_by: ConfirmedBy | None
    dead_letters: tuple[str, ...]
    """Ids of publications that wait for a person."""


@dataclass(frozen=True, slots=True)
class FamilyProgress:
    """The family's part in a case."""

    state: FamilyState
    at: datetime | None = None
    how: ToldHow | None = None
    by: str | None = None
    """The member of staff who told them."""

    @property
    def needs_person(self) -> bool:
        """Whether nobody but a person can tell them."""
        return self.state in {FamilyState.NO_CONTACT, FamilyState.FAILED}


def destinations_of(
    session: Session, revocation_ids: Collection[str]
) -> dict[str, tuple[DestinationProgress, ...]]:
    """Each revocation's destinations by their ids; empty where nobody had to be told."""
    sent = _publications(session, revocation_ids)
    confirmations = {
        (one.revocation_id, one.destination_id): one
        for one in session.scalars(
            select(Confirmation).where(Confirmation.revocation_id.in_(revocation_ids))
        )
    }
    found: dict[str, list[DestinationProgress]] = {id: [] for id in revocation_ids}
    for key in sorted(sent.keys() | confirmations.keys()):
        revocation_id, destination_id = key
        progress = _destination(destination_id, sent.get(key, []), confirmations.get(key))
        found[revocation_id].append(progress)
    return {revocation_id: tuple(each) for revocation_id, each in found.items()}


def family_of(
    revocation: Revocation, row: RevocationCase | None, message: MessageState | None
) -> FamilyProgress:
    """Whether the family is told; ``message`` is how our message stands, if it is still there."""
    if row is not None and row.told_at is not None:
        is_told = row.told_how is not ToldHow.CANNOT
        state = FamilyState.TOLD if is_told else FamilyState.CANNOT_BE_TOLD
        return FamilyProgress(state, row.told_at, row.told_how, row.told_by)
    if revocation.completed_at is None:
        return FamilyProgress(FamilyState.NOT_YET)
    if row is None or row.message_id is None:
        return FamilyProgress(FamilyState.NO_CONTACT)
    if message is MessageState.QUEUED or message in TAKEN:  # sent: the worker closes the case
        return FamilyProgress(FamilyState.ON_ITS_WAY)
    return FamilyProgress(FamilyState.FAILED)


def messages_of(session: Session, rows: Collection[RevocationCase]) -> dict[str, MessageState]:
    """How the families' messages stand, by id; those that are forgotten are missing."""
    ids = {row.message_id for row in rows if row.message_id is not None}
    query = select(OutgoingMessage.id, OutgoingMessage.state).where(OutgoingMessage.id.in_(ids))
    return {id: state for id, state in session.execute(query)}  # noqa: C416  (typed so)


def _publications(
    session: Session, revocation_ids: Collection[str]
) -> dict[tuple[str, str], list[Publication]]:
    query = (
        select(Publication)
        .join(Consent, Consent.id == Publication.consent_id)
        .where(Publication.revocation_id.in_(revocation_ids), needs_word())
        .order_by(Publication.sequence)
    )
    found = defaultdict(list)
    for publication in session.scalars(query):
        found[str(publication.revocation_id), publication.destination_id].append(publication)
    return found


def _destination(
    destination_id: str, publications: Sequence[Publication], confirmation: Confirmation | None
) -> DestinationProgress:
    times = [one.delivered_at for one in publications]
    arrived = [time for time in times if time is not None]
    return DestinationProgress(
        destination_id=destination_id,
        state=DestinationState.CONFIRMED if confirmation else _state(publications),
        sent_at=max(arrived) if arrived and len(arrived) == len(times) else None,
        attempts=sum(one.attempts for one in publications),
        error=next((one.error for one in publications if one.error), None),
        confirmed_at=confirmation.confirmed_at if confirmation else None,
        confirmed_by=_by(confirmation.webhook_id) if confirmation else None,
        dead_letters=tuple(one.id for one in publications if one.state is PublicationState.DEAD),
    )


def _state(publications: Sequence[Publication]) -> DestinationState:
    """That of the message that has come least far: one a consent may have been sent."""
    states = {one.state for one in publications}
    if PublicationState.DEAD in states:
        return DestinationState.DEAD_LETTER
    if PublicationState.PENDING in states:
        has_failed = any(
            one.state is PublicationState.PENDING and one.error for one in publications
        )
        return DestinationState.FAILING if has_failed else DestinationState.WAITING
    if PublicationState.SETTLED in states:
        return DestinationState.SETTLED
    return DestinationState.SENT


def _by(webhook_id: str) -> ConfirmedBy:
    if webhook_id.startswith(BY_STAFF):
        return ConfirmedBy.STAFF
    return ConfirmedBy.RECEIPT if webhook_id.startswith(BY_RECEIPT) else ConfirmedBy.CALLBACK
