"""Who may sign in at the desk, and which sharing systems may ask."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import UtcDateTime


class Staff(Base):
    """A member of staff. The email is the sign-in name, casefolded."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    session_key: Mapped[str] = mapped_column(String(64))
    """Changes with the password: every open session ends then."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A bearer token of an API client; only its keyed hash is stored."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id"), index=True)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on it counts no more; none until it is rotated or revoked."""
