"""One transaction at a time for one thing, across every process."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.db.keys import keyring


def one_at_a_time(session: Session, what: str) -> None:
    """Let one transaction at a time past here for ``what``, until it ends.

    On SQLite the write lock of ``Database.begin`` does it already.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    key = keyring(session).blind_index("one_at_a_time", what)
    session.execute(select(func.pg_advisory_xact_lock(int(key[:16], 16) - 2**63)))
