"""What is printed: a waiver to sign on paper, and the documents that are only read."""

from intake.config import Settings
from intake.documents.texts import WAIVER, shown_text
from pdf.blank import compose_blank
from pdf.content import Answer
from pdf.document import Rendered
from translations import mark, translate


def blank_waiver(
    settings: Settings,
    language: str,
    *,
    draft: bool,
    student_name: str = "",
    school: str = "",
) -> Rendered:
    """The waiver in a language, English beside it, with lines to write on.

    ``draft``: nobody has approved this language; each page says so.

    Raises IncompleteLanguage, UnknownLanguage, FontsMissing.
    """

    def row(label: str, value: str = "") -> Answer:
        return Answer(translate(label, language), label, value)

    text = shown_text(settings, WAIVER, language)
    return compose_blank(
        text,
        text if language == "en" else shown_text(settings, WAIVER, "en"),
        lines=[
            row(mark("Student"), student_name),
            row(mark("Date of birth")),
            row(mark("School"), school),
            row(mark("Name of the person who signs")),
            row(mark("Parent, guardian, or student 18 or older")),
            row(mark("Phone number or email")),
            row(mark("Signature")),
            row(mark("Date")),
            row(mark("Witness, if you sign with a mark")),
        ],
        choices=[row(mark("Yes: share the information")), row(mark("No: do not share"))],
        page_label=_page_label(language),
        draft_notice=_draft_notice(language) if draft else None,
    )


def printed_document(settings: Settings, document: str, language: str, *, draft: bool) -> Rendered:
    """A document that is only read, in a language, followed by its English.

    Raises UnknownDocument, IncompleteLanguage, FontsMissing.
    """
    text = shown_text(settings, document, language)
    return compose_blank(
        text,
        text if language == "en" else shown_text(settings, document, "en"),
        lines=(),
        choices=(),
        page_label=_page_label(language),
        draft_notice=_draft_notice(language) if draft else None,
        sections=text.sections,
    )


def _page_label(language: str) -> str:
    return translate(mark("Page {page} of {pages}"), language)


def _draft_notice(language: str) -> str:
    return translate(mark("This translation is a draft. The English text is attached."), language)
