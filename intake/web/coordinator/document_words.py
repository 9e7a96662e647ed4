"""What the legal documents are called on the coordinator's pages."""

from flask_babel import gettext

from intake.documents.releases import Refusal, ReleaseRefused
from intake.documents.texts import (
    DATA_USE,
    PARTIAL_REVOCATION,
    PRIVACY_POSTING,
    REVOCATION,
    WAIVER,
)
from intake.figures.documents import TextStanding, VersionStanding
from intake.web.coordinator.dashboard_words import language_word
from translations import mark

_DOCUMENTS = {
    WAIVER: mark("Waiver"),
    REVOCATION: mark("Revocation letter"),
    PARTIAL_REVOCATION: mark("Letter that takes back a part"),
    DATA_USE: mark("How information is used"),
    PRIVACY_POSTING: mark("Privacy notice"),
}


_STANDINGS: dict[VersionStanding | TextStanding, str] = {
    VersionStanding.DRAFT: mark("Draft"),
    VersionStanding.SCHEDULED: mark("Published, not in force yet"),
    VersionStanding.IN_FORCE: mark("In force"),
    VersionStanding.SUPERSEDED: mark("Replaced by a newer version"),
    TextStanding.AS_PUBLISHED: mark("As published"),
    TextStanding.NEW: mark("Draft, not published"),
    TextStanding.CHANGED: mark("Changed since it was published; not offered"),
    TextStanding.BROKEN: mark("Changed after people signed it"),
    TextStanding.MISSING: mark("Not complete"),
}
_REFUSALS = {
    Refusal.NOT_WHOLE: mark("The English text is not complete."),
    Refusal.IN_THE_PAST: mark("The first day is over. Choose today, or a day to come."),
    Refusal.OLDER: mark("A newer version is published already."),
    Refusal.NOTHING_NEW: mark("This version is published, and nothing has changed since."),
    Refusal.SIGNED: mark(
        "People have signed a text that was changed: %(languages)s. Put the file back as it was, "
        "and make a new version for the change."
    ),
    Refusal.UNKNOWN: mark("This was taken back already."),
}


def standing_word(standing: VersionStanding | TextStanding) -> str:
    """Where a version or a text stands."""
    return str(gettext(_STANDINGS[standing]))


def refusal(refused: ReleaseRefused) -> str:
    """Why it can't be published, or taken back."""
    named = ", ".join(language_word(code) for code in refused.languages)
    return str(gettext(_REFUSALS[refused.reason], languages=named))


def document_word(name: str) -> str:
    """A document's name; one that we have no word for keeps its own."""
    return str(gettext(_DOCUMENTS[name])) if name in _DOCUMENTS else name
