"""A document's translation beside its English, printed for the person who checks it."""

from collections.abc import Mapping

from forms.document import Document
from forms.source import PLACEHOLDER, read_words
from pdf.comparison import ComparedBlock, render_comparison
from translations import language as registered_language

_SOURCE = "en"


def printed_comparison(document: Document, language: str) -> bytes:
    """Two columns of all the document's words, those still missing empty.

    Raises UnknownLanguage, DocumentError, FontsMissing.
    """
    found = registered_language(language)
    source = read_words(document.path(_SOURCE)).by_place
    exists = document.path(language).exists()
    target: Mapping[str, str] = read_words(document.path(language)).by_place if exists else {}
    meanings = document.meanings()
    blocks = [
        ComparedBlock(
            place, source[place], _isolated(target.get(place, "")), meanings.get(place, ())
        )
        for place in sorted(document.structure.words(), key=_is_in_the_table)
    ]
    whole = language in document.complete_languages()
    digest = document.text(language).sha256 if whole else "not complete"
    return render_comparison(
        blocks,
        title=f"{document.name} {document.version}: {found.english_name}",
        facts=f"Text (SHA-256): {digest}",
        language=language,
        endonym=found.endonym,
    )


def _isolated(text: str) -> str:
    """Placeholders apart from the letters around them, whatever their direction."""
    return PLACEHOLDER.sub(lambda match: f"\u2068{match[0]}\u2069", text)


def _is_in_the_table(place: str) -> bool:
    """The words of the table come after the text."""
    return place != "title" and not place.startswith("blocks.")
