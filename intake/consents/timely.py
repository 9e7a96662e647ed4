"""What the calendar does to consents: the last day, the 18th birthday, the day of leaving."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.dates import has_left
from intake.consents.decide import state_on
from intake.consents.ledger import SYSTEM
from intake.consents.model import Consent
from intake.consents.revoke import REVOCABLE
from intake.consents.states import ConsentState, EventKind
from intake.roster.model import Student

_KINDS = {
    ConsentState.EXPIRED: EventKind.EXPIRED,
    ConsentState.RIGHTS_TRANSFERRED: EventKind.RIGHTS_TRANSFERRED,
}


def end_due(
    session: Session, *, today: date, at: datetime, after: str = "", limit: int = 500
) -> str:
    """Write down which consents have ended by ``today``, one batch in order of id.

    Birth dates are encrypted, so every open consent is looked at; the worker does it once a
    day. Returns the id to go on ``after``, or an empty text when all were looked at.
    """
    query = (
        select(Consent, Student.left_on)
        .join(Student, Student.id == Consent.student_id)
        .where(Consent.state.in_(REVOCABLE), Consent.id > after)
        .order_by(Consent.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    ended = [row for row in rows if _state(row[0], row[1], today) in _KINDS]
    if ended:
        ledger.hold(session)
    for consent, left_on in ended:
        session.refresh(consent, with_for_update=True)
        state = _state(consent, left_on, today)
        if state is consent.state:
            continue
        consent.state = state
        consent.unsettled = False
        consent.ended_at = at
        ledger.record(
            session,
            _KINDS[state],
            at=at,
            actor=SYSTEM,
            student_id=consent.student_id,
            consent_id=consent.id,
        )
    return rows[-1][0].id if len(rows) == limit else ""


def _state(consent: Consent, left_on: date | None, today: date) -> ConsentState:
    """A consent lasts, as its statement says, until the student no longer gets services here."""
    state = state_on(consent, today)
    is_over = has_left(left_on, today) and state in REVOCABLE
    return ConsentState.EXPIRED if is_over else state
