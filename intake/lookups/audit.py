"""Whether the links of identifiers are those of the ledger: decisions follow them."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.lookups.model import StudentIdentifier

_BATCH = 500
_KINDS = (EventKind.IDENTIFIER_LINKED, EventKind.IDENTIFIER_UNLINKED)


def identifier_differences(session: Session) -> Iterator[str]:
    """Links that were altered, made or removed past the ledger, one line each, by student."""
    told, unreadable = _told(session)
    for sequence in unreadable:
        yield f"identifier of event {sequence} can't be read"
    rows = {
        (one.client_id, one.identifier_key): one.student_id
        for one in session.scalars(select(StudentIdentifier))
    }
    for link, student_id in told.items():
        if link not in rows:
            yield f"identifier of {link[0]} for student {student_id} was deleted past the ledger"
        elif rows[link] != student_id:
            yield f"identifier of {link[0]} for student {student_id} names another student"
    for link, student_id in rows.items():
        if link not in told:
            yield f"identifier of {link[0]} for student {student_id} is not in the ledger"


def _told(session: Session) -> tuple[dict[tuple[str, str], str], list[int]]:
    """What is linked by now, as the ledger tells it; and entries that can't be read."""
    links: dict[tuple[str, str], str] = {}
    unreadable = []
    query = (
        select(LedgerEvent)
        .where(LedgerEvent.kind.in_(_KINDS))
        .order_by(LedgerEvent.sequence)
        .execution_options(yield_per=_BATCH)
    )
    for event in session.scalars(query):
        try:
            values = event.values()
            link = (str(values["client"]), str(values["identifier_key"]))
        except (ValueError, LookupError, TypeError, AttributeError):
            unreadable.append(event.sequence)
            continue
        if event.kind is EventKind.IDENTIFIER_LINKED:
            links[link] = event.student_id
        else:
            links.pop(link, None)
    return links, unreadable
