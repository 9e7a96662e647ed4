"""Who runs the partnership's affairs, and so is told what needs doing."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff


def coordinator_emails(session: Session) -> Sequence[str]:
    """Where coordinators are told. Roles come with accounts; until then it is all of staff."""
    query = select(Staff.email).where(Staff.disabled_at.is_(None)).order_by(Staff.email)
    return session.scalars(query).all()
