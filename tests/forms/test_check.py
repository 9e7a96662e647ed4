"""The check of the documents' words finds what a machine can find, and nothing in ours."""

import tomllib
import unicodedata
from collections.abc import Callable

import pytest

from forms.check import Problem, check, check_text
from forms.document import BlockKind, Document, documents, load
from forms.source import PLACEHOLDER
from translations import language

WriteDocument = Callable[..., Document]


@pytest.mark.parametrize("name", documents())
def test_the_real_documents_have_no_problem(name: str) -> None:
    assert [str(problem) for problem in check(load(name))] == []


def but_untranslated(document: Document) -> list[Problem]:
    """The problems of a Spanish file that holds English, but for that."""
    return [problem for problem in check(document) if problem.message != "is still in English"]


def test_a_problem_says_document_version_language_and_block(
    write_document: WriteDocument, english: str
) -> None:
    document = write_document(es=english.replace("It is your choice.", ""))

    (problem,) = but_untranslated(document)

    assert problem == Problem("waiver", "2026-1", "es", "blocks.voluntary", "has no words")
    assert str(problem) == "waiver/2026-1/es.toml: blocks.voluntary: has no words"


@pytest.mark.parametrize(
    ("written", "instead", "block_and_message"),
    [
        ('grades = "Grades"', "", ("elements.grades", "has no words")),
        ("[columns]", 'more = "More"\n[columns]', ("blocks.more", "not part of this document")),
        ("Call {phone}.", "Call us.", ("blocks.questions", "lacks the placeholder {phone}")),
        ("Call {phone}.", "{phone} {fax}", ("blocks.questions", "has the placeholder {fax}")),
        ('state = "source"', "", ("", "needs a state")),
        ('title = "Permission"', 'title = "', ("", "es.toml")),
        ("choice", unicodedata.normalize("NFD", "elección"), ("blocks.voluntary", "not in NFC")),
    ],
)
def test_faults_of_a_language_file_are_found(
    write_document: WriteDocument,
    english: str,
    written: str,
    instead: str,
    block_and_message: tuple[str, str],
) -> None:
    block, message = block_and_message

    problems = but_untranslated(write_document(es=english.replace(written, instead)))

    assert [problem.block for problem in problems] == [block]
    assert message in problems[0].message
    assert problems[0].language == "es"


def test_a_sentence_that_nobody_translated_is_found(
    write_document: WriteDocument, english: str
) -> None:
    problems = check(write_document(es=english))

    assert ("blocks.voluntary", "is still in English") in {(p.block, p.message) for p in problems}


def test_a_file_of_an_unregistered_language_is_found(
    write_document: WriteDocument, english: str
) -> None:
    problems = check(write_document(xx=english))

    assert [(problem.language, problem.message) for problem in problems] == [
        ("xx", "is no registered language")
    ]


