"""Where sealed documents lie: write-once objects, each encrypted under a key of its own.

Recordings of the documents' words lie beside them, in the clear: anybody may hear them.
"""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url
from sqlalchemy.orm import Session

from intake.db.keys import CannotDecrypt, KeyRing, keyring
from intake.documents.model import DocumentKind, SealedDocument

_NONCE_BYTES = 12
_PART = 1 << 20


class DocumentMissing(LookupError):
    """No document with this hash is registered."""


class DocumentDamaged(Exception):
    """The stored object is gone, unreadable, or not what was sealed."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """An object that is in the store, and not yet registered in the database."""

    sha256: str
    path: str
    wrapped_key: bytes
    size: int


class Storage:
    """A folder, or a bucket of S3, GCS or Azure, by URL."""

    def __init__(self, url: str) -> None:
        """``url``: ``file:///folder`` (made when missing), ``s3://bucket/prefix``, …"""
        parts = urlsplit(url)
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store: ObjectStore = from_url(url)

    def put(self, ring: KeyRing, pdf: bytes) -> StoredDocument:
        """Encrypt and write a document under a new name; it is on disk when this returns."""
        sha256 = hashlib.sha256(pdf).hexdigest()
        key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, pdf, sha256.encode())
        name = uuid.uuid4().hex
        path = f"sealed/{name[:2]}/{name}.pdf.aes"
        obstore.put(self._store, path, sealed, mode="create")
        self._sync(path)
        wrapped = ring.encrypt(key, _context(sha256))
        return StoredDocument(sha256, path, wrapped, len(pdf))

    def read(self, ring: KeyRing, document: SealedDocument) -> bytes:
        """The PDF; raises DocumentDamaged when it isn't exactly what was sealed."""
        try:
            sealed = bytes(obstore.get(self._store, document.storage_path).bytes())
            key = ring.decrypt(document.wrapped_key, _context(document.sha256))
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            pdf = AESGCM(key).decrypt(nonce, rest, document.sha256.encode())
        except FileNotFoundError:
            raise DocumentDamaged(f"document {document.sha256} is missing") from None
        except (InvalidTag, CannotDecrypt, ValueError):
            raise DocumentDamaged(f"document {document.sha256} was altered") from None
        except (BaseError, OSError):
            raise DocumentDamaged(f"document {document.sha256} can't be read") from None
        if hashlib.sha256(pdf).hexdigest() != document.sha256:
            raise DocumentDamaged(f"document {document.sha256} was altered")
        return pdf

    def put_recording(self, audio: bytes) -> str:
        """Write a recording, which is no secret; its path, made from its content."""
        path = f"recordings/{hashlib.sha256(audio).hexdigest()}"
        obstore.put(self._store, path, audio)
        self._sync(path)
        return path

    def read_recording(self, path: str) -> bytes:
        """A recording; raises DocumentDamaged where it is gone or altered."""
        try:
            audio = bytes(obstore.get(self._store, path).bytes())
        except (BaseError, OSError):
            raise DocumentDamaged("the recording can't be read") from None
        if f"recordings/{hashlib.sha256(audio).hexdigest()}" != path:
            raise DocumentDamaged("the recording was altered")
        return audio

    def discard(self, stored: StoredDocument) -> None:
        """Remove an object that was never registered (its transaction did not happen)."""
        self.delete(stored.path)

    def delete(self, path: str) -> None:
        """Remove an object; nothing happens where it is gone already."""
        with contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, path)

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a new object from parts, in flat memory; it is on disk when this returns."""
        obstore.put(self._store, path, iter(chunks))
        self._sync(path)

    def parts(self, path: str) -> Iterator[bytes]:
        """An object's bytes in parts; raises DocumentDamaged where they can't be read."""
        try:
            for part in obstore.get(self._store, path).stream(min_chunk_size=_PART):
                yield bytes(part)
        except (BaseError, OSError):
            raise DocumentDamaged("a stored object is missing or can't be read") from None

    def _sync(self, path: str) -> None:
        """A signature that was confirmed survives a power cut: flush a folder's file and names."""
        if self._folder is None:
            return
        file = self._folder / path
        for target in (file, file.parent):
            descriptor = os.open(target, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def register(
    session: Session, stored: StoredDocument, kind: DocumentKind, *, at: datetime
) -> SealedDocument:
    """Make a stored object a document, in the transaction that refers to it."""
    document = SealedDocument(
        sha256=stored.sha256,
        kind=kind,
        storage_path=stored.path,
        wrapped_key=stored.wrapped_key,
        size=stored.size,
        created_at=at,
    )
    session.add(document)
    session.flush()
    return document


def read_document(session: Session, storage: Storage, sha256: str) -> bytes:
    """A registered document's PDF; raises DocumentMissing, DocumentDamaged."""
    document = session.get(SealedDocument, sha256)
    if document is None:
        raise DocumentMissing
    return storage.read(keyring(session), document)


def _context(sha256: str) -> str:
    return f"sealed_documents.wrapped_key:{sha256}"
