"""Secrets that people carry: invitation links and receipt codes. Only keyed hashes are stored.

And numbers that people read out, which are written in the same way.
"""

import secrets

from sqlalchemy.orm import Session

from forms.text import ascii_digits, clean
from intake.db.keys import keyring

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_RECEIPT_LENGTH = 16
_GROUP = 4
_LOOKALIKES = str.maketrans("OIL", "011")


def new_invitation_token() -> str:
    """128 random bits for a link."""
    return secrets.token_urlsafe(16)


def new_receipt_code() -> str:
    """80 random bits that can be read out on the phone: ``7K3M-Q2XV-9T4B-HD8R``."""
    return random_letters(_RECEIPT_LENGTH)


def random_letters(length: int) -> str:
    """So many random letters and digits that can be read out, in groups of four."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(length)))


def normal_receipt_code(typed: str) -> str | None:
    """What somebody typed as the code it means, or nothing if it can't be one.

    Case, spaces and dashes don't matter; O, I and L are read as the digits they look like;
    digits of any script count.
    """
    letters = ascii_digits(clean(typed)).upper().translate(_LOOKALIKES)
    letters = "".join(c for c in letters if c not in "-–— .")
    if len(letters) != _RECEIPT_LENGTH or any(c not in _ALPHABET for c in letters):
        return None
    return _grouped(letters)


def invitation_key(session: Session, token: str) -> str:
    """The stored form of an invitation token."""
    return keyring(session).blind_index("invitation", token)


def receipt_key(session: Session, code: str) -> str:
    """The stored form of a receipt code (in its normal form)."""
    return keyring(session).blind_index("receipt", code)


def _grouped(letters: str) -> str:
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))
