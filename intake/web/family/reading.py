"""What reading pages share: whether a text is a draft, and the texts of a visit."""

from flask import g
from markupsafe import Markup

from forms.document import Document, DocumentText
from intake.consents.narrow import Part
from intake.documents.approvals import is_approved
from intake.documents.in_force import current
from intake.documents.texts import WAIVER, part_labels, shown_text
from intake.web.family.blueprint import blueprint, installation, page_code
from intake.web.family.visit import Visit
from intake.web.wording import with_english


def is_draft(document: str) -> bool:
    """Whether no qualified person has approved this page's language of a document."""
    key = f"draft/{document}/{page_code()}"
    if key not in g:
        with installation().database.read() as session:
            setattr(g, key, not is_approved(session, current(document), page_code()))
    return bool(getattr(g, key))


def waiver() -> Document:
    """The waiver in the version that is in force."""
    return current(WAIVER)


def may_sign() -> bool:
    """Whether a yes can be taken in this page's language: a demonstration takes drafts too."""
    return installation().settings.demo or not is_draft(WAIVER)


@blueprint.app_template_global()
def reads_beside(text: DocumentText) -> bool:
    """Whether each block has its English under it: a draft that is only to be read."""
    return not installation().settings.demo and is_draft(text.name)


def taken_back(part: Part) -> dict[str, list[tuple[str, Markup]]]:
    """A part for a page: each element's and class's id, and its words."""
    own, english = part_labels(part, page_code()), part_labels(part, "en")
    both = {
        "elements": (part.elements, own.elements, english.elements),
        "partner_classes": (part.partner_classes, own.partner_classes, english.partner_classes),
    }
    return {
        name: [(id, with_english(words, also)) for id, words, also in zip(*lists, strict=True)]
        for name, lists in both.items()
    }


def texts(found: Visit) -> tuple[DocumentText, DocumentText]:
    """The document of a visit in the page's language and in English, whole."""
    settings, document = installation().settings, found.document
    return shown_text(settings, document, page_code()), shown_text(settings, document, "en")
