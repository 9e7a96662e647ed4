"""A typed student turns out to be one of the roster's: one student from now on, by either id."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.consents.ledger import Actor
from intake.consents.merge import move_answers
from intake.paper.model import PrintedPaper, ScannedPaper
from intake.roster.keys import birth_key
from intake.roster.model import Student, StudentSearchKey, StudentSource
from intake.roster.search_keys import store_keys


class CannotMerge(Exception):
    """Not a waiting typed student, or not a student of the roster: somebody was faster."""


def merge_students(
    session: Session,
    typed_id: str,
    roster_id: str,
    *,
    reasons: Sequence[str],
    actor: Actor,
    at: datetime,
    due_at: datetime,
) -> Student:
    """Join a typed student with the roster's; returns the roster's. Raises CannotMerge.

    The typed row stays, as what the family wrote and as the address of earlier ledger entries.
    """
    ledger.hold(session)
    typed = session.get(Student, typed_id, with_for_update=True, populate_existing=True)
    student = session.get(Student, roster_id, with_for_update=True, populate_existing=True)
    if typed is None or typed.source is not StudentSource.TYPED or typed.merged_into_id:
        raise CannotMerge
    if student is None or student.source is not StudentSource.ROSTER:
        raise CannotMerge
    typed.merged_into_id = student.id
    student.language = student.language or typed.language
    session.flush()
    move_answers(
        session,
        typed.id,
        student.id,
        birth_date=student.birth_date,
        reasons=reasons,
        actor=actor,
        at=at,
        due_at=due_at,
    )
    for table in (PrintedPaper, ScannedPaper):
        session.execute(
            update(table).where(table.student_id == typed.id).values(student_id=student.id)
        )
    _share_search_words(session, typed, student)
    return student


def _share_search_words(session: Session, typed: Student, student: Student) -> None:
    """The family's spelling, perhaps in another script, finds the student; a slip in the birth
    date does not."""
    keys = set(
        session.scalars(select(StudentSearchKey.key).where(StudentSearchKey.student_id == typed.id))
    )
    keys.discard(birth_key(session, typed.birth_date))
    store_keys(session, [(student.id, key) for key in sorted(keys)])
