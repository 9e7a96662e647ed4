"""Taking a part of a consent back, in writing: some data elements, or some classes of parties.

What is left is a smaller consent of the same signature. What was signed stays in the ledger and
in the sealed document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forms.document import UnknownDocument, load
from intake.consents.errors import NothingOfThisToRevoke, NotRevocableInPart
from intake.consents.model import Consent


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken back; each element for every party, each class of parties for every element."""

    elements: tuple[str, ...] = ()
    partner_classes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.elements or self.partner_classes)


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a consent covers after a part was taken back."""

    elements: list[str]
    purposes: list[str]
    partner_classes: list[str]


def check_part(consents: Sequence[Consent], part: Part) -> None:
    """Whether every one of these consents can lose this part and any of them has it.

    Raises NotRevocableInPart, NothingOfThisToRevoke.
    """
    if not all(is_revocable_in_part(consent) for consent in consents):
        raise NotRevocableInPart
    if not any(_has(consent, part) for consent in consents):
        raise NothingOfThisToRevoke


def is_revocable_in_part(consent: Consent) -> bool:
    """Whether the version that was signed lets a signer take back a part."""
    try:
        return load(consent.document, consent.version).structure.revocable_in_part
    except UnknownDocument:
        return False


def without(consent: Consent, part: Part) -> Remainder | None:
    """What is left of a consent; nothing where that permits nothing."""
    elements = [one for one in consent.elements if one not in part.elements]
    classes = [one for one in consent.partner_classes if one not in part.partner_classes]
    if not elements or not classes:
        return None
    groups = load(consent.document, consent.version).structure.element_groups
    covered = {group.id for group in groups if not set(group.elements).isdisjoint(elements)}
    purposes = [one for one in consent.purposes if one in covered]
    return Remainder(elements, purposes, classes)


def _has(consent: Consent, part: Part) -> bool:
    return not (
        set(part.elements).isdisjoint(consent.elements)
        and set(part.partner_classes).isdisjoint(consent.partner_classes)
    )
