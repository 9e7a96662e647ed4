"""Emails to the partnership's own people. They name nobody: a link leads to a page that needs
signing in."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.messages.model import MessageKind
from intake.messages.queue import queue
from intake.messages.texts import Purpose
from intake.messages.wording import Wording
from translations import translate

STAFF_LANGUAGE = "en"
"""The language of staff's emails; their pages follow the browser."""
REMINDS_FOR = timedelta(days=1)
"""A reminder that could not be sent for longer is given up: a newer one says the same."""


def staff_wording(purpose: Purpose, subject: str, body: str, values: Mapping[str, str]) -> Wording:
    """Subject and body, marked for translation, with their values."""
    return Wording(
        purpose,
        translate(subject, STAFF_LANGUAGE) % values,
        translate(body, STAFF_LANGUAGE) % values,
    )


def tell_staff(
    session: Session,
    addresses: Iterable[str],
    wording: Wording,
    *,
    at: datetime,
    useless_after: datetime | None = None,
) -> None:
    """Queue the email, once for each address."""
    for address in dict.fromkeys(addresses):
        queue(
            session,
            kind=MessageKind.EMAIL,
            purpose=wording.purpose,
            recipient=address,
            subject=wording.subject,
            body=wording.body,
            language=STAFF_LANGUAGE,
            at=at,
            useless_after=useless_after,
        )
