"""Passwords: what is good enough, and how it is kept (argon2id)."""

import functools
import unicodedata
from enum import StrEnum
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from translations import mark

MINIMUM_LENGTH = 12
"""Characters. NIST SP 800-63B asks for 8 and a list; 12 leaves room for a leaked hash."""
MAXIMUM_LENGTH = 256
"""Longer than any passphrase; hashing costs the same, reading a megabyte does not."""


class Weakness(StrEnum):
    """Why a password is refused; the value is the sentence to show."""

    TOO_SHORT = mark("The password needs at least 12 characters.")
    TOO_LONG = mark("The password may have at most 256 characters.")
    REPEATED = mark("The password repeats one character.")
    COMMON = mark("This password is on the list of common ones. Choose another.")
    IS_EMAIL = mark("The password must not be the email address.")
    USED_BEFORE = mark("You have used this password before. Choose another.")


class WeakPassword(ValueError):
    """The password is refused; the message says why and holds nothing of it."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness.value)
        self.weakness = weakness


def check_password(password: str, *, email: str) -> None:
    """Raises WeakPassword."""
    normal = _normal(password)
    if len(normal) < MINIMUM_LENGTH:
        raise WeakPassword(Weakness.TOO_SHORT)
    if len(normal) > MAXIMUM_LENGTH:
        raise WeakPassword(Weakness.TOO_LONG)
    folded = normal.casefold()
    if len(set(folded)) == 1:
        raise WeakPassword(Weakness.REPEATED)
    if folded in {email.casefold(), email.casefold().partition("@")[0]}:
        raise WeakPassword(Weakness.IS_EMAIL)
    if folded in _common() or _without_decoration(folded) in _common():
        raise WeakPassword(Weakness.COMMON)


class Passwords:
    """Hashing with one set of argon2id parameters; the library's defaults are RFC 9106's."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """``hasher`` is given where cheap parameters will do: in tests."""
        self._hasher = hasher or PasswordHasher()
        # Unknown accounts are checked against this, so that they take as long as known ones.
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The PHC string to store."""
        return self._hasher.hash(_normal(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; without a stored hash, never, after the same time."""
        try:
            self._hasher.verify(stored or self._nobody, _normal(password)[: MAXIMUM_LENGTH + 1])
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # SP 800-63B, 5.1.1.2: the same password from two keyboards must be the same bytes.
    return unicodedata.normalize("NFKC", password)


def _without_decoration(folded: str) -> str:
    """``Password2026!!`` is ``password``: digits and signs at the ends add next to nothing."""
    start, end = 0, len(folded)
    while start < end and not folded[start].isalpha():
        start += 1
    while end > start and not folded[end - 1].isalpha():
        end -= 1
    return folded[start:end]


@functools.cache
def _common() -> frozenset[str]:
    lines = (files("intake.accounts") / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
