"""Searching for a student of the roster and picking one: how several of the desk's pages begin."""

from dataclasses import dataclass
from typing import Any

from forms.desk import Choices, SearchForm
from intake.roster.finding import FoundList, find_students
from intake.roster.model import Student
from intake.web.desk.access import scope
from intake.web.desk.blueprint import asked_search, context, csrf
from intake.web.desk.sealed_search import seal_search

_MOST_STUDENTS = 20


@dataclass(frozen=True, slots=True)
class Pick:
    """What was typed, and whom it finds."""

    search: str
    found: FoundList

    @property
    def choices(self) -> Choices:
        """For a form's list."""
        return [(student.id, student.name) for student in self.found.students]

    @property
    def ids(self) -> list[str]:
        """Of the students that the page shows."""
        return [student.id for student in self.found.students]

    def picked(self, student_id: str) -> Student:
        """The student whom a valid form names."""
        return next(one for one in self.found.students if one.id == student_id)

    def likely_language(self) -> str:
        """The family's, where all that were found have the same."""
        known = {student.language for student in self.found.students}
        return next(iter(known)) or "en" if len(known) == 1 else "en"

    def page_values(self) -> dict[str, Any]:
        """For ``pick_student`` and ``search_box`` of desk/macros.html."""
        return {
            "pick": self,
            "search": self.search,
            "sealed": seal_search(context().database.keyring, self.search) or None,
            "search_form": SearchForm(text=self.search, **csrf()),
        }


def asked_pick() -> Pick:
    """What this address searches for, among the students of the person's own schools."""
    search = asked_search()
    if not search:
        return Pick("", FoundList())
    with context().database.read() as session:
        return Pick(search, find_students(session, search, _MOST_STUDENTS, scope=scope()))
