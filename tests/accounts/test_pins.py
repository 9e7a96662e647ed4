"""PINs: what is good enough, and in which digits it may be typed."""

from datetime import UTC, datetime

import pytest

from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.pins import WeakPin, normal_pin, set_pin


def somebody() -> Staff:
    return Staff(
        email="rosa@example.org", name="Rosa", password_hash="", session_key="", roles=[],
        schools=None, created_at=datetime.now(UTC), disabled_at=None, signed_in_at=None,
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["482913", " 482 913 ", "٤٨٢٩١٣", "۴۸۲۹۱۳", "၄၈၂၉၁၃", "४८२९१३"])
def test_a_pin_is_the_same_in_the_digits_of_any_keyboard(typed: str, passwords: Passwords) -> None:
    staff = somebody()
    set_pin(staff, typed, passwords=passwords)
    assert staff.pin_hash is not None
    assert "482913" not in staff.pin_hash
    assert passwords.verify(staff.pin_hash, normal_pin("482913"))


@pytest.mark.parametrize(
    "typed",
    [
        "", "48291", "4829137561234", "48291a", "-48291", "48.2913", "111111", "121212", "123456",
        "987654", "901234", "123123", "482482", "482284", "112233", "9" * 500,
    ],
)  # fmt: skip
def test_a_pin_that_is_none_or_easy_to_guess_is_refused(typed: str, passwords: Passwords) -> None:
    staff = somebody()
    with pytest.raises(WeakPin):
        set_pin(staff, typed, passwords=passwords)
    assert staff.pin_hash is None
