"""What people do to a case, and the worker after them. Each is one entry of the ledger."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.accounts.roles import Access, Permission
from intake.accounts.staff import access_of
from intake.consents import ledger
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.model import Revocation
from intake.consents.states import ActorKind, EventKind
from intake.db.engine import Database
from intake.documents.model import KeptObject
from intake.messages.model import TAKEN, OutgoingMessage
from intake.messages.statuses import has_arrived
from intake.revocations.cases import CaseUnknown, row_of
from intake.revocations.model import RevocationCase, ToldHow
from intake.roster.model import Student
from intake.sharing.confirmations import RevocationUnknown, confirm_by_staff

LONGEST_REASON = 200
"""Letters. It stays on the ledger for good, so it names no student and no family."""


class CaseClosed(Exception):
    """Nothing is left to do about this case."""


class NotHiddenYet(Exception):
    """A family is told that it is done when it is done."""


class NoSuchOwner(LookupError):
    """A case belongs to a member of staff who may see its student and whose account is open."""


class ReasonMissing(ValueError):
    """A reason of 1 to 200 letters is needed; it stays on the ledger for good."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person's word that an identity is hidden rests on."""

    reason: str
    """How the person knows: "they showed it to me on a call"."""
    reference: str = ""
    """Where more of it is: a ticket's number, a letter's date."""
    file: KeptObject | None = None

    def as_data(self) -> dict[str, str]:
        """For the ledger. Raises ReasonMissing."""
        data = {"reason": _checked(self.reason)}
        if self.reference.strip():
            data["reference"] = _checked(self.reference)
        if self.file is not None:
            data |= {"evidence": self.file.id, "evidence_sha256": self.file.sha256}
        return data


def can_own(access: Access, school_id: str) -> bool:
    """Whether somebody with this access can look after a case of a student of this school."""
    return access.may(Permission.SERVE_FAMILIES) and access.schools.covers(school_id)


def assign(session: Session, revocation_id: str, owner_id: str, *, by: Actor, at: datetime) -> None:
    """Give a case to a member of staff, or take it over; again the same one changes nothing.

    Raises CaseUnknown, CaseClosed, NoSuchOwner (who may not see the student is none either).
    """
    revocation = _open(session, revocation_id)
    owner = session.get(Staff, owner_id)
    school_id = session.get_one(Student, revocation.student_id).school_id
    if owner is None or owner.disabled_at is not None or not can_own(access_of(owner), school_id):
        raise NoSuchOwner
    row = row_of(session, revocation_id)
    if row.owner_id == owner_id:
        return
    row.owner_id = owner_id
    _write_down(session, EventKind.CASE_ASSIGNED, revocation, {"owner": owner_id}, by=by, at=at)


def confirm_with_evidence(
    session: Session,
    revocation_id: str,
    destination_id: str,
    evidence: Evidence,
    *,
    staff_id: str,
    at: datetime,
) -> None:
    """Say for a destination that the identity is hidden there, and how one knows.

    Raises CaseUnknown, NeverTold, AlreadyConfirmed, ReasonMissing.
    """
    try:
        confirm_by_staff(
            session,
            destination_id=destination_id,
            revocation_id=revocation_id,
            staff_id=staff_id,
            evidence=evidence.as_data(),
            at=at,
        )
    except RevocationUnknown:
        raise CaseUnknown from None


def tell_family(
    session: Session, revocation_id: str, how: ToldHow, *, note: str, staff_id: str, at: datetime
) -> None:
    """Write down that a person has told the family, or why it can't be told; this closes the case.

    ``note`` is needed for CANNOT, else it may be empty. Raises CaseUnknown, CaseClosed,
    NotHiddenYet, ReasonMissing.
    """
    revocation = _open(session, revocation_id)
    if revocation.completed_at is None:
        raise NotHiddenYet
    data = {"how": how.value}
    if note.strip() or how is ToldHow.CANNOT:
        data["note"] = _checked(note)
    row = row_of(session, revocation_id)
    row.told_by = staff_id
    _told(session, revocation, row, how, data, by=Actor(ActorKind.STAFF, staff_id), at=at)


def message_queued(session: Session, revocation_id: str, message_id: str) -> None:
    """Remember which message tells the family; in the transaction that queues it."""
    row_of(session, revocation_id).message_id = message_id


def close_told(database: Database, *, at: datetime) -> int:
    """Close the cases whose family got the message, as far as we know; returns how many.

    Before sent messages are forgotten (after 30 days), the case remembers for itself.
    """
    query = (
        select(Revocation.id)
        .join(RevocationCase, RevocationCase.revocation_id == Revocation.id)
        .join(OutgoingMessage, OutgoingMessage.id == RevocationCase.message_id)
        .where(
            Revocation.closed_at.is_(None),
            Revocation.completed_at.is_not(None),
            has_arrived(at),
        )
    )
    with database.read() as session:
        waiting = session.scalars(query).all()
    closed = 0
    for revocation_id in waiting:
        with database.begin() as session:
            closed += _close_sent(session, revocation_id, at=at)
    return closed


def _close_sent(session: Session, revocation_id: str, *, at: datetime) -> bool:
    try:
        revocation = _open(session, revocation_id)
    except CaseClosed:  # another worker, or a person, was quicker
        return False
    row = row_of(session, revocation_id)
    message = session.get(OutgoingMessage, row.message_id)
    if message is None or message.state not in TAKEN:
        return False
    data = {"how": ToldHow.MESSAGE.value, "message": message.id}
    _told(session, revocation, row, ToldHow.MESSAGE, data, by=SYSTEM, at=at)
    row.told_at = message.sent_at or at
    return True


def _told(
    session: Session,
    revocation: Revocation,
    row: RevocationCase,
    how: ToldHow,
    data: dict[str, str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    row.told_at, row.told_how = at, how
    revocation.closed_at = at
    _write_down(session, EventKind.FAMILY_TOLD, revocation, data, by=by, at=at)
    _write_down(session, EventKind.CASE_CLOSED, revocation, {}, by=SYSTEM, at=at)


def _open(session: Session, revocation_id: str) -> Revocation:
    """The revocation, nobody else changing it. Raises CaseUnknown, CaseClosed."""
    ledger.hold(session)
    revocation = session.get(Revocation, revocation_id, populate_existing=True)
    if revocation is None:
        raise CaseUnknown
    if revocation.closed_at is not None:
        raise CaseClosed
    return revocation


def _checked(text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_REASON:
        raise ReasonMissing(f"give a reason of 1 to {LONGEST_REASON} letters, without names")
    return text.strip()


def _write_down(
    session: Session,
    kind: EventKind,
    revocation: Revocation,
    data: dict[str, str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    ledger.record(
        session,
        kind,
        at=at,
        actor=by,
        student_id=revocation.student_id,
        revocation_id=revocation.id,
        data=data,
    )
