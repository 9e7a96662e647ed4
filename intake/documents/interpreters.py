"""Families who ask for an interpreter, because a text is not approved in their language."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.text import clean
from intake.db.limits import Limit, count_attempt, network_of
from intake.documents.model import InterpreterRequest

REQUEST_LIMIT = Limit("interpreter-request", 20, timedelta(hours=1))
"""From one network: a school's families may share one."""
LONGEST = 254


class ContactMissing(ValueError):
    """Nobody can be called back without a phone number or an email."""


class RequestUnknown(LookupError):
    """There is no such request, or it is done."""


def ask_for_interpreter(
    session: Session, *, language: str, contact: str, wish: str, address: str, at: datetime
) -> InterpreterRequest:
    """Keep a request for the front desk. Raises ContactMissing, TooManyAttempts.

    ``contact`` is a phone number or an email as typed; ``wish`` says when to call, or anything
    else; ``address`` is the network's, for the limit only.
    """
    reachable = clean(contact)[:LONGEST]
    if not reachable:
        raise ContactMissing
    count_attempt(session, REQUEST_LIMIT, network_of(address), at=at)
    request = InterpreterRequest(
        language=language, contact=reachable, wish=clean(wish)[:LONGEST], asked_at=at
    )
    session.add(request)
    session.flush()
    return request


def open_requests(session: Session) -> list[InterpreterRequest]:
    """What waits for the front desk, oldest first."""
    query = (
        select(InterpreterRequest)
        .where(InterpreterRequest.done_at.is_(None))
        .order_by(InterpreterRequest.asked_at, InterpreterRequest.id)
    )
    return list(session.scalars(query))


def finish_request(session: Session, request_id: str, *, by: str, at: datetime) -> None:
    """An interpreter has been found, or the family was called. Raises RequestUnknown."""
    found = session.get(InterpreterRequest, request_id)
    if found is None or found.done_at is not None:
        raise RequestUnknown
    found.done_at, found.done_by = at, by
