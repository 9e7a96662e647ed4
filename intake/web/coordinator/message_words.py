"""What messages to families are called on staff's pages."""

from flask_babel import gettext

from intake.messages.model import Meaning
from intake.messages.texts import Purpose
from translations import mark

_WORDS = {
    Purpose.CODE: mark("One-time code"),
    Purpose.RECEIPT: mark("After an answer: where the copy is"),
    Purpose.REVOCATION_RECEIVED: mark("After a revocation"),
    Purpose.REVOCATION_DONE: mark("When a revocation is complete"),
    Purpose.PART_RECEIVED: mark("After a part was taken back"),
    Purpose.PART_DONE: mark("When a part is no longer shared"),
    Purpose.NOW_YOURS: mark("To a student on the 18th birthday"),
    Purpose.CAMPAIGN: mark("A campaign asks for an answer"),
    Purpose.CAMPAIGN_REMINDER: mark("A campaign reminds"),
    Purpose.QUESTION_RECEIVED: mark("After a family’s question"),
    Purpose.QUESTION_REPLY: mark("The answer to a family’s question"),
    # TRANSLATORS: what we answer to a text message with the word STOP; the same for those below
    Meaning.STOP: mark("Answer to STOP"),
    Meaning.START: mark("Answer to START"),
    Meaning.HELP: mark("Answer to HELP"),
    Meaning.REVOKE: mark("Answer to words of taking back"),
    Meaning.WRONG_PERSON: mark("Answer to “wrong number”"),
    Meaning.OTHER: mark("Answer to anything else, once a day"),
}


def about_word(about: Purpose | Meaning) -> str:
    """Why a message is sent."""
    return str(gettext(_WORDS[about]))
