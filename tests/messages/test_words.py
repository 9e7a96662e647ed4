"""What people answer, in ten languages and as they type it."""

import tomllib

import pytest

from intake.messages.model import Meaning
from intake.messages.words import _FILE, read_reply
from translations import languages

WORDS = [
    (meaning, language, word, where)
    for meaning, by_language in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()
    if meaning != "polite"
    for language, table in by_language.items()
    for where in ("anywhere", "alone", "refusal")
    for word in table.get(where, ())
]


@pytest.mark.parametrize("meaning", [one for one in Meaning if one is not Meaning.OTHER])
def test_every_meaning_has_words_in_every_language(meaning: Meaning) -> None:
    there = {language for found, language, _, _ in WORDS if found == meaning}
    assert there == set(languages())


def test_every_word_of_the_table_is_read_as_what_it_stands_for() -> None:
    for meaning, language, word, where in WORDS:
        reading = read_reply(f" {word.upper()}! ")
        assert reading.meaning == meaning, (language, word)
        if where == "alone" and language in {"en", "es"}:
            assert read_reply(f"maybe {word} later in May").word != word


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ＳＴＯＰ", Meaning.STOP),  # full-width
        ("«Stop».", Meaning.STOP),
        ("S T O P", Meaning.STOP),
        ("stoppp", Meaning.STOP),
        ("\ufeffSTOP\u200e", Meaning.STOP),
        ("Please stop texting me!!", Meaning.STOP),
        ("don’t text me", Meaning.STOP),
        ("🛑🛑", Meaning.STOP),
        ("cancel please", Meaning.STOP),
        ("ARRÊTEZ", Meaning.STOP),
        ("تَوَقَّفْ", Meaning.STOP),  # with vowel signs
        ("لغو11", Meaning.STOP),
        ("ကျေးဇူးပြု၍ မပို့ပါနဲ့တော့", Meaning.STOP),
        ("ဆိကတီၢ် ဝံသးစူၤ", Meaning.STOP),
        ("रोक्नुहोस्।", Meaning.STOP),
        ("ကူညီပေးပါ။", Meaning.HELP),
        ("fadlan jooji", Meaning.STOP),
        ("tafadhali acha", Meaning.STOP),
        ("Please stop sharing, I changed my mind", Meaning.REVOKE),
        ("i REVOKE my consent. STOP", Meaning.REVOKE),
        ("Numero equivocado, stop", Meaning.WRONG_PERSON),
        ("start", Meaning.START),
        ("please start", Meaning.START),
        ("when does school start?", Meaning.OTHER),
        ("yes", Meaning.OTHER),  # may be meant for the form
        ("no, I have a question", Meaning.OTHER),
        ("can you help my son with reading", Meaning.OTHER),
        ("", Meaning.OTHER),
        ("👍", Meaning.OTHER),
        ("stop " * 5000, Meaning.STOP),
    ],
)
def test_what_people_write(text: str, meaning: Meaning) -> None:
    assert read_reply(text).meaning is meaning


def test_a_word_of_two_languages_names_both() -> None:
    assert read_reply("توقف").languages == {"ar", "fa"}
    assert read_reply("jooji").languages == {"so"}


@pytest.mark.parametrize(
    ("text", "wants_stop"),
    [
        ("stop sharing", False),
        ("stop sharing my data. STOP", True),
        ("revoke and unsubscribe", True),
        ("wrong number", True),
        ("start", False),
        ("hello", False),
    ],
)
def test_stopping_to_share_is_no_wish_for_silence(text: str, *, wants_stop: bool) -> None:
    assert read_reply(text).wants_stop is wants_stop


@pytest.mark.parametrize("text", ["no", "No gracias", "لا", "होइन।", "hapana"])
def test_a_no_stops_messages_and_may_be_meant_for_the_form(text: str) -> None:
    reading = read_reply(text)
    assert (reading.meaning, reading.is_refusal) == (Meaning.STOP, True)
    assert not read_reply("stop").is_refusal
