"""One student, several ids: what was merged is found by either."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intake.roster.model import Student


def standing_for(session: Session, student: Student) -> Student:
    """The student whom this one was merged into, or the student."""
    if student.merged_into_id is None:
        return student
    return session.get_one(Student, student.merged_into_id)


def current_id(session: Session, student_id: str) -> str:
    """The id under which everything new about this student is kept; an unknown one as it is."""
    query = select(func.coalesce(Student.merged_into_id, Student.id)).where(
        Student.id == student_id
    )
    return session.scalars(query).first() or student_id


def all_ids(session: Session, student_id: str) -> list[str]:
    """Every id of this student, whichever is asked by: the current one first."""
    current = current_id(session, student_id)
    query = select(Student.id).where(
        or_(Student.merged_into_id == current, Student.id == student_id), Student.id != current
    )
    return [current, *session.scalars(query.order_by(Student.id))]
