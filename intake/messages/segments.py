"""How many parts an SMS has, and what it is likely to cost.

3GPP TS 23.038: a text whose every character is in the GSM 7-bit default alphabet (or its extension
table, two septets each) has 160 septets in one part and 153 in each of several; any other text is
UCS-2, 70 code units in one part and 67 in each of several. Neither an escape and its character
(6.2.1.1) nor the two halves of a surrogate pair are ever split over two parts, so that a part may
stay shorter than it could be. We use no national language tables, as Twilio does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# TS 23.038, 6.2.1, by code from 0x00; 0x1B is the escape to the extension table, no character.
_DEFAULT_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_ASTRAL = 0x10000


class SmsEncoding(StrEnum):
    """The alphabet a text needs."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


_ALONE = {SmsEncoding.GSM7: 160, SmsEncoding.UCS2: 70}
_EACH_OF_SEVERAL = {SmsEncoding.GSM7: 153, SmsEncoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text takes up as an SMS."""

    encoding: SmsEncoding
    characters: int
    """Septets (GSM-7, an extension character is two) or 16-bit units (UCS-2)."""
    segments: int
    """Parts that are paid one by one; an empty text is one."""


def sms_size(text: str) -> SmsSize:
    """The size of this text, exactly as networks count it."""
    is_gsm7 = all(char in _DEFAULT_ALPHABET or char in _EXTENSION for char in text)
    encoding = SmsEncoding.GSM7 if is_gsm7 else SmsEncoding.UCS2
    widths = list(_widths(text, encoding))
    characters = sum(widths)
    if characters <= _ALONE[encoding]:
        return SmsSize(encoding, characters, 1)
    return SmsSize(encoding, characters, _parts(widths, _EACH_OF_SEVERAL[encoding]))


def cost(segments: int, price: Decimal) -> Decimal:
    """An estimate: ``price`` is of one segment, in the account's currency. Carriers add fees."""
    return price * segments


def _widths(text: str, encoding: SmsEncoding) -> Iterator[int]:
    for char in text:
        if encoding is SmsEncoding.GSM7:
            yield 2 if char in _EXTENSION else 1
        else:
            yield 2 if ord(char) >= _ASTRAL else 1


def _parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
