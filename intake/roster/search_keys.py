"""Writing the blind index of names and birth dates."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from intake.roster.model import StudentSearchKey

_TABLE = StudentSearchKey.metadata.tables[StudentSearchKey.__tablename__]
_POSTGRESQL = text(
    "INSERT INTO student_search_keys (student_id, key)"
    " SELECT * FROM unnest(CAST(:students AS text[]), CAST(:keys AS text[]))"
    " ON CONFLICT DO NOTHING"
)


def store_keys(session: Session, pairs: Sequence[tuple[str, str]]) -> None:
    """Add keys as (student, key). What is there already stays.

    Two families may add the same word in the same moment, on several web processes.
    """
    if not pairs:
        return
    if session.get_bind().dialect.name == "postgresql":
        # One statement for any number: an import writes millions.
        students, keys = zip(*pairs, strict=True)
        session.execute(_POSTGRESQL, {"students": list(students), "keys": list(keys)})
        return
    session.execute(
        sqlite.insert(_TABLE).on_conflict_do_nothing(),
        [{"student_id": student_id, "key": key} for student_id, key in pairs],
    )
