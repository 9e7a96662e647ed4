"""For the students of which schools somebody may act: handed to every query of staff's pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, select, true
from sqlalchemy.orm import Session

from intake.roster.model import Student


@dataclass(frozen=True, slots=True)
class SchoolScope:
    """Some schools, or every one (``ids`` is None). No schools at all covers nothing."""

    ids: frozenset[str] | None

    @classmethod
    def of(cls, ids: Iterable[str] | None) -> "SchoolScope":
        """As stored with an account; None: every school."""
        return cls(None if ids is None else frozenset(ids))

    def covers(self, school_id: str | None) -> bool:
        """Whether the school is one of them; what has no school is covered by "every" only."""
        return self.ids is None or school_id in self.ids

    def condition(self, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """The same as an SQL condition on a column with a school's id."""
        return true() if self.ids is None else column.in_(sorted(self.ids))

    def students(self, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """An SQL condition on a column with a student's id; no student is covered by "every"."""
        if self.ids is None:
            return true()
        return column.in_(select(Student.id).where(Student.school_id.in_(sorted(self.ids))))

    def covers_student(self, session: Session, student_id: str | None) -> bool:
        """Whether there is this student, at one of the schools; with "every" also nobody."""
        if student_id is None:
            return self.ids is None
        query = select(Student.id).where(
            Student.id == student_id, self.condition(Student.school_id)
        )
        return session.scalars(query).first() is not None


EVERY_SCHOOL = SchoolScope(None)
