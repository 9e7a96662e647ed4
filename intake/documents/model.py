"""The register of sealed documents."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base
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
