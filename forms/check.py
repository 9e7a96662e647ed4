"""Finds what is wrong with a document's words, as far as a machine can see it.

A right script, right letters and every word in place: that is what is checked. Wrong meaning
can't be found here; that is what a translation's approval by a qualified person is for.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.document import Document
from forms.source import (
    PLACEHOLDER,
    DocumentError,
    faults,
    read_toml,
    read_words,
    words_by_place,
)
from forms.zawgyi import unicode_reading
from translations import ZEROS, Language, languages

# Names that stay as they are in every language, web addresses and email addresses.
_LATIN_NAMES = re.compile(
    r"\b(?:FERPA|ESIGN|PDF)\b|https?://[!-~]+|\bwww\.[!-~]+|[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII
)
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
# ISO 15924 codes and how Unicode's character names begin.
_SCRIPTS = {"Latn": "LATIN", "Arab": "ARABIC", "Mymr": "MYANMAR", "Deva": "DEVANAGARI"}
# Joiners shape words in Persian, Nepali and Burmese; every other format character hides.
_JOINERS = "\u200c\u200d"
_SOURCE = "en"
_A_SENTENCE = 4
"""Words; a shorter text (a name, "Email: …") can be the same in two languages."""

_BURMESE_ONLY = frozenset("ဇဈဉဋဌဍဎဏဓဗဠဢဣဤဥဦဩဪေ္၌၍၎၏ဿ")
_KAREN_ONLY = frozenset("ၡၢၣၤၠ")
_OTHER_MYANMAR = re.compile("[\u1065-\u109d\u1028\u1033-\u1035\ua9e0-\ua9fe\uaa60-\uaa7f]")
_MYANMAR_LETTERS = re.compile("[\u1000-\u103f\u1050-\u109f]+")
# S'gaw Karen: a consonant, up to two medials, a vowel sign, a tone; ဒ် is the one exception.
_KAREN_SYLLABLES = re.compile(
    "(?:ဒ်|[ကခဂဃငစဆၡညတထဒနပဖဘမယရလဝသဟအဧ][ှၠြျွ]{0,2}(?:[ါံ့ဲၢုူိီ](?!်))?(?:ၢ်|ာ်|း|ၣ်|ၤ)?)+"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to be put right before this language can be trusted."""

    document: str
    version: str
    language: str
    block: str
    """The place in the language's file (``blocks.voluntary``); empty for the whole file."""
    message: str

    def __str__(self) -> str:
        where = f"{self.document}/{self.version}/{self.language}.toml"
        return (
            f"{where}: {self.block}: {self.message}" if self.block else f"{where}: {self.message}"
        )


def check(document: Document) -> tuple[Problem, ...]:
    """Every problem in every language of this document; empty when there is none."""
    codes = sorted(
        path.stem
        for path in document.directory.glob("*.toml")
        if path.stem not in ("document", "propositions")
    )
    return tuple(
        Problem(document.name, document.version, code, block, message)
        for code in codes
        for block, message in _check_language(document, code)
    )


def untranslated(document: Document) -> tuple[Problem, ...]:
    """Registered languages in which nobody has written this document."""
    return tuple(
        Problem(document.name, document.version, code, "", "no such file: nobody has written it")
        for code in languages()
        if not document.path(code).exists()
    )


def _check_language(document: Document, code: str) -> Iterator[tuple[str, str]]:
    if code not in languages():
        yield "", "is no registered language"
        return
    try:
        read_words(document.path(code))
    except DocumentError as error:
        yield "", str(error)
        return
    # As written, not as read: reading makes everything NFC.
    yield from check_words(document, code, words_by_place(read_toml(document.path(code))))


