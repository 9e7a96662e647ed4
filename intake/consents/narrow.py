"""Taking a part of a consent back, in writing: some data elements, or some classes of parties.

What is left is a smaller consent of the same signature. What was signed stays in the ledger and
in the sealed document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.document import UnknownDocument, load
from intake.consents.errors import NothingOfThisToRevoke, NotRevocableInPart
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent, Revocation
from intake.consents.states import EventKind

_TOO_FEW = 2
"""One element for one class of parties: there is no part of it."""


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


def revocable_parts(consents: Sequence[Consent]) -> Part:
    """What can be taken back of these consents one by one; empty where only all of them can.

    In the order of the waiver that was signed last.
    """
    if not consents or not all(is_revocable_in_part(consent) for consent in consents):
        return Part()
    newest_first = sorted(consents, key=lambda one: one.signed_at, reverse=True)
    elements = dict.fromkeys(one for consent in newest_first for one in consent.elements)
    classes = dict.fromkeys(one for consent in newest_first for one in consent.partner_classes)
    if len(elements) + len(classes) <= _TOO_FEW:
        return Part()
    return Part(tuple(elements), tuple(classes))


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


def part_of(revocation: Revocation) -> Part:
    """What a letter takes back; empty where it takes back everything."""
    return Part(tuple(revocation.elements or ()), tuple(revocation.partner_classes or ()))


def lost_part(session: Session, consent: Consent) -> Part:
    """What has been taken back of this consent while the rest stayed."""
    query = select(LedgerEvent.revocation_id).where(
        LedgerEvent.consent_id == consent.id, LedgerEvent.kind == EventKind.NARROWED
    )
    letters = session.scalars(
        select(Revocation).where(Revocation.id.in_(query)).order_by(Revocation.signed_at)
    ).all()
    parts = [part_of(letter) for letter in letters]
    return Part(
        tuple(dict.fromkeys(one for part in parts for one in part.elements)),
        tuple(dict.fromkeys(one for part in parts for one in part.partner_classes)),
    )


def _has(consent: Consent, part: Part) -> bool:
    return not (
        set(part.elements).isdisjoint(consent.elements)
        and set(part.partner_classes).isdisjoint(consent.partner_classes)
    )
