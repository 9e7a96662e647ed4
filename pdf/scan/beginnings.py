"""How the text of a code that we print can begin; the id and the check letters follow."""

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forms.document import UnknownDocument, versions
from pdf.scan.solving import WORD, Words
from pdf.scan.symbol import DATA_BITS, LONGEST, data_bits, letter_bits, letter_value
from pdf.sheet.code import ALPHABET, ID_LENGTH, SheetCode, SheetDocument
from pdf.sheet.geometry import PageKind, PaperSize
from translations import languages

_MOST_PAGES = 9
_CHECK_LENGTH = 2
_KINDS = {
    SheetDocument.WAIVER: (PageKind.TEXT, PageKind.CONSENT),
    SheetDocument.REVOCATION: (PageKind.TEXT, PageKind.REVOCATION),
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the text of a code may begin; the id and the check letters follow."""

    text: str
    known: int
    """Which bits of the data are known (bit i: number i)."""
    value: int

    @property
    def length(self) -> int:
        return len(self.text) + ID_LENGTH + _CHECK_LENGTH

    @property
    def open(self) -> int:
        """The bits that are not known."""
        return ~self.known & (1 << DATA_BITS) - 1


@cache
def beginnings(size: PaperSize, kind: PageKind | None) -> tuple[Beginning, ...]:
    """Every way in which the text of a page that we print can begin."""
    pages = [(p, q) for q in range(1, _MOST_PAGES + 1) for p in range(1, q + 1)]
    texts = {
        SheetCode(document, each, version, language, page, of, "0" * ID_LENGTH, size).encoded()
        for document, kinds in _KINDS.items()
        for each in kinds
        if kind in (None, each)
        for version in _versions(document)
        for language in languages()
        for page, of in pages
    }
    return tuple(_beginning(text) for text in sorted(texts) if len(text) <= LONGEST)


def _versions(document: SheetDocument) -> tuple[str, ...]:
    try:
        return versions(document.value)
    except UnknownDocument:
        return ()


def _beginning(code: str) -> Beginning:
    text = code[: -ID_LENGTH - _CHECK_LENGTH]
    bits = data_bits(text, len(code))
    return Beginning(
        text, sum(1 << i for i in bits), sum(1 << i for i, dark in bits.items() if dark)
    )


def may_be_text(data: Words, beginning: Beginning) -> NDArray[np.bool_]:
    """Which rows have letters of ours wherever the text is not known."""
    possible = np.ones(len(data), np.bool_)
    for first, start, bits in letter_bits(beginning.length):
        count = min(2, beginning.length - first)
        letters = beginning.text[first : first + count]
        if len(letters) == count:
            continue
        value = np.zeros(len(data), np.int64)
        for i in range(start, start + bits):
            bit = data[:, i // WORD] >> np.uint64(i % WORD) & np.uint64(1)
            value = value << 1 | bit.astype(np.int64)
        possible &= _allowed(letters, count, bits)[value]
    return possible


@cache
def _allowed(known: str, count: int, bits: int) -> NDArray[np.bool_]:
    """For each value of so many letters, of which the first may be known: whether ids have it."""
    allowed = np.zeros(1 << bits, np.bool_)
    for letters in itertools.product(*known, *[ALPHABET] * (count - len(known))):
        allowed[letter_value("".join(letters))] = True
    return allowed
