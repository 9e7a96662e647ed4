"""The registry of languages, and the interface strings' catalogues.

Depends on nothing else in the project: pages, forms and PDFs all ask here.
Importing this package registers the locales that Babel lacks (S'gaw Karen),
so that no later ``Locale.parse`` can fail.
"""

import copy
import functools
import gettext as gnu_gettext
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import cast

import babel.localedata
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages import plurals
from babel.support import NullTranslations, Translations

_HERE = Path(__file__).parent


ZEROS = {"latn": 0x30, "arab": 0x660, "arabext": 0x6F0, "mymr": 0x1040, "deva": 0x966}
"""The first digit of each set that languages.toml names; the other nine follow it."""


class Direction(StrEnum):
    """The direction a script is read in; the value of HTML's ``dir``."""

    LTR = "ltr"
    RTL = "rtl"


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the registry (``languages.toml`` says what each field means)."""

    code: str
    endonym: str
    english_name: str
    script: str
    direction: Direction
    babel_locale: str
    fonts: tuple[str, ...]
    calendars: tuple[str, ...]
    digits: str

    @property
    def locale(self) -> Locale:
        """What Babel formats dates and numbers with."""
        return Locale.parse(self.babel_locale)

    def long_date(self, day: date) -> str:
        """A day with its month's name, in the digits that this language's readers use."""
        return self._with_own_digits(format_date(day, "long", locale=self.locale))

    def long_time(self, moment: datetime) -> str:
        """A moment in its own time zone, as ``long_date`` writes days."""
        zone = moment.tzinfo
        return self._with_own_digits(
            format_datetime(moment, "long", tzinfo=zone, locale=self.locale)
        )

    def _with_own_digits(self, text: str) -> str:
        zero = ZEROS[self.digits]
        return text.translate({ord("0") + n: chr(zero + n) for n in range(10)})


class UnknownLanguage(LookupError):
    """The code is not in the registry."""


@functools.cache
def languages() -> dict[str, Language]:
    """Every registered language by code, sorted by code."""
    entries = tomllib.loads((_HERE / "languages.toml").read_text("utf-8"))
    return {
        code: Language(
            code=code,
            endonym=entry["endonym"],
            english_name=entry["english_name"],
            script=entry["script"],
            direction=Direction(entry["direction"]),
            babel_locale=entry["babel_locale"],
            fonts=tuple(entry["fonts"]),
            calendars=tuple(entry["calendars"]),
            digits=entry["digits"],
        )
        for code, entry in sorted(entries.items())
    }


def language(code: str) -> Language:
    """The language with this code.

    Raises UnknownLanguage.
    """
    try:
        return languages()[code]
    except KeyError:
        raise UnknownLanguage(code) from None


def catalogue_directory() -> Path:
    """Where ``<code>/LC_MESSAGES/messages.mo`` are; absolute, as Flask-Babel needs it."""
    return _HERE.resolve()


@functools.cache
def catalogue(code: str) -> NullTranslations:
    """The compiled interface strings of a language; English is its own msgids."""
    return Translations.load(catalogue_directory(), [code])


@functools.cache
def has_catalogue(code: str) -> bool:
    """Whether interface strings exist in this language (English always does)."""
    return code == "en" or isinstance(catalogue(code), gnu_gettext.GNUTranslations)


def translate(message: str, code: str) -> str:
    """An interface string in a language, outside of any request (PDFs, messages).

    English where the catalogue has no entry; ``make translations-check`` fails then.
    """
    return catalogue(code).gettext(message)


def mark(message: str) -> str:
    """Mark a string for extraction where it is only named; translated where it is shown."""
    return message


def _register_karen() -> None:
    """Give Babel a S'gaw Karen locale: English formats under Karen's own names.

    Babel (CLDR) has none, and ``Locale.parse("ksw")`` raises, which would make every
    page in Karen an error. Karen has one plural form. The cache is private to Babel;
    the version is pinned in pyproject.toml and tests/translations guards it.
    """
    cache = cast(dict[str, object], babel.localedata._cache)
    if "ksw" in cache:
        return
    babel.localedata.load("en")
    data = copy.deepcopy(cast(dict[str, dict[str, str]], cache["en"]))
    data["languages"]["ksw"] = "ကညီကျိာ်"
    cache["ksw"] = data
    plurals.PLURALS["ksw"] = (1, "0")


_register_karen()
