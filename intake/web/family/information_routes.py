"""Documents that are only read: how information is used, and how the data system protects it."""

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from intake.documents.texts import DATA_USE, PRIVACY_POSTING, is_whole, shown_text
from intake.paper.printing import printed_document
from intake.web.family.blueprint import blueprint, installation, page, page_code
from intake.web.family.reading import is_draft
from intake.web.wording import page_language

_DOCUMENTS = {"data-use": DATA_USE, "privacy": PRIVACY_POSTING}
"""By the word that stands for them in addresses."""


@blueprint.get("/<language>/read/<word>")
def read(word: str) -> ResponseReturnValue:
    """One document on a page, with its English beneath."""
    document = _document(word)
    settings = installation().settings
    return page(
        "read.html",
        text=shown_text(settings, document, page_code()),
        english=shown_text(settings, document, "en"),
        draft=is_draft(document),
        word=word,
    )


@blueprint.get("/<language>/read/<word>.pdf")
def printed(word: str) -> ResponseReturnValue:
    """The same document to print, or to keep."""
    document = _document(word)
    pdf = printed_document(
        installation().settings, document, page_code(), draft=is_draft(document)
    ).pdf
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'inline; filename="{word}-{page_code()}.pdf"',
    }
    return pdf, 200, headers


def _document(word: str) -> str:
    document = _DOCUMENTS.get(word)
    if document is None or not is_whole(document, page_code()):
        raise NotFound
    return document


@blueprint.app_template_global()
def further_reading() -> list[tuple[str, str]]:
    """The documents that can be read in this page's language: word of the address, and title."""
    settings, code = installation().settings, page_language().code
    return [
        (word, shown_text(settings, document, code).title)
        for word, document in _DOCUMENTS.items()
        if is_whole(document, code)
    ]
