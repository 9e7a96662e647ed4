"""The words of sealed documents, in a signer's language with English beside them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.choices import SignatureMethod
from intake.consents.at_desk import IdentityDocument, Said, Vouched
from intake.consents.confirm import ConfirmationMethod
from intake.consents.states import Assurance, Channel
from pdf.content import Answer
from translations import language as registered_language
from translations import mark, translate

METHODS = {
    SignatureMethod.DRAWN: mark("Drawn by hand on the screen"),
    SignatureMethod.TYPED: mark("Name typed as a signature"),
    SignatureMethod.MARK: mark("A mark made in front of a witness"),
}
CHANNELS = {
    Channel.ONLINE: mark("Online"),
    Channel.DESK: mark("At the school's desk"),
    Channel.PAPER: mark("On paper"),
}
ASSURANCES = {
    Assurance.ON_RECORD_CONTACT: mark("A one-time code reached a contact on the school's record"),
    Assurance.SELF_ASSERTED: mark(
        "A one-time code reached a contact that is not on the school's record; "
        "staff will confirm who signed"
    ),
    Assurance.IN_PERSON: mark("Staff saw the signer in person"),
    Assurance.PAPER: mark("Signed on paper"),
}
KNOWN_BY = {
    ConfirmationMethod.CALLED_NUMBER_ON_RECORD: mark("Called at a number on the school's record"),
    ConfirmationMethod.SAW_IDENTITY_DOCUMENT: mark("Staff saw an identity document"),
    ConfirmationMethod.KNOWS_THE_PERSON: mark("Staff know the person"),
}
DOCUMENTS_SEEN = {
    IdentityDocument.DRIVER_LICENSE: mark("Driver license or state identity card"),
    IdentityDocument.PASSPORT: mark("Passport"),
    IdentityDocument.SCHOOL_OR_WORK_CARD: mark("School or work card with a photo"),
    IdentityDocument.OTHER_WITH_PHOTO: mark("Another official document with a photo"),
}
SAID = {
    Said.HERE: mark("Said to staff at the school's desk"),
    Said.BY_LETTER: mark("Written in a signed letter, which the school keeps"),
}


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a member of staff stands for, and their name."""

    staff_name: str
    vouched: Vouched


class Words:
    """Rows of label and value in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def translated(self, message: str) -> str:
        return translate(message, self.language)

    def row(self, label: str, value: str = "") -> Answer:
        return Answer(self.translated(label), label, value)

    def day(self, day: date) -> str:
        return registered_language(self.language).long_date(day)


def witnessed_rows(words: Words, witnessed: Witnessed | None) -> list[Answer]:
    """Who of the staff stands for it, and how they know; kinds of documents, never numbers."""
    if witnessed is None:
        return []
    vouched = witnessed.vouched
    rows = [words.row(mark("Recorded by staff"), witnessed.staff_name)]
    if vouched.said is not None:
        rows.append(words.row(mark("How it was said"), words.translated(SAID[vouched.said])))
    if vouched.received_on is not None:
        rows.append(words.row(mark("Letter received on"), words.day(vouched.received_on)))
    if vouched.method is not None:
        rows.append(words.row(mark("How staff knew"), words.translated(KNOWN_BY[vouched.method])))
    if vouched.document is not None:
        seen = words.translated(DOCUMENTS_SEEN[vouched.document])
        rows.append(words.row(mark("Kind of document"), seen))
    return rows


def witnessed_json(witnessed: Witnessed | None) -> dict[str, Any]:
    """The same for the attached record."""
    if witnessed is None:
        return {}
    return {"witnessed": {**witnessed.vouched.stored, "staff_name": witnessed.staff_name}}
