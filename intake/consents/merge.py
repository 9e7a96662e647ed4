"""Two records of one student become one: their answers move, and then say one thing.

History is kept: the ledger's entries keep the student they were written for, and one entry for each
answer says whose it is now. Where the two records contradict each other, the no wins.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.answer import supersede
from intake.consents.dates import eighteenth_birthday
from intake.consents.holds import place_hold
from intake.consents.ledger import Actor
from intake.consents.model import Consent, Hold, Invitation, Revocation, SigningSession
from intake.consents.revoke import (
    latest_refusal,
    latest_revocation,
    resting_on,
    withdraw,
    withdraw_after_refusal,
)
from intake.consents.states import ConsentState, EventKind


def move_answers(
    session: Session,
    from_id: str,
    to_id: str,
    *,
    birth_date: date,
    reasons: Sequence[str],
    actor: Actor,
    at: datetime,
    due_at: datetime,
) -> None:
    """Move everything that was answered for one student to another, who is the same.

    ``birth_date`` is the roster's; ``due_at``: until when sharing systems must have hidden the
    identity, where the merge ends a consent.
    """
    ledger.hold(session)
    ledger.record(
        session,
        EventKind.STUDENTS_MERGED,
        at=at,
        actor=actor,
        student_id=from_id,
        data={"into": to_id, "reasons": list(reasons)},
    )
    _move_consents(session, from_id, to_id, birth_date=birth_date, actor=actor, at=at)
    _move_holds(session, from_id, to_id, actor=actor, at=at)
    for table in (Invitation, SigningSession):
        session.execute(update(table).where(table.student_id == from_id).values(student_id=to_id))
    _agree(session, to_id, actor=actor, at=at, due_at=due_at)


def birth_date_changed(session: Session, student_id: str, birth_date: date) -> None:
    """The school corrected a birth date: the parents' right ends on another day."""
    session.execute(
        update(Consent)
        .where(Consent.student_id == student_id)
        .values(rights_transfer_on=eighteenth_birthday(birth_date))
    )


def _move_consents(
    session: Session, from_id: str, to_id: str, *, birth_date: date, actor: Actor, at: datetime
) -> None:
    moved = {"from": from_id}
    query = select(Consent).where(Consent.student_id == from_id)
    for consent in session.scalars(query.order_by(Consent.signed_at, Consent.id)).all():
        consent.student_id = to_id
        consent.rights_transfer_on = eighteenth_birthday(birth_date)
        ledger.record(
            session, EventKind.MOVED, at=at, actor=actor, student_id=to_id,
            consent_id=consent.id, data=moved,
        )  # fmt: skip
    found = select(Revocation).where(Revocation.student_id == from_id)
    for revocation in session.scalars(found.order_by(Revocation.signed_at, Revocation.id)).all():
        revocation.student_id = to_id
        ledger.record(
            session, EventKind.MOVED, at=at, actor=actor, student_id=to_id,
            revocation_id=revocation.id, data=moved,
        )  # fmt: skip


def _move_holds(session: Session, from_id: str, to_id: str, *, actor: Actor, at: datetime) -> None:
    """A paper that stops the one stops the other; looking at it lifts both."""
    query = select(Hold).where(Hold.student_id == from_id, Hold.lifted_at.is_(None))
    for hold in session.scalars(query.order_by(Hold.placed_at, Hold.id)).all():
        place_hold(session, to_id, paper_id=hold.paper_id, reason=hold.reason, actor=actor, at=at)


def _agree(
    session: Session, student_id: str, *, actor: Actor, at: datetime, due_at: datetime
) -> None:
    """As if all had been answered for one student from the start: the last word counts."""
    query = select(Consent).where(
        Consent.student_id == student_id, Consent.state == ConsentState.ACTIVE
    )
    in_force = session.scalars(query.order_by(Consent.signed_at, Consent.id)).all()
    if not in_force:
        return
    newest = in_force[-1]
    refusal = latest_refusal(session, student_id)
    revocation = latest_revocation(session, student_id)
    if refusal is not None and refusal.signed_at >= newest.signed_at:
        withdraw_after_refusal(session, refusal, due_at=due_at, at=at, actor=actor)
    elif revocation is not None and revocation.signed_at >= newest.signed_at:
        # The same letter for what it did not reach: it was signed for the other record.
        again = resting_on(session, revocation, revocation.basis, due_at=due_at, at=at)
        withdraw(session, again, actor=actor, at=at)
    else:
        for older in in_force[:-1]:
            supersede(session, older, by=newest, actor=actor, at=at)
