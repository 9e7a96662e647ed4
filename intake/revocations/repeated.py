"""A second letter, when everything was taken back already: both parents at once, or one twice."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents import ledger
from intake.consents.ledger import SIGNER, LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import Channel, EventKind


def note_repeated(
    session: Session,
    revocation_id: str,
    *,
    signing_id: str,
    relationship: Relationship,
    channel: Channel,
    at: datetime,
) -> None:
    """Write down that somebody else entitled wanted the same; it changes nothing.

    So that a case shows everybody who took permission back, and nobody's wish is lost. Once for
    each signing, however often the button is pressed.
    """
    ledger.hold(session)
    revocation = session.get_one(Revocation, revocation_id)
    noted = select(LedgerEvent).where(
        LedgerEvent.revocation_id == revocation_id,
        LedgerEvent.kind == EventKind.REVOCATION_REPEATED,
    )
    if any(event.values().get("signing") == signing_id for event in session.scalars(noted)):
        return
    ledger.record(
        session,
        EventKind.REVOCATION_REPEATED,
        at=at,
        actor=SIGNER,
        student_id=revocation.student_id,
        revocation_id=revocation_id,
        data={
            "signing": signing_id,
            "relationship": relationship.value,
            "channel": channel.value,
        },
    )
