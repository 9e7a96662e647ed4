"""Original scans and page pictures: write-once, encrypted in parts, so that memory stays flat.

A part's nonce is its number and whether it is the last one, under a key that encrypts nothing
else: parts can't be altered, exchanged, left out or cut off (the STREAM construction). The bytes'
own hash is not known before the last part is written, so it is checked when they are read.
"""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from intake.db.keys import CannotDecrypt, KeyRing
from intake.documents.model import KeptKind, KeptObject
from intake.documents.store import DocumentDamaged, Storage, StoredDocument

_PART = 1 << 20
_TAG = 16


class KeptObjectGone(LookupError):
    """Retention has destroyed it."""


def put_kept(storage: Storage, ring: KeyRing, source: BinaryIO) -> StoredDocument:
    """Encrypt and write a stream under a new name; it is on disk when this returns."""
    name = uuid.uuid4().hex
    path = f"scans/{name[:2]}/{name}.aes"
    key = AESGCM.generate_key(256)
    digest = hashlib.sha256()
    size = 0

    def sealed() -> Iterator[bytes]:
        nonlocal size
        cipher = AESGCM(key)
        part, number = source.read(_PART), 0
        while True:
            following = source.read(_PART) if part else b""
            digest.update(part)
            size += len(part)
            yield cipher.encrypt(_nonce(number, last=not following), part, None)
            if not following:
                return
            part, number = following, number + 1

    storage.write(path, sealed())
    wrapped = ring.encrypt(key, _context(path))
    return StoredDocument(digest.hexdigest(), path, wrapped, size)


def keep(session: Session, stored: StoredDocument, kind: KeptKind, *, at: datetime) -> KeptObject:
    """Register a stored object, in the transaction that refers to it."""
    kept = KeptObject(
        kind=kind,
        sha256=stored.sha256,
        storage_path=stored.path,
        wrapped_key=stored.wrapped_key,
        size=stored.size,
        created_at=at,
    )
    session.add(kept)
    session.flush()
    return kept


def read_kept(storage: Storage, ring: KeyRing, kept: KeptObject) -> Iterator[bytes]:
    """The bytes in parts.

    Raises KeptObjectGone, and DocumentDamaged where they are not exactly what was written; what
    came before a damaged part is genuine.
    """
    if kept.wrapped_key is None:
        raise KeptObjectGone
    try:
        cipher = AESGCM(ring.decrypt(kept.wrapped_key, _context(kept.storage_path)))
        digest = hashlib.sha256()
        for part in _opened(cipher, storage.parts(kept.storage_path)):
            digest.update(part)
            yield part
    except (InvalidTag, CannotDecrypt, ValueError):
        raise DocumentDamaged(f"scan {kept.id} was altered") from None
    except DocumentDamaged:
        raise DocumentDamaged(f"scan {kept.id} is missing or can't be read") from None
    if digest.hexdigest() != kept.sha256:
        raise DocumentDamaged(f"scan {kept.id} was altered")


def destroy_kept(kept: KeptObject, *, at: datetime) -> str:
    """Destroy the key, for good once committed; the path of what can be deleted then."""
    kept.wrapped_key = None
    kept.destroyed_at = at
    return kept.storage_path


def _opened(cipher: AESGCM, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decrypt part by part; pieces of the store have lengths of their own."""
    whole = _PART + _TAG
    waiting, number = b"", 0
    for piece in pieces:
        waiting += piece
        while len(waiting) > whole:  # more follows, so this part isn't the last
            yield cipher.decrypt(_nonce(number, last=False), waiting[:whole], None)
            waiting, number = waiting[whole:], number + 1
    yield cipher.decrypt(_nonce(number, last=True), waiting, None)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _context(path: str) -> str:
    return f"kept_objects.wrapped_key:{path}"
