"""Every text to a family in every language: what it may hold, what a wrong number would learn."""

import re

import pytest

from intake.messages.model import Meaning, MessageKind
from intake.messages.previews import previews, sample_values
from intake.messages.segments import sms_size
from intake.messages.texts import Purpose
from intake.messages.wording import family_purposes, filled_wording
from intake.messages.words import read_reply
from tests.messages.replying import settings
from translations import languages

MARKERS = {
    "partnership": "⟦partnership⟧",
    "code": "⟦code⟧",
    "link": "⟦link⟧",
    "first_name": "⟦first name⟧",
    "number": "⟦number of the family's question⟧",
    "day": "⟦day⟧",
    "answer": "⟦what staff wrote to this family⟧",
}
"""All that may stand in a message. A text with any other placeholder can't be filled: KeyError."""

TO_STAFF = {
    Purpose.CASE_REMINDER,
    Purpose.CASE_OVERDUE,
    Purpose.PARTNER_LAPSES,
    Purpose.MAY_REVOKE,
    Purpose.QUESTIONS_WAIT,
    Purpose.VIOLATION_REPORTED,
    Purpose.VIOLATIONS_WAIT,
    Purpose.STAFF_LINK,
    Purpose.STAFF_NOTICE,
}

REVEALING = re.compile(
    r"\b(permission|consent\w*|revo\w+|withdr\w+|declin\w+|refus\w+|grant\w+|sign(ed)?|took|"
    r"hid(den)?|expire\w*|shar(es|ed|ing)( has| is)? (stopped|ended)|no longer|"
    r"18|eighteen|birthday|adult|parents?|guardians?|mother|father|son|daughter|"
    r"grades?|immigra\w+|refugee\w*|your child|student's|full name|date of birth|school of)\b",
    re.IGNORECASE,
)


def sms_texts(language: str) -> list[str]:
    return [
        filled_wording(purpose, MessageKind.SMS, language, MARKERS).body
        for purpose in family_purposes()
    ] + [one.sms for one in previews(language, settings()) if isinstance(one.about, Meaning)]


@pytest.mark.parametrize("language", languages())
def test_a_text_message_holds_a_first_name_at_most_and_no_word_on_the_answer(
    language: str,
) -> None:
    for text in sms_texts(language):
        assert text.count(MARKERS["first_name"]) <= 1
        bare = re.sub(r"https?://\S+|⟦[^⟧]*⟧", " ", text)
        assert not REVEALING.search(bare), text
        if MARKERS["code"] not in text:  # "do not share this code"
            assert read_reply(bare).meaning is not Meaning.REVOKE, text


def test_every_purpose_can_be_read_beforehand_or_is_staffs() -> None:
    shown = {one.about for one in previews("en", settings())}
    assert shown == (set(Purpose) - TO_STAFF) | set(Meaning)


@pytest.mark.parametrize("language", languages())
def test_every_preview_is_whole_and_measured(language: str) -> None:
    values = sample_values(language, settings())
    for one in previews(language, settings()):
        assert values["partnership"] in one.sms
        assert "%(" not in one.sms + one.subject + one.email
        assert one.size == sms_size(one.sms)
        assert one.cost == one.size.segments * settings().sms_price
        assert bool(one.subject and one.email) is isinstance(one.about, Purpose)


def test_an_english_text_message_is_one_part() -> None:
    assert {one.size.segments for one in previews("en", settings())} == {1}


def test_subjects_of_emails_reveal_nothing_either() -> None:
    for purpose in family_purposes():
        subject = filled_wording(purpose, MessageKind.EMAIL, "en", MARKERS).subject
        assert not REVEALING.search(subject), subject
