"""A student's record of disclosures in the words of a language: who received what, when and why.

What was disclosed is worded as the waiver words it, in the version that was signed; where that
lacks the language, in English, whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.document import DocumentText, IncompleteLanguage, UnknownDocument, load
from intake.consents.decide import WAIVER
from intake.disclosures.copies import CopyAnswer, CopyRequest, copies_of, newest_by_disclosure
from intake.disclosures.listing import disclosures_of
from intake.disclosures.model import Disclosure
from intake.documents.in_force import current
from intake.partners.model import Partner, PartnerPerson
from translations import mark

ROLES: Mapping[str, str] = {
    # TRANSLATORS: what somebody does for a partner organization: the helper of a student
    "tutor": mark("Tutor"),
    # TRANSLATORS: what somebody does for a partner organization
    "mentor": mark("Mentor"),
    # TRANSLATORS: what somebody does for a partner organization, such as an after-school program
    "program_staff": mark("Program staff"),
    # TRANSLATORS: what somebody does for a partner organization: helps a family with everything
    "case_manager": mark("Case manager"),
    # TRANSLATORS: what somebody does for a partner organization, such as a nurse
    "health_provider": mark("Health care provider"),
    # TRANSLATORS: what somebody does for a partner organization: keeps the data correct
    "data_manager": mark("Data manager"),
}
"""Those that the product knows; a partnership's own role stands under its own name."""

COPY_ANSWERS: Mapping[CopyAnswer, str] = {
    CopyAnswer.HANDED_OVER: mark("You got the copy by hand."),
    CopyAnswer.MAILED: mark("The copy was sent by mail."),
    CopyAnswer.SENT_BY_SCHOOL: mark("The school sent the copy."),
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """One disclosure, worded."""

    id: str
    at: datetime
    partner: str
    partner_class: str
    person: str
    role: str
    """To translate, or a partnership's own word (translating that changes nothing)."""
    elements: tuple[str, ...]
    purpose: str
    words_language: str
    """In which language class, elements and purpose are."""
    copy: CopyRequest | None
    """The newest request for a copy of it."""

    @property
    def copy_is_open(self) -> bool:
        """Whether somebody has asked for it, and nobody has answered yet."""
        return self.copy is not None and self.copy.answered_at is None


def inspect_disclosures(session: Session, student_id: str, *, language: str) -> list[Inspected]:
    """The whole record of one student (34 CFR 99.32(a)), newest first."""
    return _worded(session, disclosures_of(session, student_id)[::-1], student_id, language)


def inspect_chosen(
    session: Session, student_id: str, chosen: Sequence[str], *, language: str
) -> list[Inspected]:
    """These disclosures of the student, oldest first."""
    wanted = set(chosen)
    found = [one for one in disclosures_of(session, student_id) if one.id in wanted]
    return _worded(session, found, student_id, language)


def _worded(
    session: Session, disclosures: Sequence[Disclosure], student_id: str, language: str
) -> list[Inspected]:
    partners = _partners(session, {one.partner_id for one in disclosures})
    people = _people(session, {one.person_id for one in disclosures})
    copies = newest_by_disclosure(copies_of(session, student_id))
    found = []
    for one in disclosures:
        text = _text(one.waiver_version, language)
        partner = partners[one.partner_id]
        classes = {kind.id: kind.label for kind in text.partner_classes}
        labels = {e.id: e.label for group in text.element_groups for e in group.elements}
        purposes = {group.id: group.purpose for group in text.element_groups}
        found.append(
            Inspected(
                id=one.id,
                at=one.at,
                partner=partner.name,
                partner_class=classes.get(partner.partner_class, ""),
                person=people[one.person_id].name,
                role=ROLES.get(one.role, one.role),
                elements=tuple(labels.get(element, element) for element in one.elements),
                purpose=purposes.get(one.purpose, one.purpose),
                words_language=text.language,
                copy=copies.get(one.id),
            )
        )
    return found


def _text(version: str, language: str) -> DocumentText:
    """The waiver that was signed, in a language; one that is not here any more as in force."""
    try:
        document = load(WAIVER, version)
    except UnknownDocument:
        document = current(WAIVER)
    try:
        return document.text(language)
    except IncompleteLanguage:
        return document.text("en")


def _partners(session: Session, ids: set[str]) -> dict[str, Partner]:
    query = select(Partner).where(Partner.id.in_(sorted(ids)))
    return {partner.id: partner for partner in session.scalars(query)}


def _people(session: Session, ids: set[str]) -> dict[str, PartnerPerson]:
    query = select(PartnerPerson).where(PartnerPerson.id.in_(sorted(ids)))
    return {person.id: person for person in session.scalars(query)}
