"""For the students of which schools somebody may act: handed to every query of staff's pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, true


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


EVERY_SCHOOL = SchoolScope(None)
