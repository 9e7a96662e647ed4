"""Every text that families get from us, filled with sample values, for staff to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from intake.config import Settings
from intake.messages.model import Meaning, MessageKind
from intake.messages.replies import reply_text
from intake.messages.segments import SmsSize, cost, sms_size
from intake.messages.texts import Purpose
from intake.messages.wording import family_purposes, filled_wording
from translations import languages

SAMPLE_CODE = "012345"
SAMPLE_RECEIPT = "7K3MQ2XV9T4BHD8R"
SAMPLE_FIRST_NAME = "Emma"
SAMPLE_NUMBER = "7K3M-Q2XV"
SAMPLE_DAY = date(2027, 1, 15)
SAMPLE_ANSWER = "…"
"""What staff type for one family: it is read when it is written."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One message in one language."""

    about: Purpose | Meaning
    """Why it is sent; a Meaning: it answers such a reply."""
    language: str
    sms: str
    size: SmsSize
    cost: Decimal
    """Of the SMS, in the account's currency."""
    subject: str
    """Of the email; empty for answers to replies."""
    email: str


def previews(language: str, settings: Settings) -> list[Preview]:
    """Every message in this language, those of the queue first, then the answers to replies."""
    return [*_queued(language, settings), *_answers(language, settings)]


def sample_values(language: str, settings: Settings) -> dict[str, str]:
    """What stands in a message for what is different each time."""
    return {
        "partnership": settings.partnership,
        "code": SAMPLE_CODE,
        "link": f"{settings.base_url}/{language}/receipt/{SAMPLE_RECEIPT}",
        "first_name": SAMPLE_FIRST_NAME,
        "number": SAMPLE_NUMBER,
        "day": languages()[language].long_date(SAMPLE_DAY),
        "answer": SAMPLE_ANSWER,
    }


def _queued(language: str, settings: Settings) -> Iterator[Preview]:
    values = sample_values(language, settings)
    for purpose in family_purposes():
        sms = filled_wording(purpose, MessageKind.SMS, language, values)
        email = filled_wording(purpose, MessageKind.EMAIL, language, values)
        yield _preview(purpose, language, sms.body, settings, email.subject, email.body)


def _answers(language: str, settings: Settings) -> Iterator[Preview]:
    for meaning in Meaning:
        text = reply_text(
            meaning,
            language,
            partnership=settings.partnership,
            phone=settings.partnership_phone,
            email=settings.partnership_email,
            base_url=settings.base_url,
        )
        yield _preview(meaning, language, text, settings)


def _preview(
    about: Purpose | Meaning,
    language: str,
    sms: str,
    settings: Settings,
    subject: str = "",
    email: str = "",
) -> Preview:
    size = sms_size(sms)
    price = cost(size.segments, settings.sms_price)
    return Preview(about, language, sms, size, price, subject, email)
