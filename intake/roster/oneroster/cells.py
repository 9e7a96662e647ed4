"""What single cells mean: ids, statuses, dates, names, languages. Nothing is guessed."""

import re
from collections.abc import Iterable
from datetime import date

from forms.text import NAME_LIMIT, ascii_digits, clean, has_letter
from translations import languages

ID_LIMIT = 100
_EARLIEST = date(1900, 1, 1)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?")
_CODES = {
    "eng": "en", "spa": "es", "ara": "ar", "fas": "fa", "per": "fa", "prs": "fa", "fra": "fr",
    "fre": "fr", "mya": "my", "bur": "my", "nep": "ne", "npi": "ne", "som": "so", "swa": "sw",
    "swh": "sw", "kar": "ksw", "karen": "ksw", "farsi": "fa", "persian": "fa", "dari": "fa",
    "kiswahili": "sw",
}  # fmt: skip
"""ISO 639-2 and -3, and names beside those of the registry."""


class BadCell(ValueError):
    """Why a cell can't be used; never what is in it."""


def sourced_id(text: str, column: str = "sourcedId") -> str:
    """An id. Raises BadCell."""
    if not text:
        raise BadCell(f"{column} is empty")
    if len(text) > ID_LIMIT:
        raise BadCell(f"{column} has more than {ID_LIMIT} characters")
    if clean(text) != text:
        raise BadCell(f"{column} has characters that can't be seen")
    return text


def id_list(text: str) -> list[str]:
    """A list of ids, in OneRoster's way: with commas, in one cell."""
    return [one for one in (part.strip() for part in text.split(",")) if one]


def is_to_be_deleted(text: str) -> bool:
    """Whether the status says that the row ends; empty (as in bulk files) is active."""
    status = text.lower()
    if status in {"", "active"}:
        return False
    if status == "tobedeleted":
        return True
    raise BadCell("status must be active or tobedeleted")


def day(text: str, column: str) -> date | None:
    """An ISO 8601 day. Raises BadCell."""
    if not text:
        return None
    found = _DATE.fullmatch(ascii_digits(text))
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise BadCell(f"{column} is not a date like 2013-04-02")


def birth_date(text: str, today: date) -> date:
    """A birth date that a student can have. Raises BadCell."""
    found = day(text, "birthDate")
    if found is None:
        raise BadCell("birthDate is empty")
    if found < _EARLIEST:
        raise BadCell("birthDate is before 1900: another calendar, or a slip")
    if found > today:
        raise BadCell("birthDate is in the future: another calendar, or a slip")
    return found


def full_name(parts: Iterable[str]) -> str:
    """A name from its parts; those without a letter (".", "-") stand for "has none".

    Raises BadCell.
    """
    name = " ".join(part for part in map(clean, parts) if has_letter(part))
    if not name:
        raise BadCell("the name has no letter")
    if len(name) > NAME_LIMIT:
        raise BadCell(f"the name has more than {NAME_LIMIT} characters")
    return name


def language(text: str) -> str | None:
    """One of our languages from a code or an English name; nothing for any other."""
    said = clean(text).casefold()
    if not said:
        return None
    by_name = {one.english_name.casefold(): code for code, one in languages().items()}
    base = said.split("-")[0].split("_")[0]
    for tried in (said, base):
        if tried in languages():
            return tried
        if tried in by_name:
            return by_name[tried]
        if tried in _CODES:
            return _CODES[tried]
    return None
