"""Who may sign in at the desk, and which sharing systems may ask."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EncryptedText, EnumText, UtcDateTime


class Role(StrEnum):
    """What a member of staff is here for; one account may have several."""

    FRONT_DESK = "front_desk"
    COORDINATOR = "coordinator"
    APPROVER = "approver"
    """Approves translations."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""
    ADMINISTRATOR = "administrator"
    """Keeps the accounts; sees no student."""


class Staff(Base):
    """A member of staff. The email is the sign-in name, casefolded."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """Empty until an invitation is accepted, and for who signs in by single sign-on."""
    password_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    former_passwords: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Hashes of the last ones, newest first, so that none is taken again."""
    session_key: Mapped[str] = mapped_column(String(64))
    """Changes with the password: every open session ends then."""
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("staff.totp_secret"))
    totp_step: Mapped[int | None] = mapped_column(Integer)
    """The half minute whose code was used last: neither it nor an older one counts again."""
    sso_issuer: Mapped[str | None] = mapped_column(String(255))
    sso_subject: Mapped[str | None] = mapped_column(String(255))
    """With the issuer, who this is at the provider; an email there can change hands."""
    language: Mapped[str | None] = mapped_column(String(12))
    """Of the pages and emails; empty: English."""
    roles: Mapped[list[str]] = mapped_column(JSON)
    """Values of ``Role``, sorted."""
    schools: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Ids of the schools whose students the account may see; empty: all."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    """What takes a tablet back from a family; see pins.py and kiosks.py."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last enabled again: the days without use count from then."""

    __table_args__ = (UniqueConstraint("sso_issuer", "sso_subject"),)

    @property
    def is_in_use(self) -> bool:
        """Whether its owner has come; until then there is an invitation only."""
        return self.password_hash is not None or self.sso_subject is not None


class ApiClient(Base):
    """A sharing system that may ask: what, and about whom."""

    __tablename__ = "api_clients"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A short name, such as ``clienttrack``."""
    scopes: Mapped[list[str]] = mapped_column(JSON)
    schools: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Ids of the schools whose students it may ask about; empty: all."""
    partners: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Ids of the partners for which it may ask; empty: all."""
    destinations: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), default=list, server_default="[]"
    )
    """Ids of the destinations whose feed it may read and for which it may confirm; empty: all."""
    calls_per_minute: Mapped[int | None] = mapped_column(Integer)
    """Empty: as many as any client."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TokenKind(StrEnum):
    """What a secret of a client is for."""

    STATIC = "static"
    """A bearer token that counts until it is rotated or revoked."""
    SECRET = "secret"  # noqa: S105  (a kind, not a secret)
    """The client's secret at the token endpoint (RFC 6749, 2.3.1); opens nothing else."""
    ACCESS = "access"
    """A bearer token of a few minutes from the token endpoint."""


class ApiToken(Base):
    """A secret of an API client; only its keyed hash is stored."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id"), index=True)
    kind: Mapped[TokenKind] = mapped_column(
        EnumText(TokenKind), default=TokenKind.STATIC, server_default=TokenKind.STATIC.value
    )
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """To which of the client's scopes it is limited; empty: to none of them."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on it counts no more; none until it is rotated or revoked."""


class ApiAnswer(Base):
    """The answer under an idempotency key, for a day; see idempotency.py."""

    __tablename__ = "api_answers"

    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Whose key it is: ``client:…`` or ``destination:…``."""
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed hash of what the caller sent."""
    request_sha256: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(Integer)
    """None while the first call is under way."""
    content_type: Mapped[str | None] = mapped_column(String(100))
    body: Mapped[str | None] = mapped_column(EncryptedText("api_answers.body"))

    __table_args__ = (Index("ix_api_answers_claimed_at", "claimed_at"),)
