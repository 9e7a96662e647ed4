"""What the package says of a student, and what the record says: the two sides of a comparison."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from forms.choices import ContactKind, Relationship

Contacts = frozenset[tuple[ContactKind, str]]


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """A parent or guardian of one student."""

    name: str
    relationship: Relationship
    contacts: Contacts


@dataclass(frozen=True, slots=True)
class RecordedGuardian:
    """The same with its row's id, and its roster id where it has one."""

    id: str
    external_id: str | None
    facts: GuardianFacts


@dataclass(frozen=True, slots=True)
class Recorded:
    """A student as the record has them."""

    id: str
    external_id: str
    school_id: str
    name: str
    birth_date: date
    language: str | None
    grade: str | None
    left_on: date | None
    contacts: Contacts
    guardians: tuple[RecordedGuardian, ...]
    enrollments: Mapping[str, str]
    """Class id by the enrollment's roster id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A student as the package wants them; None leaves the record's as it is."""

    external_id: str
    school_id: str
    name: str
    birth_date: date
    language: str | None
    grade: str | None
    contacts: Contacts
    guardians: Mapping[str, GuardianFacts] | None
    enrollments: Mapping[str, str] | None
    left_on: date | None
    also: str = ""
    """Another name they are found by."""


@dataclass(frozen=True, slots=True)
class Change:
    """One student's change; ``before`` is None for a new one."""

    before: Recorded | None
    after: Wanted


@dataclass(slots=True)
class Batch:
    """What one step of the comparison found to do."""

    changes: list[Change] = field(default_factory=list)
    size: int = 0
    """How many students were compared."""
    left: list[tuple[str, date]] = field(default_factory=list)
    """Ids of students who have left, and since when; all else of theirs stays."""
