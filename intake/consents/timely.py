"""What the calendar does to consents: the last day, and the 18th birthday."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.decide import state_on
from intake.consents.ledger import SYSTEM
from intake.consents.model import Consent
from intake.consents.revoke import REVOCABLE
from intake.consents.states import ConsentState, EventKind

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
        select(Consent)
        .where(Consent.state.in_(REVOCABLE), Consent.id > after)
        .order_by(Consent.id)
        .limit(limit)
    )
    consents = list(session.scalars(query))
    ended = [consent for consent in consents if state_on(consent, today) in _KINDS]
    if ended:
        ledger.hold(session)
    for consent in ended:
        session.refresh(consent, with_for_update=True)
        state = state_on(consent, today)
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
    return consents[-1].id if len(consents) == limit else ""
