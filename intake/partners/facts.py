"""What is on record about partners and their people, as parts of one query for a whole batch."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Text,
    bindparam,
    cast,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from intake.partners.model import (
    Agreement,
    Partner,
    PartnerClass,
    PartnerPerson,
    PersonRole,
    RoleNeed,
    SchoolAssignment,
    Training,
)
from intake.partners.needs import DEFAULTS, Needs


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last; without a last day it goes on."""

    first: date
    last: date | None

    def covers(self, on: date) -> bool:
        """Whether it counts on this day."""
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Work at a school: of one person, or of everybody (``person_id`` is empty)."""

    person_id: str | None
    span: Span


@dataclass(slots=True)
class PartnerFacts:
    """Everything about some partners, people and roles that a decision looks at."""

    classes: dict[str, PartnerClass] = field(default_factory=dict)
    """Of each known partner."""
    employers: dict[str, str] = field(default_factory=dict)
    """The partner of each known person."""
    agreements: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    trainings: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    roles: dict[tuple[str, str], list[Span]] = field(default_factory=lambda: defaultdict(list))
    """By person and role."""
    assignments: dict[tuple[str, str], list[Assigned]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By partner and school."""
    needs: dict[str, dict[str, frozenset[str]]] = field(default_factory=lambda: defaultdict(dict))

    def needs_of(self, role: str) -> Needs | None:
        """What the partnership said a role needs, else its defaults; None for an unknown role."""
        return self.needs.get(role) or DEFAULTS.get(role)


def fact_selects(width: int) -> list[Any]:
    """What is looked up, as parts of one union: six columns, and empty ones up to ``width``.

    Takes the parameters ``partners``, ``people`` and ``roles``: lists of ids.
    """
    return [part.add_columns(*[_NOTHING] * (width - COLUMNS)) for part in _PARTS]


def add_fact(facts: PartnerFacts, row: Sequence[Any]) -> None:
    """Take in a row of ``fact_selects``."""
    kind, subject, first_word, second_word, first, last = row[:COLUMNS]
    _ADD[kind](facts, subject, first_word, second_word, Span(first, last))


COLUMNS = 6
"""Kind, subject, two words, first and last day."""


class _Kind(StrEnum):
    PARTNER = "partner"
    PERSON = "person"
    AGREEMENT = "agreement"
    TRAINING = "training"
    ROLE = "role"
    ASSIGNMENT = "assignment"
    NEED = "need"


_Column = ColumnElement[Any] | InstrumentedAttribute[Any]
_NOTHING: ColumnElement[Any] = literal_column("NULL")
"""Of the type that the union's first part has. Written out, as the kinds are: what is the same in
every call is no parameter, and a short text stays in the driver's memory of prepared ones."""


def _rows(
    kind: _Kind,
    subject: _Column,
    *words: _Column,
    first: _Column = _NOTHING,
    last: _Column = _NOTHING,
    where: ColumnElement[bool],
) -> Any:
    """One part of the union."""
    empty = [_NOTHING] * (2 - len(words))
    return select(written(kind), subject, *words, *empty, first, last).where(where)


def written(kind: str) -> ColumnElement[str]:
    """A word of ours as it stands in the query."""
    return literal_column(f"'{kind}'")


_IDS: dict[str, BindParameter[Any]] = {
    name: bindparam(name, expanding=True) for name in ("partners", "people", "roles")
}


def _in(column: _Column, name: str) -> ColumnElement[bool]:
    return column.in_(_IDS[name])


_PARTS = (
    _rows(_Kind.PARTNER, Partner.id, Partner.partner_class, where=_in(Partner.id, "partners")),
    _rows(
        _Kind.AGREEMENT, Agreement.partner_id,
        first=Agreement.signed_on, last=Agreement.expires_on,
        where=_in(Agreement.partner_id, "partners"),
    ),
    _rows(
        _Kind.PERSON, PartnerPerson.id, PartnerPerson.partner_id,
        where=_in(PartnerPerson.id, "people"),
    ),
    _rows(
        _Kind.ROLE, PersonRole.person_id, PersonRole.role,
        first=PersonRole.starts_on, last=PersonRole.ends_on,
        where=_in(PersonRole.person_id, "people"),
    ),
    _rows(
        _Kind.TRAINING, Training.person_id,
        first=Training.completed_on, last=Training.expires_on,
        where=_in(Training.person_id, "people"),
    ),
    _rows(
        _Kind.ASSIGNMENT, SchoolAssignment.partner_id,
        SchoolAssignment.school_id, SchoolAssignment.person_id,
        first=SchoolAssignment.starts_on, last=SchoolAssignment.ends_on,
        where=_in(SchoolAssignment.partner_id, "partners")
        & or_(SchoolAssignment.person_id.is_(None), _in(SchoolAssignment.person_id, "people")),
    ),
    _rows(
        _Kind.NEED, RoleNeed.role, RoleNeed.purpose, cast(RoleNeed.elements, Text),
        where=_in(RoleNeed.role, "roles"),
    ),
)  # fmt: skip


def _add_need(facts: PartnerFacts, role: str, purpose: str, elements: str, _span: Span) -> None:
    facts.needs[role][purpose] = frozenset(json.loads(elements))


def _add_assignment(
    facts: PartnerFacts, partner: str, school: str, person: str | None, span: Span
) -> None:
    facts.assignments[partner, school].append(Assigned(person, span))


_ADD: dict[str, Any] = {
    _Kind.PARTNER: lambda facts, id, kind, _, _span: facts.classes.update({id: PartnerClass(kind)}),
    _Kind.PERSON: lambda facts, id, partner, _, _span: facts.employers.update({id: partner}),
    _Kind.AGREEMENT: lambda facts, id, _a, _b, span: facts.agreements[id].append(span),
    _Kind.TRAINING: lambda facts, id, _a, _b, span: facts.trainings[id].append(span),
    _Kind.ROLE: lambda facts, id, role, _, span: facts.roles[id, role].append(span),
    _Kind.ASSIGNMENT: _add_assignment,
    _Kind.NEED: _add_need,
}
