"""Reminders before something of a partner lapses: which are due, each exactly once.

A reminder is claimed by its row: whoever writes it sends it, in the same transaction. After a time
without a worker only the newest is due, not those that were missed. What has lapsed denies by
itself, whether or not anybody was reminded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from intake.partners.lapses import Lapse, LapseKind, lapses
from intake.partners.model import LapseReminder

KINDS = frozenset({LapseKind.AGREEMENT, LapseKind.TRAINING, LapseKind.ASSIGNMENT})
LOOK_BACK = timedelta(days=14)
"""How long after its end a lapse is still told, where no worker ran on its last day."""
ON_THE_DAY = 0


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that is now the caller's to send."""

    lapse: Lapse
    days_left: int
    """0 on its last day; less when it has lapsed already."""


def claim_reminders(
    session: Session, *, on: date, days_before: Sequence[int], at: datetime
) -> list[Reminder]:
    """Every reminder that is due on this day and that nobody has sent; they are sent now.

    ``days_before``: such as 60, 30 and 7; the last day itself is always one.
    """
    steps = sorted({*days_before, ON_THE_DAY})
    since = on - LOOK_BACK
    found = lapses(session, on=since, within=(on - since).days + steps[-1])
    due = []
    for lapse in found:
        if lapse.kind not in KINDS:
            continue
        left = (lapse.last_day - on).days
        step = next(step for step in steps if step >= left)
        if _sent_since(session, lapse, step) or not _claim(session, lapse, step, at):
            continue
        due.append(Reminder(lapse, left))
    return due


def _subject(lapse: Lapse) -> str:
    """Whose it is, as the claim names it."""
    if lapse.kind is LapseKind.ASSIGNMENT:
        return f"{lapse.what}:{lapse.person_id or ''}"
    return lapse.person_id or lapse.partner_id


def _sent_since(session: Session, lapse: Lapse, step: int) -> bool:
    """Whether this reminder, or a newer one of the same lapse, was sent."""
    query = select(LapseReminder.days_before).where(
        LapseReminder.kind == lapse.kind.value,
        LapseReminder.partner_id == lapse.partner_id,
        LapseReminder.subject == _subject(lapse),
        LapseReminder.last_day == lapse.last_day,
        LapseReminder.days_before <= step,
    )
    return session.scalars(query.limit(1)).first() is not None


def _claim(session: Session, lapse: Lapse, step: int, at: datetime) -> bool:
    """Whether the row is ours: a second worker waits here for the first, and then has none."""
    values = {
        "kind": lapse.kind.value, "partner_id": lapse.partner_id, "subject": _subject(lapse),
        "last_day": lapse.last_day, "days_before": step, "sent_at": at,
    }  # fmt: skip
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(LapseReminder).values(values).on_conflict_do_nothing()
    return session.execute(statement.returning(LapseReminder.kind)).first() is not None
