"""What families are told when something happens to their consent; a subscriber of the ledger."""

from typing import Any

from sqlalchemy.orm import Session

from intake.coming_of_age import invite_student
from intake.config import Settings
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.states import EventKind
from intake.db.engine import Subscriber
from intake.messages.configured import quiet_hours
from intake.messages.contacts import Contact
from intake.messages.queue import message_kind, notify
from intake.messages.wording import (
    receipt_wording,
    revocation_done_wording,
    revocation_received_wording,
)
from intake.revocations.actions import message_queued

_ANSWERED = {EventKind.SIGNED, EventKind.DECLINED, EventKind.ACTIVATED}


def notice_subscriber(settings: Settings) -> Subscriber:
    """What to add to ``Database.subscribers``: messages commit with what they tell."""

    def subscriber(session: Session, event: Any) -> None:
        tell(session, event, settings)

    return subscriber


def tell(session: Session, event: LedgerEvent, settings: Settings) -> None:
    """Queue the message that belongs to this event, where somebody can be told."""
    if event.kind in _ANSWERED and event.consent_id is not None:
        _tell_receipt(session, session.get_one(Consent, event.consent_id), event, settings)
    elif event.kind is EventKind.RIGHTS_TRANSFERRED:
        invite_student(session, event, settings)
    elif event.kind is EventKind.REVOCATION_RECORDED and event.revocation_id is not None:
        revocation = session.get_one(Revocation, event.revocation_id)
        _tell_revocation(session, revocation, event, settings, done=False)
    elif event.kind is EventKind.REVOCATION_COMPLETED and event.revocation_id is not None:
        revocation = session.get_one(Revocation, event.revocation_id)
        _tell_revocation(session, revocation, event, settings, done=True)


def receipt_link(settings: Settings, language: str, code: str) -> str:
    """Where a family finds its copy and takes its permission back."""
    return f"{settings.base_url}/{language}/receipt/{code}"


def _tell_receipt(
    session: Session, consent: Consent, event: LedgerEvent, settings: Settings
) -> None:
    if consent.contact is None:
        return
    contact = Contact.from_stored(consent.contact)
    wording = receipt_wording(
        message_kind(contact.kind),
        consent.language,
        partnership=settings.partnership,
        link=receipt_link(settings, consent.language, consent.receipt_code),
    )
    notify(session, contact, wording, language=consent.language, at=event.at)


def _tell_revocation(
    session: Session,
    revocation: Revocation,
    event: LedgerEvent,
    settings: Settings,
    *,
    done: bool,
) -> None:
    if revocation.contact is None:
        return
    contact = Contact.from_stored(revocation.contact)
    kind, language = message_kind(contact.kind), revocation.language
    link = receipt_link(settings, language, revocation.receipt_code)
    say = revocation_done_wording if done else revocation_received_wording
    wording = say(
        kind,
        language,
        partnership=settings.partnership,
        link=link,
        is_partial=revocation.is_partial,
    )
    # That it is received, they wait for; when it is done, it may be the middle of the night.
    quiet = quiet_hours(settings) if done else None
    message = notify(session, contact, wording, language=language, at=event.at, quiet=quiet)
    if done:
        message_queued(session, revocation.id, message.id)
