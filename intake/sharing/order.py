"""The order of a student's events at a destination, and which grants must not travel any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased, load_only

from intake.consents.decide import state_on
from intake.consents.holds import is_on_hold
from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.sharing.events import GRANTS, PublishedType
from intake.sharing.model import Publication, PublicationState

_FOR_GOOD = {PublishedType.ENDED, PublishedType.REVOKED}
"""After these the consent never comes back, whatever its place in the order."""


@dataclass(frozen=True, slots=True)
class Place:
    """A publication, by what decides whether it may still be sent."""

    id: str
    destination_id: str
    consent_id: str | None
    type: str
    sequence: int

    @classmethod
    def of(cls, row: Publication) -> "Place":
        """Of a row that is loaded already."""
        return cls(row.id, row.destination_id, row.consent_id, row.type, row.sequence)


def has_earlier_waiting() -> ColumnElement[bool]:
    """Whether the same destination still waits for an earlier event of the same student.

    A dead letter holds back later grants, until a person has looked at it: it may be an ending.
    It holds back no ending, and nothing that says that a part was taken back.
    """
    earlier = aliased(Publication)
    waits = earlier.state == PublicationState.PENDING
    is_dead = earlier.state == PublicationState.DEAD
    found = select(literal(1)).where(
        earlier.destination_id == Publication.destination_id,
        earlier.student_id == Publication.student_id,
        earlier.state.in_((PublicationState.PENDING, PublicationState.DEAD)),
        or_(waits, and_(is_dead, gives_more())),
        earlier.sequence < Publication.sequence,
    )
    # Not EXISTS: after many new rows PostgreSQL's planner, knowing the table as it was, joins
    # everything that waits with itself for every batch. LIMIT keeps it to one look into the index
    # for each row that is taken.
    return func.coalesce(found.limit(1).scalar_subquery(), 0) == 1


def gives_more() -> ColumnElement[bool]:
    """Whether a publication may let a destination share what it did not share before it."""
    return and_(Publication.type.in_(GRANTS), Publication.revocation_id.is_(None))


def overtaken(session: Session, places: Sequence[Place], *, today: date) -> set[str]:
    """Grants that must not travel (again), by id: names are not disclosed after an ending.

    Their consent has ended, in writing or by ``today`` (in the school's zone) without anybody
    having written it yet; or a paper holds it; or this destination is told something later of it,
    also that a part was taken back.
    """
    grants = [place for place in places if place.type in GRANTS]
    if not grants:
        return set()
    consents = {place.consent_id for place in grants if place.consent_id is not None}
    in_force = consents_in_force(session, consents, today=today)
    later = select(
        Publication.destination_id, Publication.consent_id, Publication.type, Publication.sequence
    ).where(Publication.consent_id.in_(consents))
    stops: dict[tuple[str, str | None], int] = {}
    ended = set()
    for destination_id, consent_id, kind, sequence in session.execute(later):
        key = (destination_id, consent_id)
        stops[key] = max(sequence, stops.get(key, 0))
        if kind in _FOR_GOOD:
            ended.add(key)
    return {
        place.id
        for place in grants
        if place.consent_id not in in_force
        or (key := (place.destination_id, place.consent_id)) in ended
        or stops.get(key, 0) > place.sequence
    }


def consents_in_force(session: Session, ids: set[str], *, today: date) -> set[str]:
    """Those of the consents that count on a day, dates and holds included."""
    query = (
        select(Consent, is_on_hold(Consent.student_id))
        .where(Consent.id.in_(ids))
        .options(
            load_only(
                Consent.state,
                Consent.valid_until,
                Consent.relationship_kind,
                Consent.rights_transfer_on,
            )
        )
        .execution_options(populate_existing=True)
    )
    return {
        consent.id
        for consent, on_hold in session.execute(query)
        if not on_hold and state_on(consent, today) is ConsentState.ACTIVE
    }
