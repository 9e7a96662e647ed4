"""Accounts that nobody has used for long are disabled; the worker does it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEventKind, hold
from intake.accounts.model import Staff
from intake.accounts.sign_in import is_unused
from intake.accounts.staff import disable_staff


def disable_unused(session: Session, unused_after: timedelta, *, at: datetime) -> int:
    """Disable what has been unused for so long; returns how many."""
    hold(session)  # another worker waits here, and finds nothing left to do
    early = func.coalesce(Staff.reopened_at, Staff.signed_in_at, Staff.created_at)
    query = select(Staff).where(Staff.disabled_at.is_(None), early <= at - unused_after)
    due = [staff for staff in session.scalars(query) if is_unused(staff, unused_after, at=at)]
    for staff in due:
        disable_staff(session, staff, at=at, kind=AccountEventKind.UNUSED)
    return len(due)
