"""What an import found and did: numbers, and every row that was left out, by file and line.

A reason never repeats what a cell holds: the report goes into logs and emails.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_LISTED = 200
"""Of each kind; the numbers count all of them."""


class Mode(StrEnum):
    """Whether a package holds everything, or what changed (the manifest's ``bulk``, ``delta``)."""

    FULL = "full"
    """Students of its schools who are not in it have left."""
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where. ``line`` is the file's, from 1; 0 where it is no single line's."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


class RosterRefused(Exception):
    """The package can't be trusted as a whole; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems[:3])))
        self.problems = problems


def refuse(file: str, reason: str, line: int = 0) -> RosterRefused:
    """The refusal for one problem."""
    return RosterRefused([Problem(file, line, reason)])


class Outcome(StrEnum):
    """What became of a student of the package or of the record; each is counted in one."""

    ADDED = "added"
    CHANGED = "changed"
    RETURNED = "returned"
    """Had left, and is back under the same identity."""
    LEFT = "left"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class Report:
    """An import's result; a dry run's has the numbers that applying would have."""

    mode: Mode = Mode.FULL
    version: str = ""
    encodings: dict[str, str] = field(default_factory=dict)
    """By file: the encoding that was found, or that the operator named."""
    students: Counter[Outcome] = field(default_factory=Counter)
    schools: Counter[Outcome] = field(default_factory=Counter)
    with_guardian: int = 0
    """Students of the package of whom somebody who may sign is known."""
    without_guardian: int = 0
    rejected: list[Problem] = field(default_factory=list)
    """The first MOST_LISTED rows that were left out."""
    rejected_count: int = 0
    notes: list[Problem] = field(default_factory=list)
    """The first MOST_LISTED things that were left out of a row that counts otherwise."""
    note_count: int = 0

    def reject(self, file: str, line: int, reason: str) -> None:
        """Leave a row out."""
        self.rejected_count += 1
        if len(self.rejected) < MOST_LISTED:
            self.rejected.append(Problem(file, line, reason))

    def note(self, file: str, line: int, reason: str) -> None:
        """Leave something less than a row out."""
        self.note_count += 1
        if len(self.notes) < MOST_LISTED:
            self.notes.append(Problem(file, line, reason))

    def count_guardians(self, number: int) -> None:
        """One student more, with so many who may sign."""
        if number:
            self.with_guardian += 1
        else:
            self.without_guardian += 1

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "mode": self.mode.value,
            "version": self.version,
            "encodings": self.encodings,
            "students": {one.value: self.students[one] for one in Outcome},
            "schools": {
                one.value: self.schools[one]
                for one in (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)
            },
            "guardians": {"with": self.with_guardian, "without": self.without_guardian},
            "rejected": self.rejected_count,
            "rejected_rows": problems_json(self.rejected),
            "notes": self.note_count,
            "noted_rows": problems_json(self.notes),
        }


def problems_json(problems: list[Problem]) -> list[dict[str, Any]]:
    """For ``--json``."""
    return [{"file": one.file, "line": one.line, "reason": one.reason} for one in problems]
