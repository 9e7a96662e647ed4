"""What is printed: papers to sign by hand, and the documents that are only read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.config import Settings
from intake.documents.texts import REVOCATION, WAIVER, shown_text
from pdf.blank import compose_reading
from pdf.content import Answer
from pdf.document import Rendered
from pdf.sheet.code import SheetDocument, new_waiver_id
from pdf.sheet.geometry import PaperSize
from pdf.sheet.paper import Paper, compose_papers
from pdf.sheet.printing import SheetLabels
from translations import mark, translate

_REVOCATION_SECTIONS = ("about", "contact")
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """One paper to print: blank, or filled with what is known of a student."""

    language: str
    document: SheetDocument = SheetDocument.WAIVER
    student_name: str = ""
    birth_date: str = ""
    """As it is to stand on the paper."""
    school: str = ""
    draft: bool = True
    """Nobody has approved this language; each page says so."""
    waiver_id: str = field(default_factory=new_waiver_id)


def printed_papers(
    settings: Settings, orders: Sequence[PaperOrder], *, size: PaperSize = PaperSize.LETTER
) -> Rendered:
    """Papers to sign, each in its language with English beside, in one file.

    Each begins on the front of a sheet. Raises IncompleteLanguage, UnknownLanguage, FontsMissing.
    """
    return compose_papers([_paper(settings, order) for order in orders], size)


def blank_waiver(
    settings: Settings,
    language: str,
    *,
    draft: bool,
    student_name: str = "",
    school: str = "",
    size: PaperSize = PaperSize.LETTER,
) -> Rendered:
    """One waiver. Raises IncompleteLanguage, UnknownLanguage, FontsMissing."""
    order = PaperOrder(language, student_name=student_name, school=school, draft=draft)
    return printed_papers(settings, [order], size=size)


def printed_document(settings: Settings, document: str, language: str, *, draft: bool) -> Rendered:
    """A document that is only read, in a language, followed by its English.

    Raises UnknownDocument, IncompleteLanguage, FontsMissing.
    """
    text = shown_text(settings, document, language)
    return compose_reading(
        text,
        text if language == _ENGLISH else shown_text(settings, document, _ENGLISH),
        page_label=_page_label(language),
        draft_notice=_draft_notice(language) if draft else None,
        sections=text.sections,
    )


def _paper(settings: Settings, order: PaperOrder) -> Paper:
    language = order.language
    is_waiver = order.document is SheetDocument.WAIVER

    def row(label: str, value: str = "") -> Answer:
        return Answer(translate(label, language), label, value)

    name = WAIVER if is_waiver else REVOCATION
    text = shown_text(settings, name, language)
    choices = [row(mark("Yes: share the information")), row(mark("No: do not share"))]
    boxes = {
        "student_name": row(mark("Student"), order.student_name),
        "birth_date": row(mark("Date of birth"), order.birth_date),
        "school": row(mark("School"), order.school),
        "printed_name": row(mark("Name of the person who signs")),
        "phone": row(mark("Phone number or email")),
        "signature": row(mark("Signature")),
        "date": row(mark("Date")),
        "witness": row(mark("Witness, if you sign with a mark")),
    }
    if is_waiver:
        boxes |= dict(zip(("consent_yes", "consent_no"), choices, strict=True))
    return Paper(
        text=text,
        english=text if language == _ENGLISH else shown_text(settings, name, _ENGLISH),
        document=order.document,
        waiver_id=order.waiver_id,
        labels=SheetLabels(boxes, _online(settings, order) if is_waiver else None),
        choices=choices if is_waiver else (),
        page_label=_page_label(language),
        draft_notice=_draft_notice(language) if order.draft else None,
        sections=("about", "sharing", "contact") if is_waiver else _REVOCATION_SECTIONS,
    )


def _online(settings: Settings, order: PaperOrder) -> Answer:
    # TRANSLATORS: on a printed form, beside a square code that a phone can scan
    label = mark("Or answer online: scan this code with your phone, or open this address.")
    address = f"{settings.base_url.rstrip('/')}/{order.language}/"
    return Answer(translate(label, order.language), label, address)


def _page_label(language: str) -> str:
    return translate(mark("Page {page} of {pages}"), language)


def _draft_notice(language: str) -> str:
    return translate(mark("This translation is a draft. The English text is attached."), language)
