"""Which events a destination is told of.

A filter decides about grants. Endings, revocations and holds follow a grant wherever it went,
whatever the filter says by then: nobody keeps an identity because a setting was changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from intake.consents.model import Consent
from intake.roster.model import Student
from intake.sharing.events import PublishedType

_ENDINGS = {PublishedType.REVOKED, PublishedType.ENDED}
_WITH_GRANTS = {PublishedType.SUSPENDED, PublishedType.RESUMED}
"""A hold is told to whoever has the grant; nobody chooses these for themselves."""
_PREFIX = "org.promisepartnership.consent."


class InvalidFilter(ValueError):
    """The filter would hide an ending from somebody who knows a student, or names nothing."""


@dataclass(frozen=True, slots=True)
class Filters:
    """An empty set lets everything through."""

    schools: frozenset[str] = frozenset()
    """Ids of schools."""
    partner_classes: frozenset[str] = frozenset()
    """Classes of partners, as in the waiver: one that the consent names is enough."""
    types: frozenset[PublishedType] = frozenset()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a destination's row."""
        return cls(
            schools=frozenset(stored.get("schools", ())),
            partner_classes=frozenset(stored.get("partner_classes", ())),
            types=frozenset(PublishedType(_PREFIX + name) for name in stored.get("types", ())),
        )

    @classmethod
    def checked(
        cls, *, schools: tuple[str, ...], partner_classes: tuple[str, ...], types: tuple[str, ...]
    ) -> Self:
        """From what an operator typed. Raises InvalidFilter."""
        known = {kind.removeprefix(_PREFIX) for kind in PublishedType if kind not in _WITH_GRANTS}
        if not set(types) <= known:
            raise InvalidFilter(f"event types are: {', '.join(sorted(known))}")
        found = cls.of({"schools": schools, "partner_classes": partner_classes, "types": types})
        if PublishedType.GIVEN in found.types and not found.types >= _ENDINGS:
            raise InvalidFilter("who is told of given must be told of ended and revoked too")
        return found

    def stored(self) -> dict[str, list[str]]:
        """For a destination's row."""
        values = {
            "schools": sorted(self.schools),
            "partner_classes": sorted(self.partner_classes),
            "types": sorted(kind.removeprefix(_PREFIX) for kind in self.types),
        }
        return {name: found for name, found in values.items() if found}

    def wants(self, kind: PublishedType, consent: Consent, student: Student) -> bool:
        """Whether this event is for it, though it may know nothing of the student yet."""
        return (
            (not self.types or kind in self.types)
            and (not self.schools or student.school_id in self.schools)
            and (
                not self.partner_classes
                or not self.partner_classes.isdisjoint(consent.partner_classes)
            )
        )

    def wants_endings_alone(self, kind: PublishedType, consent: Consent, student: Student) -> bool:
        """Whether it asked for this ending without being told of grants."""
        return (
            bool(self.types)
            and PublishedType.GIVEN not in self.types
            and self.wants(kind, consent, student)
        )