@pytest.mark.parametrize(
    ("code", "text", "message"),
    [
        ("en", "Call\u202e us", "invisible character U+202E"),
        ("ar", "الهاتف \u2067123\u2069", "invisible character U+2067"),
        ("ar", "الهاتف\u200f", "invisible character U+200F"),
        ("my", "ကျောင်း\u200bသား", "invisible character U+200B"),
        ("en", "a\u00adb", "invisible character U+00AD"),
        ("en", "two\nlines", "control character U+000A"),
        ("en", "\ue000", "no character of any language"),
        ("en", "\ufffd", "no character of any language"),
        ("my", "\u25ccါ", "no character of any language"),
        ("es", "pаdre", "'а' outside parentheses: Cyrillic"),
        ("es", "padre (FERPА)", "'А' in parentheses: Cyrillic"),
        ("my", "ကျောင်း (محمد)", "'م' in parentheses: Arabic"),
        ("ar", "نموذج form", "'f' outside parentheses: Latin"),
        ("ksw", "တၢ်ဂ့ၢ် form", "'f' outside parentheses: Latin"),
        ("ksw", "တၢ်ဂ့ၢ် (form", "'f' outside parentheses: Latin"),
        ("en", "School ကၠိ", "outside parentheses: Myanmar"),
        ("ksw", "ကျောင်း", "'ေ', a letter of Burmese only"),
        ("ksw", "အဓိက", "'ဓ', a letter of Burmese only"),
        ("my", "တၢ်", "'ၢ', a letter of Karen only"),
        ("ksw", "ၦ", "another language of Myanmar"),
        ("my", "ႁ", "another language of Myanmar"),
        ("ksw", "အာထဲ", "no syllable of S'gaw Karen"),
        ("ksw", "ၢ်တ", "no syllable of S'gaw Karen"),
        ("ksw", "၁၈ နံၣ်", "the digit '၁'"),
        ("ksw", "၀ံသးစူၤ", "the digit '၀'"),
        ("ar", "١٨ سنة", "the digit '١'"),
        ("my", "ေမာင္ေအာင္ သည္ ေက်ာင္းသား ျဖစ္သည္။", "looks like Zawgyi"),
        ("my", "18 နှစ်", "the digit '1'"),
        ("ne", "18 वर्ष", "the digit '1'"),
        ("fa", "18 سال", "the digit '1'"),
        ("fa", "كتاب", "U+0643), the letter as Arabic writes it"),
        ("fa", "ايران", "U+064A), the letter as Arabic writes it"),
        ("ar", "کتاب", "U+06A9), the letter as Persian writes it"),
        ("en", "a\u200cb", "invisible character U+200C"),
        ("en", "two  spaces", "two spaces in a row"),
        ("en", "at its end ", "white space at its ends"),
        ("ar", "نعم, لا", "has ',' where Arabic script has its own"),
        ("fa", "چرا?", "has '?' where Arabic script has its own"),
    ],
)
def test_faults_of_a_text_are_found(code: str, text: str, message: str) -> None:
    assert message in "; ".join(check_text(text, language(code)))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The Family Educational Rights and Privacy Act (FERPA): {phone}"),
        ("es", "¿Qué es “esto”? Más de 18 años"),
        ("ar", "قانون (FERPA, 20 U.S.C. 1232g)، بعمر 18 سنة أو أكثر؟"),
        ("ar", "تنازل FERPA: اكتبوا إلى {email} أو helpdesk@example.org"),
        ("fa", "دانش\u200cآموز ۱۸ ساله؟"),
        ("ne", "१८ वर्ष"),
        ("my", "ကျောင်းသား ၁၈ နှစ် (FERPA)။"),
        # Written by people who write Karen (ibac.vic.gov.au, mnkaren.org, UNHCR 14064, APS survey).
        ("ksw", "နတၢ်ဂ့ၢ်တၢ်ကျိၤအံၤမၤစၢၤတၢ်"),
        ("ksw", "ပမၤစၢၤပှၤဘၣ်ကီဘၣ်ခဲ"),
        ("ksw", "ဘျီၣ်ဒိၣ်ဟ့ၣ်အခွဲးလၢတၢ်ကသိၣ်လိကရ့ၣ်နံၣ်ကျိာ်ဖဲတၢ်မၤလိကၠိ"),
        ("ksw", "ဆူ တီၤဖိသၣ် တုၤ ယဲၢ်တီၤ ပှၤကၠိဖိ (grades) https://example.org/a"),
    ],
)
def test_right_texts_pass(code: str, text: str) -> None:
    assert list(check_text(text, language(code))) == []


# --- propositions: what every translation must convey ---


@pytest.mark.parametrize("name", documents())
def test_every_block_that_says_something_stands_for_a_proposition(name: str) -> None:
    document = load(name)
    text = document.text("en")
    file = document.directory / "propositions.toml"
    propositions = tomllib.loads(file.read_text("utf-8"))["propositions"]
    named = {block for proposition in propositions for block in proposition["blocks"]}
    wordless = {BlockKind.HEADING, BlockKind.ELEMENTS}

    assert {block.id for block in text.blocks if block.kind not in wordless} <= named
    assert named <= {block.id for block in text.blocks}
    ids = [proposition["id"] for proposition in propositions]
    assert len(set(ids)) == len(ids)
    assert all(proposition["says"] for proposition in propositions)


@pytest.mark.parametrize("name", documents())
def test_every_language_keeps_the_numbers_of_the_english(name: str) -> None:
    document = load(name)
    english = document.text("en")
    for code in document.complete_languages():
        for block, source in zip(document.text(code).blocks, english.blocks, strict=True):
            assert _numbers(block.text) == _numbers(source.text), (code, block.id)


def _numbers(text: str) -> list[int]:
    digits = "".join(c if c.isdecimal() else " " for c in PLACEHOLDER.sub(" ", text))
    return sorted(int(number) for number in digits.split())
