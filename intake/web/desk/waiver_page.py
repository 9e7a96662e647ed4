"""Everything the page of one waiver shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from forms.document import DataElement, ElementGroup, UnknownDocument, load
from intake.accounts.staff import names_of
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.states import ActorKind, EventKind
from intake.roster.model import Student, StudentSource
from intake.roster.scope import SchoolScope
from intake.roster.search import Candidate, candidates, compare, search_roster
from intake.sharing.confirmations import publications_of
from intake.sharing.events import PublishedType
from intake.sharing.model import Confirmation, Publication
from intake.web.desk.reply_list import Standing, standing_of

_MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of the ledger."""

    sequence: int
    at: datetime
    kind: EventKind
    actor_kind: ActorKind
    actor: str
    """The name of staff, the id of a destination, or nothing."""
    method: str
    """How staff knew who signed (a value of ConfirmationMethod), or nothing."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """Where one sharing system stands with hiding the identity."""

    destination_id: str
    told_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevocationView:
    """A revocation and each sharing system's confirmation."""

    revocation: Revocation
    hidings: tuple[Hiding, ...]

    def is_overdue(self, at: datetime) -> bool:
        """Whether the deadline has passed without every confirmation."""
        return self.revocation.completed_at is None and at > self.revocation.due_at


@dataclass(frozen=True, slots=True)
class WaiverView:
    """One waiver with everything around it."""

    consent: Consent
    student: Student
    contact_kind: str
    contact: str
    groups: tuple[ElementGroup, ...]
    """The data elements that were agreed to, by purpose, in English; empty after a no."""
    events: tuple[EventRow, ...]
    publications: tuple[Publication, ...]
    revocation: RevocationView | None
    candidates: tuple[Candidate, ...]
    standing: Standing | None
    """What staff should know of the contact: no messages wanted, or to be checked."""

    @property
    def needs_student(self) -> bool:
        """Whether staff must also say which roster student it is."""
        return self.consent.unsettled and self.student.source is StudentSource.TYPED


def waiver_view(
    session: Session, consent_id: str, *, search: str, scope: SchoolScope
) -> WaiverView | None:
    """The waiver's view, or nothing where there is none with this id at these schools.

    ``search`` adds roster students to the candidates, when the likeliest aren't the one.
    """
    consent = session.get(Consent, consent_id)
    if consent is None:
        return None
    student = session.get_one(Student, consent.student_id, options=[joinedload(Student.school)])
    if not scope.covers(student.school_id):
        return None
    kind, _, contact = (consent.contact or "").partition(":")
    is_open = consent.unsettled and student.source is StudentSource.TYPED
    return WaiverView(
        consent=consent,
        student=student,
        contact_kind=kind,
        contact=contact,
        groups=_agreed(consent),
        events=waiver_events(session, consent),
        publications=tuple(publications_of(session, consent.id)),
        revocation=_revocation(session, consent),
        candidates=_candidates(session, student, search, scope) if is_open else (),
        standing=standing_of(session, consent.contact_key),
    )


def revocation_views(session: Session, revocations: list[Revocation]) -> dict[str, RevocationView]:
    """Each revocation with its confirmations, by id."""
    ids = [revocation.id for revocation in revocations]
    told = _told(session, ids)
    confirmed = {
        (found.revocation_id, found.destination_id): found.confirmed_at
        for found in session.scalars(
            select(Confirmation).where(Confirmation.revocation_id.in_(ids))
        )
    }
    return {
        revocation.id: RevocationView(
            revocation,
            tuple(
                Hiding(destination_id, told.get(key), confirmed.get(key))
                for key in sorted(told.keys() | confirmed.keys())
                for revocation_id, destination_id in [key]
                if revocation_id == revocation.id
            ),
        )
        for revocation in revocations
    }


def _told(session: Session, revocation_ids: list[str]) -> dict[tuple[str, str], datetime | None]:
    """When each destination had received everything about each revocation."""
    told: dict[tuple[str, str], datetime | None] = {}
    query = select(Publication).where(
        Publication.revocation_id.in_(revocation_ids), Publication.type == PublishedType.REVOKED
    )
    for publication in session.scalars(query.order_by(Publication.sequence)):
        key = (str(publication.revocation_id), publication.destination_id)
        still_waiting = key in told and told[key] is None
        told[key] = None if still_waiting else publication.delivered_at
    return told


def _agreed(consent: Consent) -> tuple[ElementGroup, ...]:
    if not consent.granted:
        return ()
    try:
        text = load(consent.document, consent.version).text("en")
    except UnknownDocument:
        # A version that this release no longer carries: its ids still say what was signed.
        elements = tuple(DataElement(name, name) for name in consent.elements)
        return (ElementGroup("", "", "", elements, ", ".join(consent.purposes)),)
    return text.element_groups


def waiver_events(session: Session, consent: Consent) -> tuple[EventRow, ...]:
    """The entries in the ledger of the waiver and of its revocation, oldest first."""
    of_revocation = and_(
        LedgerEvent.revocation_id == consent.revocation_id,
        LedgerEvent.revocation_id.is_not(None),  # "= NULL" is asked as "is null"
        LedgerEvent.consent_id.is_(None),
    )
    query = (
        select(LedgerEvent)
        .where(or_(LedgerEvent.consent_id == consent.id, of_revocation))
        .order_by(LedgerEvent.sequence)
    )
    found = list(session.scalars(query))
    ids = (event.actor_id for event in found if event.actor_kind is ActorKind.STAFF)
    names = names_of(session, ids)
    return tuple(
        EventRow(
            sequence=event.sequence,
            at=event.at,
            kind=event.kind,
            actor_kind=event.actor_kind,
            actor=names.get(event.actor_id or "", event.actor_id or ""),
            method=str(event.values().get("method", "")),
        )
        for event in found
    )


def _revocation(session: Session, consent: Consent) -> RevocationView | None:
    if consent.revocation_id is None:
        return None
    revocation = session.get_one(Revocation, consent.revocation_id)
    return revocation_views(session, [revocation])[revocation.id]


def _candidates(
    session: Session, typed: Student, search: str, scope: SchoolScope
) -> tuple[Candidate, ...]:
    likely = candidates(session, typed, _MOST_CANDIDATES, scope)
    if not search:
        return tuple(likely)
    known = {candidate.student.id for candidate in likely}
    found = [
        compare(typed, student)
        for student in search_roster(session, search, _MOST_CANDIDATES, scope)
        if student.id not in known
    ]
    return (*found, *likely)
