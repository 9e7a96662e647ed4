"""The legal texts as families read them, and the languages in which everything is there."""

from forms.document import DocumentText, load
from intake.config import Settings
from intake.consents.narrow import Part
from intake.documents.in_force import current, offered_codes
from intake.documents.names import (
    CONSENTS,
    DATA_USE,
    PARTIAL_REVOCATION,
    PRIVACY_POSTING,
    READING,
    REVOCATION,
    WAIVER,
)
from translations import Language, has_catalogue, languages

__all__ = [
    "CONSENTS",
    "DATA_USE",
    "PARTIAL_REVOCATION",
    "PRIVACY_POSTING",
    "READING",
    "REVOCATION",
    "WAIVER",
    "is_whole",
    "offered_languages",
    "part_labels",
    "shown_text",
]


def shown_text(
    settings: Settings, document: str, language: str, version: str | None = None
) -> DocumentText:
    """A legal document as families read it, with the partnership's facts in it.

    The version in force unless told otherwise. Raises IncompleteLanguage, UnknownDocument.
    """
    found = current(document) if version is None else load(document, version)
    text = found.text(language)
    facts = {
        "partnership": settings.partnership,
        "phone": settings.partnership_phone,
        "email": settings.partnership_email,
        "end_date": languages()[language].long_date(settings.consent_end_date),
    }
    return text.fill(facts)


def part_labels(part: Part, language: str) -> Part:
    """What a part is called in this language, in the waiver's words, in its order.

    Raises IncompleteLanguage.
    """
    text = current(WAIVER).text(language)
    elements = {e.id: e.label for group in text.element_groups for e in group.elements}
    classes = {one.id: one.label for one in text.partner_classes}
    return Part(
        tuple(elements.get(one, one) for one in part.elements),
        tuple(classes.get(one, one) for one in part.partner_classes),
    )


def is_whole(document: str, language: str) -> bool:
    """Whether every word of the document is there in this language, as it was published."""
    return language in offered_codes(document)


def offered_languages() -> tuple[Language, ...]:
    """Languages in which everything is there: both documents and the interface."""
    complete = set(offered_codes(WAIVER)) & set(offered_codes(REVOCATION))
    return tuple(
        language
        for code, language in languages().items()
        if code in complete and has_catalogue(code)
    )
