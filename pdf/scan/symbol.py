"""A QR code of version 2, level Q, as equations: which module depends on which bit of the text.

ISO/IEC 18004: 44 codewords, 22 of them to correct errors. Each module is a sum, modulo 2, of bits
of the data; so a few that are sure say much about the others.
"""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

MODULES = 25
DATA_BITS = 176
LONGEST = 29
"""Letters that fit."""
_DATA, _CORRECTION = 22, 22
_POLYNOMIAL = 0x11D
_LEVEL_Q = 0b11
_ALPHANUMERIC = 0b0010
_COUNT_BITS = 9
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PAIR_BITS, _SINGLE_BITS = 11, 6
_HEAD_BITS = 4 + _COUNT_BITS
_TERMINATOR = 4
_PADDING = (0xEC, 0x11)
_FORMAT_MASK = 0b101010000010010
_FORMAT_POLYNOMIAL = 0b10100110111

Module = tuple[int, int]
"""Row and column."""

_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
MASKS = range(len(_MASKS))


def is_turned(mask: int, module: Module) -> bool:
    """Whether this mask turns dark into light at a module."""
    return _MASKS[mask](*module)


@cache
def places() -> tuple[Module, ...]:
    """Where each bit of the codewords stands, in their order."""
    found = []
    up = True
    for right in (24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        rows = range(MODULES - 1, -1, -1) if up else range(MODULES)
        found += [(row, c) for row in rows for c in (right, right - 1) if not _is_fixed(row, c)]
        up = not up
    return tuple(found[: (_DATA + _CORRECTION) * 8])


def _is_fixed(row: int, column: int) -> bool:
    far = MODULES - 8
    in_corner = (row < 9 and (column < 9 or column >= far)) or (row >= far and column < 9)
    in_alignment = abs(row - 18) <= 2 and abs(column - 18) <= 2
    return in_corner or in_alignment or 6 in (row, column)


@cache
def equations() -> tuple[int, ...]:
    """For each bit of the codewords, which bits of the data it is the sum of (bit i: number i)."""
    own = [1 << i for i in range(DATA_BITS)]
    correction = [0] * (_CORRECTION * 8)
    for i in range(DATA_BITS):
        word = [0] * _DATA
        word[i // 8] = 0x80 >> i % 8
        for j, value in enumerate(_corrections(word)):
            for k in range(8):
                if value & 0x80 >> k:
                    correction[j * 8 + k] |= 1 << i
    return (*own, *correction)


def _corrections(words: list[int]) -> list[int]:
    """Reed-Solomon: the rest of a division by the generator."""
    rest = [*words, *[0] * _CORRECTION]
    generator = _generator()
    for i in range(len(words)):
        factor = rest[i]
        for j, coefficient in enumerate(generator):
            rest[i + j] ^= _times(coefficient, factor)
    return rest[len(words) :]


@cache
def _generator() -> tuple[int, ...]:
    found = [1]
    root = 1
    for _ in range(_CORRECTION):
        shifted = [*found, 0]
        for i, coefficient in enumerate(found):
            shifted[i + 1] ^= _times(coefficient, root)
        found, root = shifted, _times(root, 2)
    return tuple(found)


def _times(one: int, other: int) -> int:
    """In the field of 256 elements."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 0x100:
            one ^= _POLYNOMIAL
        other >>= 1
    return product


def data_bits(text: str, length: int) -> dict[int, bool]:
    """What is known of the data of a text with this beginning and length: number of bit to bit."""
    known = dict(_spread(0, _ALPHANUMERIC, 4)) | dict(_spread(4, length, _COUNT_BITS))
    for first, start, bits in letter_bits(length):
        letters = text[first : first + _letters_in(bits)]
        if len(letters) == _letters_in(bits):
            known |= dict(_spread(start, letter_value(letters), bits))
        end = start + bits
    # to the end of a byte, and, as segno does it, a whole byte where it ends already
    filled = min(((end + _TERMINATOR) // 8 + 1) * 8, DATA_BITS)
    known |= dict.fromkeys(range(end, filled), False)
    for i in range(filled // 8, _DATA):
        known |= dict(_spread(i * 8, _PADDING[(i - filled // 8) % 2], 8))
    return known


def _spread(start: int, value: int, bits: int) -> Iterator[tuple[int, bool]]:
    return ((start + i, bool(value >> bits - 1 - i & 1)) for i in range(bits))


def text_of(data: int, length: int) -> str | None:
    """The text of all the data's bits (bit i: number i); None where they are no text."""
    found = []
    for _, start, bits in letter_bits(length):
        value = sum((data >> start + j & 1) << bits - 1 - j for j in range(bits))
        if value >= len(_LETTERS) ** _letters_in(bits):
            return None
        first, second = divmod(value, len(_LETTERS))
        found.append((_LETTERS[first] if bits == _PAIR_BITS else "") + _LETTERS[second])
    return "".join(found)


def letter_bits(length: int) -> list[tuple[int, int, int]]:
    """Of a text of so many letters: each pair's (or the last one's) number of its first letter, of
    its first bit, and how many bits say it."""
    starts = [(i, _HEAD_BITS + i // 2 * _PAIR_BITS) for i in range(0, length, 2)]
    return [(i, start, _PAIR_BITS if i + 1 < length else _SINGLE_BITS) for i, start in starts]


def letter_value(letters: str) -> int:
    """What says one letter, or two."""
    value = 0
    for letter in letters:
        value = value * len(_LETTERS) + _LETTERS.index(letter)
    return value


def _letters_in(bits: int) -> int:
    return 2 if bits == _PAIR_BITS else 1


@cache
def formats(mask: int) -> dict[Module, bool]:
    """The modules that name the level and the mask, both copies: dark or not."""
    data = _LEVEL_Q << 3 | mask
    rest = data << 10
    for shift in range(4, -1, -1):
        if rest >> shift + 10 & 1:
            rest ^= _FORMAT_POLYNOMIAL << shift
    value = (data << 10 | rest) ^ _FORMAT_MASK
    bits = [bool(value >> i & 1) for i in range(15)]
    first = [(8, c) for c in range(6)] + [(8, 7), (8, 8), (7, 8)]
    first += [(r, 8) for r in range(5, -1, -1)]
    second = [(r, 8) for r in range(MODULES - 1, MODULES - 8, -1)]
    second += [(8, c) for c in range(MODULES - 8, MODULES)]
    return dict(zip(first, bits[::-1], strict=True)) | dict(zip(second, bits[::-1], strict=True))


def modules_of(data: int, mask: int) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Where the data make a module dark; modules that are no data are not."""
    dark = np.zeros((MODULES, MODULES), np.bool_)
    for place, row in zip(places(), equations(), strict=True):
        dark[place] = (row & data).bit_count() % 2 ^ is_turned(mask, place)
    return dark
