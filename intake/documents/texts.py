"""The legal texts as families read them, and the languages in which everything is there."""

from forms.document import DocumentText, load
from intake.config import Settings
from intake.consents.narrow import Part
from translations import Language, has_catalogue, languages

WAIVER = "ferpa_waiver"
REVOCATION = "revocation"
PARTIAL_REVOCATION = "partial_revocation"
DATA_USE = "data_use"
PRIVACY_POSTING = "privacy_posting"
CONSENTS = (WAIVER,)
"""By which families consent, or don't."""
READING = (DATA_USE, PRIVACY_POSTING)
"""What is only read: nobody signs it."""


def shown_text(
    settings: Settings, document: str, language: str, version: str | None = None
) -> DocumentText:
    """A legal document as families read it, with the partnership's facts in it.

    The newest version unless told otherwise. Raises IncompleteLanguage, UnknownDocument.
    """
    text = load(document, version).text(language)
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
    text = load(WAIVER).text(language)
    elements = {e.id: e.label for group in text.element_groups for e in group.elements}
    classes = {one.id: one.label for one in text.partner_classes}
    return Part(
        tuple(elements.get(one, one) for one in part.elements),
        tuple(classes.get(one, one) for one in part.partner_classes),
    )


def is_whole(document: str, language: str) -> bool:
    """Whether every word of the document is there in this language."""
    return language in load(document).complete_languages()


def offered_languages() -> tuple[Language, ...]:
    """Languages in which everything is there: both documents and the interface."""
    complete = set(load(WAIVER).complete_languages()) & set(load(REVOCATION).complete_languages())
    return tuple(
        language
        for code, language in languages().items()
        if code in complete and has_catalogue(code)
    )
