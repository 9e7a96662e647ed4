"""PINs: what is good enough, and in which digits it may be typed."""

import pytest

from intake.accounts.passwords import Passwords
from intake.accounts.pins import WeakPin, hashed_pin, normal_pin


@pytest.mark.parametrize("typed", ["482913", " 482 913 ", "٤٨٢٩١٣", "۴۸۲۹۱۳", "၄၈၂၉၁၃", "४८२९१३"])
def test_a_pin_is_the_same_in_the_digits_of_any_keyboard(typed: str, passwords: Passwords) -> None:
    kept = hashed_pin(typed, passwords=passwords)
    assert "482913" not in kept
    assert passwords.verify(kept, normal_pin("482913"))


@pytest.mark.parametrize(
    "typed",
    [
        "", "48291", "4829137561234", "48291a", "-48291", "48.2913", "111111", "121212", "123456",
        "987654", "901234", "123123", "482482", "482284", "112233", "9" * 500,
    ],
)  # fmt: skip
def test_a_pin_that_is_none_or_easy_to_guess_is_refused(typed: str, passwords: Passwords) -> None:
    with pytest.raises(WeakPin):
        hashed_pin(typed, passwords=passwords)
