"""The key ring: encrypts personal data at rest, indexes it blindly, signs the ledger's head."""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The data was changed, or its key is not on the ring. Says nothing of the content."""


class KeyRing:
    """AES-256-GCM with rotation, and keyed hashes for lookups.

    The first key encrypts; every key decrypts. Blind indexes and MACs use the last key, the
    oldest, so that adding a key in front does not lose what was indexed before.
    """

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        self._current_id = keys[0][0]
        self._ciphers = {key_id: AESGCM(_derive(key, b"encrypt")) for key_id, key in keys}
        self._index_key = _derive(keys[-1][1], b"index")

    def encrypt(self, plain: bytes, context: str) -> bytes:
        """``id`` NUL nonce ciphertext. ``context`` (table.column) is authenticated, not stored:
        a value moved to another column no longer decrypts."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._current_id]
        return (
            self._current_id.encode()
            + b"\0"
            + nonce
            + cipher.encrypt(nonce, plain, context.encode())
        )

    def decrypt(self, sealed: bytes, context: str) -> bytes:
        """The reverse; raises CannotDecrypt."""
        key_id, _, rest = sealed.partition(b"\0")
        cipher = self._ciphers.get(key_id.decode("ascii", "replace"))
        if cipher is None:
            raise CannotDecrypt("encrypted under a key that is not in INTAKE_SECRET_KEYS")
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
            raise CannotDecrypt(f"data in {context} was changed, or the key is wrong") from None

    def blind_index(self, purpose: str, value: str) -> str:
        """A keyed SHA-256 (hex) to find equal values without storing them readable."""
        message = f"{purpose}\0{value}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def _derive(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"intake:" + use).derive(key)


def keyring(session: Session) -> KeyRing:
    """The ring of this session's database."""
    ring: KeyRing = session.info["keyring"]
    return ring
