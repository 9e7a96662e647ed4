"""Writing the search index anew for students who were put on record by an earlier release."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.consents.model import Consent, Revocation
from intake.db.engine import Database
from intake.db.keys import keyring
from intake.roster.keys import prefix_keys
from intake.roster.model import Guardian, Student
from intake.roster.search_keys import store_keys

_BATCH = 500


def index_names(database: Database, tell: Callable[[int, int], None]) -> int:
    """Add every key that a name on record is found by; returns how many students there are.

    Safe to run again, and while families sign: keys are only added. ``tell``: so many of so many.
    """
    with database.read() as session:
        total = session.execute(select(func.count(Student.id))).scalar_one()
    done, last = 0, ""
    while True:
        with database.begin() as session:
            query = select(Student).where(Student.id > last).order_by(Student.id).limit(_BATCH)
            students = session.scalars(query).all()
            if not students:
                return total
            _index(session, {one.id: one for one in students})
            last = students[-1].id
        done += len(students)
        tell(done, total)


def _index(session: Session, students: dict[str, Student]) -> None:
    ring = keyring(session)
    pairs: set[tuple[str, str]] = set()
    for student_id, name in _names(session, students):
        # What was typed for a student who was found on the roster finds the roster's.
        now = students[student_id].merged_into_id or student_id
        pairs.update((now, key) for key in prefix_keys(ring, name))
    store_keys(session, sorted(pairs))


def _names(session: Session, students: dict[str, Student]) -> list[tuple[str, str]]:
    found = [(one.id, one.name) for one in students.values()]
    for query in (
        select(Guardian.student_id, Guardian.name).where(Guardian.student_id.in_(students)),
        select(Consent.student_id, Consent.signer_name).where(Consent.student_id.in_(students)),
        select(Revocation.student_id, Revocation.signer_name).where(
            Revocation.student_id.in_(students)
        ),
    ):
        found += [(student_id, name) for student_id, name in session.execute(query)]
    return found
