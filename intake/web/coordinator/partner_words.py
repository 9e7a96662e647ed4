"""What partners' words are called on the coordinator's pages."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import gettext

from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.disclosures.inspecting import ROLES
from intake.partners.errors import (
    ContactUnusable,
    EndsBeforeItBegins,
    IdTaken,
    IdUnusable,
    NameUnusable,
)
from intake.partners.history import Subject
from intake.partners.model import PartnerClass
from intake.partners.standing import Standing
from intake.web.wording import Words
from translations import mark

_WORDS = Words(
    (
        (PartnerClass.COMMUNITY, mark("Community organization")),
        (PartnerClass.GOVERNMENT, mark("Government organization")),
        (PartnerClass.HEALTH, mark("Health care provider")),
        (Standing.CURRENT, mark("Current")),
        (Standing.LAPSES_SOON, mark("Lapses soon")),
        # TRANSLATORS: an agreement or a role that begins on a later day
        (Standing.NOT_YET, mark("Not in force yet")),
        (Standing.LAPSED, mark("Lapsed")),
        # TRANSLATORS: a partner has no agreement at all
        (Standing.MISSING, mark("None")),
        (Subject.PARTNER, mark("Partner")),
        (Subject.AGREEMENT, mark("Agreement")),
        (Subject.PERSON, mark("Person")),
        (Subject.ROLE, mark("Role")),
        (Subject.TRAINING, mark("Training")),
        (Subject.ASSIGNMENT, mark("School")),
        (Subject.NEEDS, mark("Need to know")),
    )
)

_FIELDS: Mapping[str, str] = {
    "name": mark("Name"),
    "partner_class": mark("Kind of partner"),
    "contact": mark("Email for reminders"),
    "document": mark("Document"),
    "signed_on": mark("Signed"),
    "expires_on": mark("Last day"),
    "role": mark("Role"),
    "starts_on": mark("First day"),
    "ends_on": mark("Last day"),
    "training": mark("Training"),
    "completed_on": mark("Completed"),
    "person_id": mark("Person"),
    "school_id": mark("School"),
}
_IMPORT = "import"

_PROBLEMS: Mapping[type[Exception], str] = {
    IdUnusable: mark("An id has 1 to 64 of the letters A to Z, digits, '.', '_' and '-'."),
    IdTaken: mark("This id is in use already. Choose another one."),
    NameUnusable: mark("A name needs at least one letter, and has at most 200 characters."),
    ContactUnusable: mark("Check the email address. It looks like name@example.org."),
    EndsBeforeItBegins: mark("The last day is before the first day. Check both."),
}


def partner_word(value: StrEnum) -> str:
    """The word for a class, a standing, or what was changed."""
    return _WORDS.of(value)


def role_word(role: str) -> str:
    """A role the product knows, or a partnership's own by its name."""
    return str(gettext(ROLES[role])) if role in ROLES else role


def role_choices() -> list[tuple[str, str]]:
    """The roles that a person can be given here; a file can name others."""
    return [(role, role_word(role)) for role in ROLES]


def field_word(name: str) -> str:
    """What a value in the history is; empty for one that says nothing on its partner's page."""
    return str(gettext(_FIELDS[name])) if name in _FIELDS else ""


def problem(error: Exception) -> str:
    """Why something could not be recorded, and what to change."""
    general = mark("This can't be recorded any more. Reload the page and check what is there.")
    return str(gettext(_PROBLEMS.get(type(error), general)))


def changed_by(actor: Actor, names: Mapping[str, str]) -> str:
    """Who made a change; ``names`` are the staff's, by id."""
    if actor.kind is ActorKind.STAFF:
        return names.get(actor.id or "", actor.id or "")
    if actor.id == _IMPORT:
        # TRANSLATORS: who made a change: an operator, by importing a file
        return str(gettext("a file that was imported"))
    return str(gettext("the system"))
