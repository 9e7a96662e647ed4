"""What a reply seems to say: the words of ``words.toml``, found in any script and spelling.

Reading is generous where a mistake costs little (STOP), and strict where it costs much (START). It
never decides anything about a permission: words of taking it back only raise a doubt.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from forms.text import ascii_digits, search_words
from intake.messages.model import Meaning

_FILE = Path(__file__).with_name("words.toml")
_PRECEDENCE = (Meaning.REVOKE, Meaning.WRONG_PERSON, Meaning.STOP, Meaning.START, Meaning.HELP)
"""What weighs more is looked for first: "stop sharing" is no wish to get no messages."""
_REPEATED = re.compile(r"([a-z])\1+")
_FULL_STOPS = re.compile("[।॥၊။]")
"""Of Devanagari and Myanmar script: ``search_words`` takes them for letters of theirs."""
_STOP_SIGN = "🛑"
_PLACES = ("anywhere", "alone", "refusal")
_UNSPACED = re.compile("[\u1000-\u109f]")
_LONGEST = 2000
"""Characters that are looked at; ten parts of an SMS have 1,530."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The meaning of a reply, and what says so."""

    meaning: Meaning
    word: str | None = None
    """As the table writes it."""
    languages: frozenset[str] = frozenset()
    """Those in which the table has this word."""
    wants_stop: bool = False
    """Whether it also says, whatever else it means, that no more messages are wanted."""
    is_refusal: bool = False
    """Whether it says no more than no: that may be meant for the form."""
    is_whole: bool = False
    """Whether it says nothing else but politeness: "can I stop by tomorrow?" does."""


@dataclass(frozen=True, slots=True)
class _Entry:
    word: str
    meaning: Meaning
    language: str
    where: str
    """One of ``_PLACES``."""
    key: str
    """Folded words with a space before, between and after; without any where a script has none."""


def read_reply(text: str) -> Reading:
    """What the whole text of a reply seems to say."""
    written = _Written.of(text[:_LONGEST])
    for meaning in _PRECEDENCE:
        found = [one for one in _entries() if one.meaning is meaning and written.says(one)]
        if found:
            # The longest says most; the table's order decides among equals.
            best = max(found, key=lambda entry: len(entry.key))
            same = frozenset(entry.language for entry in found if entry.key == best.key)
            wants_stop = _wants_stop(meaning, written, found)
            is_refusal = all(entry.where == "refusal" for entry in found)
            is_whole = any(written.is_only(entry) for entry in found)
            return Reading(meaning, best.word, same, wants_stop, is_refusal, is_whole)
    if _STOP_SIGN in text:
        is_whole = not text.replace(_STOP_SIGN, "").strip()
        return Reading(Meaning.STOP, _STOP_SIGN, wants_stop=True, is_whole=is_whole)
    return Reading(Meaning.OTHER)


def _wants_stop(meaning: Meaning, written: "_Written", found: Sequence[_Entry]) -> bool:
    if meaning is not Meaning.REVOKE:
        return meaning in {Meaning.STOP, Meaning.WRONG_PERSON}
    # "Stop sharing" asks for no end of messages; "stop sharing. STOP" does.
    rest = written.without(entry.key for entry in found)
    return any(rest.says(entry) for entry in _entries() if entry.meaning is Meaning.STOP)


@dataclass(frozen=True, slots=True)
class _Written:
    """A text, ready to be searched for the keys of the table."""

    spaced: str
    unspaced: str
    spaced_alone: str
    unspaced_alone: str

    @classmethod
    def of(cls, text: str) -> "_Written":
        words = _words(text)
        if len(words) > 2 and all(len(word) == 1 for word in words):
            words = [_single("".join(words))]  # s t o p
        spaced, unspaced = _spaced(words), "".join(words)
        return cls(spaced, unspaced, *_without_politeness(spaced, unspaced))

    def without(self, keys: Iterable[str]) -> "_Written":
        """What is left when these keys are taken out."""
        spaced, unspaced = self.spaced, self.unspaced
        for key in sorted(keys, key=len, reverse=True):
            spaced = spaced.replace(key, " ")
            unspaced = unspaced.replace(key, "")
        return _Written(spaced, unspaced, *_without_politeness(spaced, unspaced))

    def says(self, entry: _Entry) -> bool:
        if entry.where != "anywhere":
            return self.is_only(entry)
        return entry.key in (self.unspaced if _UNSPACED.search(entry.key) else self.spaced)

    def is_only(self, entry: _Entry) -> bool:
        is_unspaced = _UNSPACED.search(entry.key) is not None
        return entry.key == (self.unspaced_alone if is_unspaced else self.spaced_alone)


def _without_politeness(spaced: str, unspaced: str) -> tuple[str, str]:
    for key in _table().polite:
        if _UNSPACED.search(key):
            unspaced = unspaced.replace(key, "")
        else:
            spaced = spaced.replace(key, " ")
    return _spaced(spaced.split()), unspaced


@dataclass(frozen=True, slots=True)
class _Table:
    entries: tuple[_Entry, ...]
    polite: tuple[str, ...]


def _entries() -> tuple[_Entry, ...]:
    return _table().entries


@cache
def _table() -> _Table:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    polite = tuple(_key(word) for word in table.pop("polite"))
    return _Table(tuple(_read(table)), polite)


def _read(table: dict[str, dict[str, dict[str, list[str]]]]) -> Iterator[_Entry]:
    for meaning, languages in table.items():
        for language, words in languages.items():
            for where in _PLACES:
                for word in words.get(where, ()):
                    yield _Entry(word, Meaning(meaning), language, where, _key(word))


def _key(word: str) -> str:
    words = _words(word)
    key = "".join(words)
    return key if _UNSPACED.search(key) else _spaced(words)


def _words(text: str) -> list[str]:
    return [_single(word) for word in search_words(ascii_digits(_FULL_STOPS.sub(" ", text)))]


def _single(word: str) -> str:
    """Letters of Latin script that stand twice or more, once: stoppp."""
    return _REPEATED.sub(r"\1", word)


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "
