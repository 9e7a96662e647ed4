"""The registers of sealed documents and of recordings."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EnumText, UtcDateTime


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
