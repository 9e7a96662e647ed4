"""The registry of languages, and S'gaw Karen, which Babel doesn't know."""

import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date
from babel.messages.plurals import get_plural

from translations import ZEROS, Direction, UnknownLanguage, language, languages
from translations.catalogues import REQUIRED

# ISO 15924 code: how Unicode's names of that script's letters begin
LETTER_NAMES = {"Arab": "ARABIC", "Deva": "DEVANAGARI", "Latn": "LATIN", "Mymr": "MYANMAR"}
RIGHT_TO_LEFT = {"Arab"}


def test_every_language_of_the_programme_is_registered() -> None:
    assert list(languages()) == ["ar", "en", "es", "fa", "fr", "ksw", "my", "ne", "so", "sw"]
    assert set(REQUIRED) < set(languages())


@pytest.mark.parametrize("code", languages())
def test_an_endonym_is_written_whole_in_the_script_it_claims(code: str) -> None:
    entry = language(code)
    letters = [letter for letter in entry.endonym if not letter.isspace()]

    assert unicodedata.is_normalized("NFC", entry.endonym)
    assert all(unicodedata.name(x).startswith(LETTER_NAMES[entry.script]) for x in letters)


@pytest.mark.parametrize("code", languages())
def test_a_language_reads_in_the_direction_of_its_script(code: str) -> None:
    entry = language(code)

    assert (entry.direction is Direction.RTL) == (entry.script in RIGHT_TO_LEFT)


def test_no_two_languages_look_the_same_in_the_picker() -> None:
    endonyms = [entry.endonym for entry in languages().values()]

    assert len(set(endonyms)) == len(endonyms)


@pytest.mark.parametrize("code", languages())
def test_every_language_formats_a_date(code: str) -> None:
    assert format_date(date(2026, 11, 23), locale=language(code).locale)


def test_an_unknown_language_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(UnknownLanguage, match="tlh"):
        language("tlh")


def test_karen_is_a_locale_of_babels_under_its_own_name() -> None:
    karen = Locale.parse("ksw")

    assert karen.get_display_name() == language("ksw").endonym


def test_karen_has_one_plural_form() -> None:
    assert get_plural("ksw") == (1, "0")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("en", "June 30, 2027"),
        ("es", "30 de junio de 2027"),
        ("fa", "۳۰ ژوئن ۲۰۲۷"),
        ("my", "၂၀၂၇ ဇွန် ၃၀"),
        ("ne", "२०२७ जुन ३०"),
    ],
)
def test_dates_have_the_digits_of_their_language(code: str, shown: str) -> None:
    assert language(code).long_date(date(2027, 6, 30)) == shown


@pytest.mark.parametrize("code", languages())
def test_a_time_names_its_zone_and_has_one_kind_of_digits(code: str) -> None:
    moment = datetime(2026, 11, 23, 21, 5, tzinfo=ZoneInfo("America/Denver"))
    shown = language(code).long_time(moment)
    zero = ZEROS[language(code).digits]
    assert {c for c in shown if c.isdecimal()} <= {chr(zero + n) for n in range(10)}
    assert chr(zero + 5) in shown
