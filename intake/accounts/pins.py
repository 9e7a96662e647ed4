"""PINs: what lets a member of staff take a tablet back from a family. They open nothing else."""

from enum import StrEnum

from forms.text import ascii_digits
from intake.accounts.passwords import Passwords
from translations import mark

MINIMUM_DIGITS = 6
MAXIMUM_DIGITS = 12
_RUNS = "01234567890123456789"
_COMMON = frozenset(
    {"121212", "112233", "123123", "123321", "131313", "696969", "159753", "147258"}
)


class PinWeakness(StrEnum):
    """Why a PIN is refused; the value is the sentence to show."""

    NOT_DIGITS = mark("A PIN has from 6 to 12 digits and nothing else.")
    EASY = mark("This PIN is easy to guess. Choose another.")


class WeakPin(ValueError):
    """The PIN is refused; the message says why and holds nothing of it."""

    def __init__(self, weakness: PinWeakness) -> None:
        super().__init__(weakness.value)
        self.weakness = weakness


def hashed_pin(pin: str, *, passwords: Passwords) -> str:
    """A PIN as an account keeps it: hashed as passwords are, so outside a transaction.

    Raises WeakPin.
    """
    digits = normal_pin(pin)
    if not (digits.isascii() and digits.isdigit()):
        raise WeakPin(PinWeakness.NOT_DIGITS)
    if not MINIMUM_DIGITS <= len(digits) <= MAXIMUM_DIGITS:
        raise WeakPin(PinWeakness.NOT_DIGITS)
    if _is_easy(digits):
        raise WeakPin(PinWeakness.EASY)
    return passwords.hash(digits)


def normal_pin(typed: str) -> str:
    """In the digits of any keyboard, with or without spaces."""
    return ascii_digits("".join(typed.split()))[: MAXIMUM_DIGITS + 1]


def _is_easy(digits: str) -> bool:
    """Runs, repeats, and what is on the lists of leaked PINs."""
    if len(set(digits)) < 3 or digits in _COMMON:
        return True
    if digits in _RUNS or digits in _RUNS[::-1]:
        return True
    half = len(digits) // 2
    return digits == digits[:half] * 2 or digits == digits[::-1]
