"""Whether the cases say what the ledger says: for ``intake audit verify``."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import EventKind
from intake.sharing.model import Confirmation


def case_differences(session: Session) -> Iterator[str]:
    """What was altered in the tables, one line each, with ids only. Memory stays flat."""
    completed, closed = Revocation.completed_at, Revocation.closed_at
    # Those completed before there were cases were closed by the migration, in that same moment.
    is_old = and_(closed == completed, ~_is_recorded(EventKind.FAMILY_TOLD))
    checks = (
        ("is complete, but not in the ledger", _without(completed, EventKind.REVOCATION_COMPLETED)),
        ("is complete in the ledger only", _only_there(completed, EventKind.REVOCATION_COMPLETED)),
        (
            "is closed, but not in the ledger",
            _without(closed, EventKind.CASE_CLOSED).where(~is_old),
        ),
        ("is closed in the ledger only", _only_there(closed, EventKind.CASE_CLOSED)),
        ("has other confirmations than the ledger", _other_confirmations()),
    )
    for what, query in checks:
        for revocation_id in session.scalars(query.order_by(Revocation.id)):
            yield f"revocation {revocation_id} {what}"


def _is_recorded(kind: EventKind) -> ColumnElement[bool]:
    return exists().where(LedgerEvent.revocation_id == Revocation.id, LedgerEvent.kind == kind)


def _without(column: InstrumentedAttribute[datetime | None], kind: EventKind) -> Select[str]:
    return select(Revocation.id).where(column.is_not(None), ~_is_recorded(kind))


def _only_there(column: InstrumentedAttribute[datetime | None], kind: EventKind) -> Select[str]:
    return select(Revocation.id).where(column.is_(None), _is_recorded(kind))


def _other_confirmations() -> Select[str]:
    stored = (
        select(func.count()).where(Confirmation.revocation_id == Revocation.id).scalar_subquery()
    )
    recorded = (
        select(func.count())
        .where(
            LedgerEvent.revocation_id == Revocation.id,
            LedgerEvent.kind.in_((EventKind.IDENTITY_HIDDEN, EventKind.PART_WITHDRAWN)),
        )
        .scalar_subquery()
    )
    return select(Revocation.id).where(stored != recorded)
