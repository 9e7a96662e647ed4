"""What the codes on a page say: which paper this is, and nothing about a person.

Capital letters, digits, '-' and '.' only, so that a QR code of version 2 (25 modules, level Q)
holds them: large modules survive bad scans.
"""

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from pdf.sheet.geometry import LAYOUT, PageKind, PaperSize

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""
ID_LENGTH = 10
"""50 random bits."""
_PATTERN = re.compile(
    rf"S(\d)([LA])([WRCT])(\d\d-\d{{1,2}})\.([A-Z]{{2,3}}(?:-[A-Z]{{4}})?)\."
    rf"([1-9A-Z])([1-9A-Z])([{ALPHABET}]{{{ID_LENGTH}}})([{ALPHABET}]{{2}})"
)
_PAGES = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SheetDocument(StrEnum):
    """The documents that are signed on paper, by their name in ``forms``."""

    WAIVER = "ferpa_waiver"
    REVOCATION = "revocation"


_LETTERS = {
    "W": (SheetDocument.WAIVER, PageKind.TEXT),
    "C": (SheetDocument.WAIVER, PageKind.CONSENT),
    "R": (SheetDocument.REVOCATION, PageKind.TEXT),
    "T": (SheetDocument.REVOCATION, PageKind.REVOCATION),
}
"""Which page of which document: one letter says both."""


class NoSheetCode(ValueError):
    """The text is no code of ours."""


@dataclass(frozen=True, slots=True)
class SheetCode:
    """Which page of which paper this is."""

    document: SheetDocument
    kind: PageKind
    version: str
    """As in ``forms``: ``2026-1``."""
    language: str
    page: int
    pages: int
    waiver_id: str
    """Random; the same on each page of one waiver."""
    size: PaperSize = PaperSize.LETTER
    layout: int = LAYOUT

    def encoded(self) -> str:
        """The text of the code."""
        year, number = self.version.split("-")
        language = self.language.replace("_", "-").upper()
        letter = next(key for key, value in _LETTERS.items() if value == (self.document, self.kind))
        body = (
            f"S{self.layout}{self.size}{letter}{year[2:]}-{number}.{language}."
            f"{_PAGES[self.page - 1]}{_PAGES[self.pages - 1]}{self.waiver_id}"
        )
        return body + _check(body)

    @classmethod
    def decoded(cls, text: str) -> "SheetCode":
        """From a code's text; raises NoSheetCode for any other."""
        match = _PATTERN.fullmatch(text)
        if match is None or _check(text[:-2]) != match[9]:
            raise NoSheetCode
        layout, size, letter, version, language, page, pages, waiver_id, _ = match.groups()
        document, kind = _LETTERS[letter]
        found = cls(
            document=document,
            kind=kind,
            version=f"20{version}",
            language=_language(language),
            page=_PAGES.index(page) + 1,
            pages=_PAGES.index(pages) + 1,
            waiver_id=waiver_id,
            size=PaperSize(size),
            layout=int(layout),
        )
        if found.page > found.pages:
            raise NoSheetCode
        return found


def new_waiver_id() -> str:
    """A random id: it reveals nothing, and nobody guesses another one."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def _language(shown: str) -> str:
    base, _, script = shown.partition("-")
    return f"{base.lower()}_{script.capitalize()}" if script else base.lower()


def _check(body: str) -> str:
    """Ten bits over the whole text, so that no other programme's code is taken for ours."""
    total = 7
    for character in body:
        total = (total * 131 + ord(character)) % 1021
    return ALPHABET[total // 32] + ALPHABET[total % 32]
