"""A waiver to print and sign on paper."""

from forms.document import load
from intake.config import Settings
from intake.documents.texts import WAIVER, shown_text
from pdf.blank import render_blank
from pdf.content import Answer
from translations import mark, translate


def blank_waiver(
    settings: Settings, language: str, *, student_name: str = "", school: str = ""
) -> bytes:
    """The waiver in a language, English beside it, with lines to write on.

    Raises IncompleteLanguage, UnknownLanguage, FontsMissing.
    """

    def row(label: str, value: str = "") -> Answer:
        return Answer(translate(label, language), label, value)

    text = shown_text(settings, WAIVER, language)
    notice = mark("This translation is a draft. The English text is attached.")
    return render_blank(
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
        page_label=translate(mark("Page {page} of {pages}"), language),
        draft_notice=translate(notice, language) if load(WAIVER).is_draft(language) else None,
    )
