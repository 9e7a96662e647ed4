"""What messages say, in the family's language.

Never more of a student than a first name, and in an SMS no word on what was answered: phones are
shared, numbers change hands, and previews show on locked screens (tests/messages/test_previews.py
holds every text to it). The receiver knows the message by the partnership's name and because they
have just asked for it; no message asks for anything personal. English ones fit one SMS (160
characters); other scripts have 70 a part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.messages.model import MessageKind
from intake.messages.texts import TEXTS, Purpose
from translations import translate


@dataclass(frozen=True, slots=True)
class Wording:
    """One message's text; ``subject`` is empty for SMS."""

    purpose: Purpose
    subject: str = field(repr=False)
    body: str = field(repr=False)


def code_wording(kind: MessageKind, language: str, *, partnership: str, code: str) -> Wording:
    """The one-time code; its digits are 0-9 in every language, so that phones recognise it."""
    return _wording(Purpose.CODE, kind, language, partnership=partnership, code=code)


def receipt_wording(kind: MessageKind, language: str, *, partnership: str, link: str) -> Wording:
    """The answer (yes or no) is recorded; ``link`` leads to the copy and to revoking."""
    return _wording(Purpose.RECEIPT, kind, language, partnership=partnership, link=link)


def revocation_received_wording(
    kind: MessageKind, language: str, *, partnership: str, link: str, is_partial: bool = False
) -> Wording:
    """The revocation is recorded and counts; ``link`` leads to its copy and progress."""
    purpose = Purpose.PART_RECEIVED if is_partial else Purpose.REVOCATION_RECEIVED
    return _wording(purpose, kind, language, partnership=partnership, link=link)


def revocation_done_wording(
    kind: MessageKind, language: str, *, partnership: str, link: str, is_partial: bool = False
) -> Wording:
    """Every sharing system has confirmed that the identity is hidden, or the part not shared;
    ``link`` leads to the page that says so."""
    purpose = Purpose.PART_DONE if is_partial else Purpose.REVOCATION_DONE
    return _wording(purpose, kind, language, partnership=partnership, link=link)


def now_yours_wording(kind: MessageKind, language: str, *, partnership: str, link: str) -> Wording:
    """The student is 18; ``link`` leads to the student's own waiver."""
    return _wording(Purpose.NOW_YOURS, kind, language, partnership=partnership, link=link)


def question_received_wording(
    kind: MessageKind, language: str, *, partnership: str, number: str, day: str
) -> Wording:
    """A family's question is here; ``day`` is until when it shall be answered."""
    return _wording(
        Purpose.QUESTION_RECEIVED, kind, language, partnership=partnership, number=number, day=day
    )


def question_reply_wording(
    kind: MessageKind, language: str, *, partnership: str, number: str, answer: str, link: str
) -> Wording:
    """The answer, in the family's language; ``link`` leads to where they ask again."""
    values = {"partnership": partnership, "number": number, "answer": answer, "link": link}
    return _wording(Purpose.QUESTION_REPLY, kind, language, **values)


def campaign_wording(
    kind: MessageKind, language: str, *, partnership: str, link: str, is_reminder: bool = False
) -> Wording:
    """A family is asked for an answer, or reminded; ``link`` is its own."""
    purpose = Purpose.CAMPAIGN_REMINDER if is_reminder else Purpose.CAMPAIGN
    return _wording(purpose, kind, language, partnership=partnership, link=link)


def _wording(purpose: Purpose, kind: MessageKind, language: str, **values: str) -> Wording:
    texts = TEXTS[purpose]
    if kind is MessageKind.SMS:
        return Wording(purpose, "", translate(texts.sms, language) % values)
    subject = translate(texts.subject, language) % values
    return Wording(purpose, subject, translate(texts.email, language) % values)


def family_purposes() -> tuple[Purpose, ...]:
    """Those of which families and students get messages, each by SMS and by email."""
    return tuple(TEXTS)


def filled_wording(
    purpose: Purpose, kind: MessageKind, language: str, values: Mapping[str, str]
) -> Wording:
    """Any of them with these values; for previews. Raises KeyError where one is missing."""
    return _wording(purpose, kind, language, **values)
