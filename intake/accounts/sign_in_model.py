"""What belongs to an account: links, challenges, factors, and what its owner has agreed to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EncryptedJson, EnumText, UtcDateTime


class LinkKind(StrEnum):
    """What a link in an email is for."""

    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"  # noqa: S105  (a kind, not a password)


class StaffLink(Base):
    """A link that was sent to an account's owner; only the keyed hash of its token is stored."""

    __tablename__ = "staff_links"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(EnumText(LinkKind))
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Also when it was replaced by another."""


class ChallengePurpose(StrEnum):
    """What a challenge is for; one of another purpose never counts."""

    SINGLE_SIGN_ON = "single_sign_on"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_SET_UP = "passkey_set_up"
    APP_SET_UP = "app_set_up"


class StaffChallenge(Base):
    """What we asked a browser, a device or a provider, until it answers: once, within minutes."""

    __tablename__ = "staff_challenges"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed hash of the token that the browser's session holds."""
    purpose: Mapped[ChallengePurpose] = mapped_column(EnumText(ChallengePurpose))
    data: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("staff_challenges.data"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_staff_challenges_expires_at", "expires_at"),)


class StaffPasskey(Base):
    """A passkey: its public half."""

    __tablename__ = "staff_passkeys"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """Base64url; at most 1023 bytes (WebAuthn, 4)."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    """As its owner calls it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code on paper for the day when the phone is lost; its keyed hash."""

    __tablename__ = "staff_recovery_codes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    code_key: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgreementAccepted(Base):
    """Somebody accepted the end-user agreement: which words, and when."""

    __tablename__ = "staff_agreements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    version: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffTraining(Base):
    """Somebody was trained; an administrator says so."""

    __tablename__ = "staff_trainings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    completed_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
