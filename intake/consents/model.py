"""Invitations, signing sessions, consents and revocations: the current state.

It is a projection: consents/ledger.py holds the truth, consents/projection.py rebuilds this.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forms.choices import Relationship
from intake.consents.states import (
    Assurance,
    Channel,
    ConsentState,
    HoldReason,
    RevocationBasis,
    SigningPurpose,
)
from intake.db.base import Base, new_id
from intake.db.types import EncryptedDate, EncryptedJson, EncryptedText, EnumText, UtcDateTime


class Invitation(Base):
    """A personal link. Only the keyed hash of its token is stored."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    language: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[str | None] = mapped_column(String(36))
    """The consent that answered it; a link answers once."""


class SigningSession(Base):
    """One family's way through the pages; the browser holds the right to it in its cookie.

    ``answers`` keeps what was typed, step by step, so that nothing is lost on the way.
    """

    __tablename__ = "signing_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    purpose: Mapped[SigningPurpose] = mapped_column(EnumText(SigningPurpose))
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitations.id"))
    student_id: Mapped[str | None] = mapped_column(ForeignKey("students.id"))
    """Known from an invitation or a receipt; otherwise found or made when signed."""
    consent_id: Mapped[str | None] = mapped_column(String(36))
    """The consent that came of it, or, for a revocation by receipt, the one to revoke."""
    revocation_id: Mapped[str | None] = mapped_column(String(36))
    answers: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("signing_sessions.answers"))
    verified_contact: Mapped[str | None] = mapped_column(
        EncryptedText("signing_sessions.verified_contact")
    )
    """The contact a one-time code has reached, as ``kind:value``."""
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """A signed waiver, granted or declined (34 CFR 99.30(b) and (d))."""

    __tablename__ = "consents"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    signing_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    """The signing session it came from: unique, so that a double tap makes one consent."""
    document: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(12))
    text_sha256: Mapped[str] = mapped_column(String(64))
    elements: Mapped[list[str]] = mapped_column(JSON)
    purposes: Mapped[list[str]] = mapped_column(JSON)
    partner_classes: Mapped[list[str]] = mapped_column(JSON)
    granted: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[ConsentState] = mapped_column(EnumText(ConsentState))
    assurance: Mapped[Assurance] = mapped_column(EnumText(Assurance))
    unsettled: Mapped[bool] = mapped_column(Boolean, default=False)
    """Staff have yet to say who signed (pending) or who declined."""
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    relationship_kind: Mapped[Relationship] = mapped_column(EnumText(Relationship))
    signer_name: Mapped[str] = mapped_column(EncryptedText("consents.signer_name"))
    contact: Mapped[str | None] = mapped_column(EncryptedText("consents.contact"))
    """``kind:value`` of the contact that a code reached; nothing on paper."""
    contact_key: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    valid_until: Mapped[date]
    """The last day, in the school's zone."""
    rights_transfer_on: Mapped[date] = mapped_column(EncryptedDate("consents.rights_transfer_on"))
    """The student's 18th birthday."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receipt_key: Mapped[str] = mapped_column(String(64), unique=True)
    receipt_code: Mapped[str] = mapped_column(EncryptedText("consents.receipt_code"))
    document_sha256: Mapped[str] = mapped_column(String(64))
    """The sealed PDF, by the hash that the ledger records too."""
    revocation_id: Mapped[str | None] = mapped_column(ForeignKey("revocations.id"), index=True)

    __table_args__ = (
        Index("ix_consents_student_document", "student_id", "document"),
        Index("ix_consents_state", "state", "signed_at"),
        # What waits for staff is always few, however many consents there are.
        Index(
            "ix_consents_unsettled",
            "signed_at",
            sqlite_where=text("unsettled = 1"),
            postgresql_where=text("unsettled"),
        ),
    )


class Revocation(Base):
    """A withdrawal of every consent for a student, or of a part, and its way to the end."""

    __tablename__ = "revocations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    signing_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    basis: Mapped[RevocationBasis] = mapped_column(EnumText(RevocationBasis))
    version: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(12))
    text_sha256: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    relationship_kind: Mapped[Relationship] = mapped_column(EnumText(Relationship))
    signer_name: Mapped[str] = mapped_column(EncryptedText("revocations.signer_name"))
    contact: Mapped[str | None] = mapped_column(EncryptedText("revocations.contact"))
    """Who is told when it is done: ``kind:value``."""
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when every sharing system must have confirmed."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its case ended: complete, and the family told (or a person said why they can't be)."""
    receipt_key: Mapped[str] = mapped_column(String(64), unique=True)
    receipt_code: Mapped[str] = mapped_column(EncryptedText("revocations.receipt_code"))
    document_sha256: Mapped[str | None] = mapped_column(String(64))
    elements: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """The data elements that were taken back; nothing where the letter takes back everything."""
    partner_classes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """The classes of parties that were; nothing, as above."""

    consents: Mapped[list[Consent]] = relationship(order_by=Consent.signed_at)

    __table_args__ = (
        # Open cases are always few, however many revocations there have been.
        Index(
            "ix_revocations_open",
            "signed_at",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    @property
    def is_partial(self) -> bool:
        """Whether the rest of the permission stays."""
        return self.elements is not None


class Hold(Base):
    """While one is in place, every decision about the student denies; see ``consents/holds.py``."""

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    reason: Mapped[HoldReason] = mapped_column(EnumText(HoldReason))
    paper_id: Mapped[str] = mapped_column(String(36))
    """The scanned paper, or the reply to a text message, that a person must look at."""
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        # What is in place is always few, however many there have been.
        Index(
            "ix_holds_in_place",
            "student_id",
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
