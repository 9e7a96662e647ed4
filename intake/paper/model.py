"""Paper: what was printed, what came back through the scanner, and what people were asked.

No names: a scan's file name and what people type are encrypted, the id on paper is random.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.db.base import Base, new_id
from intake.db.types import EncryptedJson, EncryptedText, EnumText, UtcDateTime
from intake.paper.outcomes import (
    REJECTIONS_HANDED_BACK,
    BatchSource,
    BatchState,
    OutcomeReason,
    PageOutcome,
    PaperState,
    Question,
    ReviewState,
)

__all__ = [
    "REJECTIONS_HANDED_BACK",
    "BatchSource",
    "BatchState",
    "OutcomeReason",
    "PageOutcome",
    "PaperState",
    "PrintedPaper",
    "Question",
    "ReviewItem",
    "ReviewState",
    "ScanBatch",
    "ScanFile",
    "ScanPage",
    "ScannedPaper",
]


class PrintedPaper(Base):
    """One paper that was printed, and for whom. The id stands on it, and reveals nothing."""

    __tablename__ = "printed_papers"

    waiver_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    document: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(12))
    pages: Mapped[int] = mapped_column(Integer)
    student_id: Mapped[str | None] = mapped_column(ForeignKey("students.id"), index=True)
    """None for a blank one."""
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    printed_by: Mapped[str | None] = mapped_column(String(36))
    """The staff account; none from the command line."""


class ScanBatch(Base):
    """Files that were taken in together."""

    __tablename__ = "scan_batches"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    source: Mapped[BatchSource] = mapped_column(EnumText(BatchSource))
    created_by: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[BatchState] = mapped_column(EnumText(BatchState))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when whoever reads it may be trusted to be alive."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    files: Mapped[list["ScanFile"]] = relationship(order_by="ScanFile.position")

    __table_args__ = (
        Index(
            "ix_scan_batches_unfinished",
            "created_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )


class ScanFile(Base):
    """One file of a batch; its bytes lie in the object store until retention says otherwise."""

    __tablename__ = "scan_files"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(ForeignKey("scan_batches.id"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(EncryptedText("scan_files.name"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    original_id: Mapped[str | None] = mapped_column(ForeignKey("kept_objects.id"))
    """None for a file that is there already."""
    pages: Mapped[int | None] = mapped_column(Integer)
    """How many were read; None until it has been."""
    refusal: Mapped[str | None] = mapped_column(String(64))
    """Why it could not be read to its end."""
    same_as: Mapped[str | None] = mapped_column(ForeignKey("scan_files.id"))
    """The file with the same bytes that came before."""

    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        # The same bytes are taken in once; a file that was refused may be tried again.
        Index(
            "ix_scan_files_once",
            "sha256",
            unique=True,
            sqlite_where=text("same_as IS NULL AND refusal IS NULL"),
            postgresql_where=text("same_as IS NULL AND refusal IS NULL"),
        ),
    )


class ScannedPaper(Base):
    """Pages that belong together, and what became of them.

    ``copy`` counts how often one printed paper came back with something else on it: handed back
    and signed since, or altered after it was filed.
    """

    __tablename__ = "scanned_papers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(ForeignKey("scan_batches.id"), index=True)
    """The batch that its first page came in."""
    waiver_id: Mapped[str | None] = mapped_column(String(10))
    """None for a page whose codes can't be trusted."""
    copy: Mapped[int] = mapped_column(Integer, default=1)
    student_id: Mapped[str | None] = mapped_column(ForeignKey("students.id"), index=True)
    state: Mapped[PaperState] = mapped_column(EnumText(PaperState))
    reason: Mapped[OutcomeReason | None] = mapped_column(EnumText(OutcomeReason))
    is_revocation: Mapped[bool] = mapped_column(Boolean, default=False)
    granted: Mapped[bool | None] = mapped_column(Boolean)
    """The answer, as far as it is known for certain."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settle_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    consent_id: Mapped[str | None] = mapped_column(String(36))
    revocation_id: Mapped[str | None] = mapped_column(String(36))

    pages: Mapped[list["ScanPage"]] = relationship(
        order_by="ScanPage.waiver_page",
        back_populates="paper",
    )
    items: Mapped[list["ReviewItem"]] = relationship(
        order_by="ReviewItem.number", back_populates="paper"
    )

    __table_args__ = (
        UniqueConstraint("waiver_id", "copy"),
        Index(
            "ix_scanned_papers_ready",
            "settle_after",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
    )


class ScanPage(Base):
    """One page of a file: what the reader saw, and what became of it."""

    __tablename__ = "scan_pages"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    file_id: Mapped[str] = mapped_column(ForeignKey("scan_files.id"))
    number: Mapped[int] = mapped_column(Integer)
    """From 1."""
    findings: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As ``paper/reading.py`` writes them; empty for a page that was refused."""
    picture_id: Mapped[str | None] = mapped_column(ForeignKey("kept_objects.id"))
    waiver_id: Mapped[str | None] = mapped_column(String(10), index=True)
    waiver_page: Mapped[int | None] = mapped_column(Integer)
    paper_id: Mapped[str | None] = mapped_column(ForeignKey("scanned_papers.id"), index=True)
    outcome: Mapped[PageOutcome | None] = mapped_column(EnumText(PageOutcome))
    """None until the whole batch has been read."""
    reason: Mapped[OutcomeReason | None] = mapped_column(EnumText(OutcomeReason))
    consent_id: Mapped[str | None] = mapped_column(String(36))
    revocation_id: Mapped[str | None] = mapped_column(String(36))

    file: Mapped[ScanFile] = relationship()
    paper: Mapped[ScannedPaper | None] = relationship(back_populates="pages")

    __table_args__ = (UniqueConstraint("file_id", "number"),)


class ReviewItem(Base):
    """One question about one paper."""

    __tablename__ = "review_items"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    paper_id: Mapped[str] = mapped_column(ForeignKey("scanned_papers.id"))
    number: Mapped[int] = mapped_column(Integer)
    """Of this paper's questions, from 1."""
    question: Mapped[Question] = mapped_column(EnumText(Question))
    page_ids: Mapped[list[str]] = mapped_column(JSON)
    """The pages to show, the one in question first."""
    urgency: Mapped[int] = mapped_column(Integer)
    """0: a revocation whose student nobody knows yet; 1: another revocation; 2: the rest."""
    state: Mapped[ReviewState] = mapped_column(EnumText(ReviewState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    """Somebody said "wait": not offered until then."""
    claimed_by: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(32))
    details: Mapped[dict[str, Any]] = mapped_column(
        EncryptedJson("review_items.details"), default=dict
    )
    """What was typed or chosen with the answer: the student, the signer's name, the language."""
    answered_by: Mapped[str | None] = mapped_column(String(36))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    paper: Mapped[ScannedPaper] = relationship(back_populates="items")

    __table_args__ = (
        UniqueConstraint("paper_id", "number"),
        Index(
            "ix_review_items_open",
            "urgency",
            "created_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_review_items_answered", "answered_by", "answered_at"),
    )
