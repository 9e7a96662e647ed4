"""SMS sizes by 3GPP TS 23.038."""

from decimal import Decimal

import pytest

from intake.messages.segments import SmsEncoding, SmsSize, cost, sms_size

GSM7, UCS2 = SmsEncoding.GSM7, SmsEncoding.UCS2


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", SmsSize(GSM7, 0, 1)),
        ("a" * 160, SmsSize(GSM7, 160, 1)),
        ("a" * 161, SmsSize(GSM7, 161, 2)),
        ("a" * 306, SmsSize(GSM7, 306, 2)),
        ("a" * 307, SmsSize(GSM7, 307, 3)),
        ("€" * 80, SmsSize(GSM7, 160, 1)),
        ("€" * 81, SmsSize(GSM7, 162, 2)),  # 76 in each part: 77 would be 154 septets
        ("€" * 153, SmsSize(GSM7, 306, 3)),  # an escape is never parted from its character
        ("a" * 152 + "€" + "a" * 152, SmsSize(GSM7, 306, 3)),
        ("¿Qué señal? ÑÜ", SmsSize(GSM7, 14, 1)),
        ("{[]}\\|^~\f", SmsSize(GSM7, 18, 1)),
        ("Σ Ω Δ ß", SmsSize(GSM7, 7, 1)),
        ("ç", SmsSize(UCS2, 1, 1)),  # only Ç is in the table
        ("á", SmsSize(UCS2, 1, 1)),
        ("’", SmsSize(UCS2, 1, 1)),
        ("\t", SmsSize(UCS2, 1, 1)),
        ("က" * 70, SmsSize(UCS2, 70, 1)),
        ("က" * 71, SmsSize(UCS2, 71, 2)),
        ("س" * 134, SmsSize(UCS2, 134, 2)),
        ("س" * 135, SmsSize(UCS2, 135, 3)),
        ("😀" * 35, SmsSize(UCS2, 70, 1)),
        ("😀" * 66, SmsSize(UCS2, 132, 2)),
        ("😀" * 67, SmsSize(UCS2, 134, 3)),  # 33 in each part: half a pair is never sent
        ("a" * 66 + "😀" + "a" * 66, SmsSize(UCS2, 134, 3)),
    ],
)
def test_sizes(text: str, size: SmsSize) -> None:
    assert sms_size(text) == size


def test_every_character_of_the_alphabet_is_counted_as_the_standard_does() -> None:
    single = [chr(n) for n in range(0x10000) if sms_size(chr(n)) == SmsSize(GSM7, 1, 1)]
    double = [chr(n) for n in range(0x10000) if sms_size(chr(n)) == SmsSize(GSM7, 2, 1)]
    assert len(single) == 127  # 128 places, one of them the escape
    assert "".join(sorted(double)) == "\f[\\]^{|}~€"


def test_a_cost_is_exact() -> None:
    assert cost(3, Decimal("0.0083")) == Decimal("0.0249")
