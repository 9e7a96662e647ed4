"""Secrets that people carry: invitation links and receipt codes. Only keyed hashes are stored."""

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
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RECEIPT_LENGTH))
    return "-".join(letters[i : i + _GROUP] for i in range(0, _RECEIPT_LENGTH, _GROUP))


def normal_receipt_code(typed: str) -> str | None:
    """What somebody typed as the code it means, or nothing if it can't be one.

    Case, spaces and dashes don't matter; O, I and L are read as the digits they look like;
    digits of any script count.
    """
    letters = ascii_digits(clean(typed)).upper().translate(_LOOKALIKES)
    letters = "".join(c for c in letters if c not in "-–— .")
    if len(letters) != _RECEIPT_LENGTH or any(c not in _ALPHABET for c in letters):
        return None
    return "-".join(letters[i : i + _GROUP] for i in range(0, _RECEIPT_LENGTH, _GROUP))


def invitation_key(session: Session, token: str) -> str:
    """The stored form of an invitation token."""
    return keyring(session).blind_index("invitation", token)


def receipt_key(session: Session, code: str) -> str:
    """The stored form of a receipt code (in its normal form)."""
    return keyring(session).blind_index("receipt", code)
