"""Emails to staff; those about a change follow the accounts' history, in its transaction."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEvent, AccountEventKind
from intake.accounts.links import LIFETIMES, new_link
from intake.accounts.model import Staff
from intake.accounts.sign_in import Method, Refusal
from intake.accounts.sign_in_model import LinkKind
from intake.config import Settings
from intake.db.engine import Subscriber
from intake.db.keys import keyring
from intake.messages.model import MessageKind
from intake.messages.queue import queue
from intake.messages.wording import Wording
from intake.staffing.wording import (
    RECOVERY_CODE_USED,
    SECOND_STEP_GUESSED,
    link_wording,
    notice_of,
    notice_wording,
)

ENGLISH = "en"
GUESSES = 10
"""Wrong codes of one account in a day, after which its owner is told: who typed them knows the
password."""
_PATHS = {LinkKind.INVITATION: "invitation", LinkKind.NEW_PASSWORD: "new-password"}


def letter_subscriber(settings: Settings) -> Subscriber:
    """What to add to ``Database.account_subscribers``."""

    def subscriber(session: Session, event: Any) -> None:
        tell_owner(session, event, settings)

    return subscriber


def tell_owner(session: Session, event: AccountEvent, settings: Settings) -> None:
    """Queue the email that belongs to this event, if there is one."""
    notice = notice_of(event.kind)
    if _is_by_recovery_code(event):
        notice = RECOVERY_CODE_USED
    elif event.staff_id is not None and _is_guessed_at(session, event):
        notice = SECOND_STEP_GUESSED
    is_part_of_setting_up = bool(event.values().get("first"))
    if notice is None or event.staff_id is None or is_part_of_setting_up:
        return
    staff = session.get_one(Staff, event.staff_id)
    wording = notice_wording(
        notice,
        staff.language or ENGLISH,
        partnership=settings.partnership,
        email=settings.partnership_email,
    )
    _queue(session, staff, wording, at=event.at)


def send_link(
    session: Session, staff: Staff, kind: LinkKind, settings: Settings, *, at: datetime
) -> str:
    """Email a new link to the account's owner; returns it."""
    token = new_link(session, staff, kind, at=at)
    link = f"{settings.base_url}/desk/{_PATHS[kind]}/{token}"
    language = staff.language or ENGLISH
    wording = link_wording(kind, language, partnership=settings.partnership, link=link)
    _queue(session, staff, wording, at=at, useless_after=at + LIFETIMES[kind])
    return link


def send_nothing(session: Session, email: str, settings: Settings, *, at: datetime) -> None:
    """The work of sending a link, without one: how long it takes tells nobody of an account."""
    token = secrets.token_urlsafe(32)
    keyring(session).blind_index("staff.link", token)
    wording = link_wording(
        LinkKind.NEW_PASSWORD,
        ENGLISH,
        partnership=settings.partnership,
        link=f"{settings.base_url}/desk/{_PATHS[LinkKind.NEW_PASSWORD]}/{token}",
    )
    message = queue(
        session,
        kind=MessageKind.EMAIL,
        purpose=wording.purpose,
        recipient=email,
        subject=wording.subject,
        body=wording.body,
        language=ENGLISH,
        at=at,
    )
    session.delete(message)
    session.flush()


def _is_by_recovery_code(event: AccountEvent) -> bool:
    is_in = event.kind is AccountEventKind.SIGNED_IN
    return is_in and event.values().get("method") == Method.RECOVERY_CODE


def _is_guessed_at(session: Session, event: AccountEvent) -> bool:
    """Whether this wrong code is the one too many of a day: once a day, not once a guess.

    Networks have limits of their own; somebody with many networks is met by telling the owner.
    """
    if event.kind is not AccountEventKind.REFUSED or event.values().get("reason") != Refusal.CODE:
        return False
    query = select(func.count()).where(
        AccountEvent.staff_id == event.staff_id,
        AccountEvent.kind == AccountEventKind.REFUSED,
        AccountEvent.at > event.at - timedelta(days=1),
        AccountEvent.data == event.data,
    )
    return session.scalars(query).one() == GUESSES


def _queue(
    session: Session,
    staff: Staff,
    wording: Wording,
    *,
    at: datetime,
    useless_after: datetime | None = None,
) -> None:
    queue(
        session,
        kind=MessageKind.EMAIL,
        purpose=wording.purpose,
        recipient=staff.email,
        subject=wording.subject,
        body=wording.body,
        language=staff.language or ENGLISH,
        at=at,
        useless_after=useless_after,
    )
