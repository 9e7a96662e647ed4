"""Messages that wait in the queue, changed together."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from intake.messages.model import MessageState, OutgoingMessage


def change_queued(
    session: Session,
    condition: ColumnElement[bool],
    values: dict[str, Any],
    *,
    synchronize: Literal["fetch", False] = False,
) -> int:
    """Change every queued message that fits, except those another worker is changing: it knows
    better, and two workers that wait for each other's rows would be a deadlock. How many."""
    fitting = (
        select(OutgoingMessage.id)
        .where(OutgoingMessage.state == MessageState.QUEUED, condition)
        .with_for_update(skip_locked=True)
    )
    changed = session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.id.in_(fitting))
        .values(values)
        .execution_options(synchronize_session=synchronize)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]  # a cursor's, of an UPDATE


def end_queued(
    session: Session, condition: ColumnElement[bool], error: str, *, at: datetime
) -> int:
    """Never send those that fit, without their texts; how many. What a worker has claimed at this
    moment it looks at itself, or it still goes."""
    return change_queued(
        session,
        and_(condition, OutgoingMessage.claimed_until.is_(None)),
        {
            "state": MessageState.STOPPED,
            "error": error,
            "subject": "",
            "body": "",
            "settled_at": at,
        },
        synchronize="fetch",
    )