def check_words(
    document: Document, code: str, words: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with these words as the document in this language: place and message."""
    yield from ((fault.place, fault.message) for fault in faults(document.structure, words))
    english = _english(document) if code != _SOURCE else {}
    for place, text in words.items():
        for message in check_text(text, languages()[code]):
            yield place, message
        if text == english.get(place) and len(text.split()) >= _A_SENTENCE:
            yield place, "is still in English"


def _english(document: Document) -> Mapping[str, str]:
    try:
        return read_words(document.path(_SOURCE)).by_place
    except DocumentError:  # a problem of the English file, found there
        return {}


def check_text(text: str, language: Language) -> Iterator[str]:
    """What is wrong with one text in this language: encoding, script, digits, punctuation."""
    if unicodedata.normalize("NFC", text) != text:
        yield "is not in NFC"
    if text != text.strip() or "  " in text:
        yield "has white space at its ends, or two spaces in a row"
    yield from _hidden_or_private(text, language)
    words = _LATIN_NAMES.sub(" ", PLACEHOLDER.sub(" ", text))
    prose = _IN_PARENTHESES.sub(" ", words)
    yield from _foreign_letters(prose, language)
    yield from _strange_letters(" ".join(_IN_PARENTHESES.findall(words)), language)
    yield from _foreign_digits(text, language)
    if language.script == "Arab":
        yield from _wrong_arabic(prose, language)
    if language.script == "Mymr":
        yield from _wrong_myanmar(text, language)


def _hidden_or_private(text: str, language: Language) -> Iterator[str]:
    visible = _JOINERS if language.script != "Latn" else ""
    for char in dict.fromkeys(text):
        category = unicodedata.category(char)
        if category == "Cf" and char not in visible:
            yield f"has the invisible character U+{ord(char):04X}"
        elif category == "Cc":
            yield f"has the control character U+{ord(char):04X}"
        elif category in ("Co", "Cn", "Cs") or char in "\ufffd\u25cc":
            yield f"has U+{ord(char):04X}, which is no character of any language"


def _foreign_letters(prose: str, language: Language) -> Iterator[str]:
    script = _SCRIPTS[language.script]
    for char in dict.fromkeys(prose):
        if unicodedata.category(char)[0] not in "LM":
            continue
        name = unicodedata.name(char, "")
        if not name.startswith((script, "COMBINING")):
            yield f"has {char!r} outside parentheses: {name.title()}, not {script.title()}"


def _strange_letters(in_parentheses: str, language: Language) -> Iterator[str]:
    """English may stand in parentheses; a letter that only looks Latin may not."""
    known = (_SCRIPTS[language.script], "LATIN", "COMBINING")
    for char in dict.fromkeys(in_parentheses):
        name = unicodedata.name(char, "")
        if unicodedata.category(char)[0] in "LM" and not name.startswith(known):
            yield f"has {char!r} in parentheses: {name.title()}, neither English nor its own"


def _foreign_digits(text: str, language: Language) -> Iterator[str]:
    zero = ZEROS[language.digits]
    for char in dict.fromkeys(text):
        if unicodedata.category(char) == "Nd" and not zero <= ord(char) <= zero + 9:
            wanted = f"{chr(zero)}-{chr(zero + 9)}"
            yield f"has the digit {char!r}; this language's documents use {wanted}"


def _wrong_arabic(prose: str, language: Language) -> Iterator[str]:
    """Arabic and Persian share a script, but not its YEH, KAF and punctuation of Latin."""
    for mark in _found(prose, ",;?"):
        yield f"has {mark!r} where Arabic script has its own"
    foreign, owner = ("يىك", "Arabic") if language.code == "fa" else ("یک", "Persian")
    for char in _found(prose, foreign):
        yield f"has {char!r} (U+{ord(char):04X}), the letter as {owner} writes it"


def _wrong_myanmar(text: str, language: Language) -> Iterator[str]:
    """Burmese, S'gaw Karen and their neighbours share a block, but not their letters."""
    for char in dict.fromkeys(_OTHER_MYANMAR.findall(text)):
        yield f"has {char!r}, a letter of another language of Myanmar"
    foreign = _BURMESE_ONLY if language.code == "ksw" else _KAREN_ONLY
    owner = "Burmese" if language.code == "ksw" else "Karen"
    yield from (f"has {char!r}, a letter of {owner} only" for char in _found(text, foreign))
    if unicode_reading(text) is not None:
        yield "looks like Zawgyi, which other fonts show as other words"
    if language.code == "ksw":
        for run in _MYANMAR_LETTERS.findall(text):
            rest = _KAREN_SYLLABLES.sub(" ", run).split()
            if rest and not foreign.intersection(run):
                yield f"has {rest[0]!r} in {run!r}, which is no syllable of S'gaw Karen"


def _found(text: str, wanted: str | frozenset[str]) -> tuple[str, ...]:
    return tuple(char for char in dict.fromkeys(text) if char in wanted)
