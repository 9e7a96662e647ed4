"""Files that show that an identity is hidden: kept as scans are, encrypted and write-once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.documents.kept import keep, put_kept, read_kept
from intake.documents.model import KeptKind, KeptObject
from intake.documents.store import Storage
from intake.revocations.actions import Evidence

LARGEST_EVIDENCE = 10 * 1024 * 1024
"""Bytes: a letter of some pages, or a picture of a screen."""
_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class EvidenceRefused(ValueError):
    """No PDF, PNG or JPEG, or larger than 10 MB."""


class EvidenceUnknown(LookupError):
    """No such file belongs to this revocation."""


@contextmanager
def recording(
    database: Database, storage: Storage, content: bytes, evidence: Evidence, *, at: datetime
) -> Iterator[tuple[Session, Evidence]]:
    """A transaction and, where there is a file, the evidence with it stored.

    The file is written before; where the transaction does not happen it is discarded. Raises
    EvidenceRefused.
    """
    if not content:
        with database.begin() as session:
            yield session, evidence
        return
    media_type(content)
    stored = put_kept(storage, database.keyring, BytesIO(content))
    try:
        with database.begin() as session:
            kept = keep(session, stored, KeptKind.EVIDENCE, at=at)
            yield session, Evidence(evidence.reason, evidence.reference, kept)
    except BaseException:
        storage.discard(stored)
        raise


def read_evidence(
    session: Session, storage: Storage, revocation_id: str, kept_id: str
) -> tuple[bytes, str]:
    """The file that a confirmation of this revocation names, and its media type.

    Raises EvidenceUnknown, KeptObjectGone, DocumentDamaged.
    """
    query = select(LedgerEvent).where(
        LedgerEvent.revocation_id == revocation_id,
        LedgerEvent.kind.in_((EventKind.IDENTITY_HIDDEN, EventKind.PART_WITHDRAWN)),
    )
    if all(event.values().get("evidence") != kept_id for event in session.scalars(query)):
        raise EvidenceUnknown
    kept = session.get_one(KeptObject, kept_id)
    content = b"".join(read_kept(storage, session.info["keyring"], kept))
    return content, media_type(content)


def media_type(content: bytes) -> str:
    """By how it begins; what a browser says of a file proves nothing. Raises EvidenceRefused."""
    if len(content) > LARGEST_EVIDENCE:
        raise EvidenceRefused
    for beginning, kind in _KINDS:
        if content.startswith(beginning):
            return kind
    raise EvidenceRefused
