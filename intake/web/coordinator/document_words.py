"""What the legal documents are called on the coordinator's pages."""

from flask_babel import gettext

from intake.documents.texts import (
    DATA_USE,
    PARTIAL_REVOCATION,
    PRIVACY_POSTING,
    REVOCATION,
    WAIVER,
)
from translations import mark

_DOCUMENTS = {
    WAIVER: mark("Waiver"),
    REVOCATION: mark("Revocation letter"),
    PARTIAL_REVOCATION: mark("Letter that takes back a part"),
    DATA_USE: mark("How information is used"),
    PRIVACY_POSTING: mark("Privacy notice"),
}


def document_word(name: str) -> str:
    """A document's name; one that we have no word for keeps its own."""
    return str(gettext(_DOCUMENTS[name])) if name in _DOCUMENTS else name
