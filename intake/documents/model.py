"""The registers of sealed documents, scans, recordings, and of what translations need of people."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.consents.states import ActorKind
from intake.db.base import Base, new_id
from intake.db.chain import SEQUENCE, ChainedEntry, ChainHead
from intake.db.types import EncryptedText, EnumText, UtcDateTime


class DocumentKind(StrEnum):
    """What a sealed document is."""

    WAIVER = "waiver"
    DECLINE = "decline"
    REVOCATION = "revocation"


class SealedDocument(Base):
    """One sealed PDF, by its SHA-256. The bytes lie in the object store under their own key.

    Destroying ``wrapped_key`` destroys the document wherever copies of the store are.
    """

    __tablename__ = "sealed_documents"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    storage_path: Mapped[str] = mapped_column(String(200), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeptKind(StrEnum):
    """What else is kept, encrypted, until retention says otherwise."""

    ORIGINAL = "original"
    """A file exactly as it came from the scanner."""
    PICTURE = "picture"
    """One page of it, upright, for people."""
    EVIDENCE = "evidence"
    """What shows that a sharing system has hidden an identity: a letter, a picture of a screen."""


class KeptObject(Base):
    """An original scan or a page's picture: write-once, under a key of its own.

    Destroying ``wrapped_key`` destroys it wherever copies of the store are; the row stays, so
    that what was there, and since when it is gone, can be told.
    """

    __tablename__ = "kept_objects"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[KeptKind] = mapped_column(EnumText(KeptKind))
    sha256: Mapped[str] = mapped_column(String(64))
    storage_path: Mapped[str] = mapped_column(String(200), unique=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Recording(Base):
    """One block of a document, read aloud by a person. The audio lies in the object store."""

    __tablename__ = "recordings"
    __table_args__ = (Index("ix_recordings_text", "document", "version", "language"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    document: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(16))
    block: Mapped[str] = mapped_column(String(64))
    words_sha256: Mapped[str] = mapped_column(String(64))
    """Of exactly what is said, with the partnership's facts in it."""
    media_type: Mapped[str] = mapped_column(String(32))
    storage_path: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer)
    reader: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str | None] = mapped_column(String(36))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(36))
    """Who listened and found exactly the block's words."""


class TextApproval(Base):
    """A named person has read a document in a language and approves it (``approvals``)."""

    __tablename__ = "text_approvals"
    __table_args__ = (Index("ix_text_approvals_text", "document", "version", "language"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    document: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(16))
    text_sha256: Mapped[str] = mapped_column(String(64))
    """Of the whole text, placeholders unfilled."""
    approver: Mapped[str] = mapped_column(String(500))
    qualification: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(500))
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(36))
    """The staff account that recorded it; none from the command line."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(36))
    withdrawal_reason: Mapped[str | None] = mapped_column(String(500))


class ReleaseKind(StrEnum):
    """What is recorded of a version."""

    PUBLISHED = "published"
    """From a day on families are offered it: a person's act."""
    WITHDRAWN = "withdrawn"
    """An earlier entry counts no more; only before its day has come."""


class DocumentRelease(ChainedEntry, Base):
    """One entry of the append-only record of versions; see ``releases``."""

    __tablename__ = "document_releases"
    __table_args__ = (Index("ix_document_releases_version", "document", "version"),)

    kind: Mapped[ReleaseKind] = mapped_column(EnumText(ReleaseKind))
    document: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    in_force_from: Mapped[date]
    """The school's day."""
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    """SHA-256 of each language's whole text, placeholders unfilled: those are published."""
    withdraws: Mapped[int | None] = mapped_column(SEQUENCE)
    """The entry that counts no more."""
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(100))

    def content(self) -> list[Any]:
        """What the chain covers."""
        return [
            self.kind.value, self.document, self.version, self.in_force_from.isoformat(),
            self.texts, self.withdraws, self.note, self.at.isoformat(),
            self.actor_kind.value, self.actor_id,
        ]  # fmt: skip


class DocumentReleasesHead(ChainHead, Base):
    """The end of the record."""

    __tablename__ = "document_releases_head"


class InterpreterRequest(Base):
    """A family that can't sign in its language yet, and wants to be called."""

    __tablename__ = "interpreter_requests"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    language: Mapped[str] = mapped_column(String(16))
    contact: Mapped[str] = mapped_column(EncryptedText("interpreter_requests.contact"))
    wish: Mapped[str] = mapped_column(EncryptedText("interpreter_requests.wish"))
    """When to call, or whatever else they wrote."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    done_by: Mapped[str | None] = mapped_column(String(36))
