"""Who is written to about a student, and how. Pure: no database, no clock.

Under 18 every guardian with a contact on the school's record; from 18 on the student alone (34 CFR
99.3). Each person once about each student, the first way that reaches them. Who has asked not to
be written to is not written to another way either: in doubt, leave them alone. The letter stands in
where nobody is written to: it goes home with the student.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from forms.choices import ContactKind
from intake.campaigns.model import Way, Why

LETTER_KEY = "letter"
_KINDS = {Way.SMS: ContactKind.PHONE, Way.EMAIL: ContactKind.EMAIL}


@dataclass(frozen=True, slots=True)
class Address:
    """A contact on the school's record, known by its blind index."""

    guardian_id: str | None
    kind: ContactKind
    key: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One person to write to; ``why`` is set where nobody can be: then nothing goes."""

    guardian_id: str | None
    way: Way
    key: str
    why: Why | None = None


def choices(
    ways: Sequence[Way], addresses: Iterable[Address], stopped: Collection[str], *, is_adult: bool
) -> list[Choice]:
    """Everybody to be written to about one student, at least one entry.

    ``addresses`` are all of the student's record; ``stopped`` the keys of those who opted out
    (``optouts.left_alone_among``).
    """
    people = _people(addresses, is_adult=is_adult)
    found: dict[str, Choice] = {}
    has_opted_out = False
    for guardian_id, own in people.items():
        if any(address.key in stopped for address in own):
            has_opted_out = True
            continue
        choice = _first(ways, guardian_id, own)
        if choice is not None:
            found.setdefault(choice.key, choice)  # parents may share a phone
    if found:
        return list(found.values())
    if Way.LETTER in ways:
        return [Choice(None, Way.LETTER, LETTER_KEY)]
    why = Why.OPTED_OUT if has_opted_out else Why.NO_CONTACT
    return [Choice(None, Way.LETTER, LETTER_KEY, why)]


def _people(addresses: Iterable[Address], *, is_adult: bool) -> dict[str | None, list[Address]]:
    """The addresses of each person who may answer; the student has no guardian's id."""
    people: dict[str | None, list[Address]] = {}
    for address in addresses:
        if (address.guardian_id is None) is is_adult:
            people.setdefault(address.guardian_id, []).append(address)
    return people


def _first(ways: Sequence[Way], guardian_id: str | None, own: Sequence[Address]) -> Choice | None:
    for way in ways:
        for address in own:
            if address.kind is _KINDS.get(way):
                return Choice(guardian_id, way, address.key)
    return None
