"""Sharing systems' own identifiers for students, and the trail of their lookups."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EnumText, UtcDateTime


class Match(StrEnum):
    """How sure it is whom a client means."""

    CERTAIN = "certain"
    AMBIGUOUS = "ambiguous"
    """Somebody may be meant; a person must find out who. Nothing more is told."""
    NONE = "none"


class LookedUpBy(StrEnum):
    """What a client knew of the student."""

    IDENTIFIER = "identifier"
    DESCRIPTION = "description"
    """Name, birth date and school."""


class LinkBasis(StrEnum):
    """Why an identifier stands for a student."""

    LOOKUP = "lookup"
    """The client had looked the student up, and the match was certain."""
    STAFF = "staff"
    """A member of staff has looked at both records."""


class StudentIdentifier(Base):
    """A client's own identifier for a student: one for each, and each for one.

    Only its keyed hash is kept: nobody here has to read another system's numbers.
    """

    __tablename__ = "student_identifiers"

    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id"), primary_key=True)
    identifier_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    basis: Mapped[LinkBasis] = mapped_column(EnumText(LinkBasis))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("client_id", "student_id"),)


class StudentLookup(Base):
    """One lookup: who asked, when, and which student was told, if any. Never what was sent."""

    __tablename__ = "student_lookups"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[LookedUpBy] = mapped_column(EnumText(LookedUpBy))
    match: Mapped[Match] = mapped_column(EnumText(Match))
    student_id: Mapped[str | None] = mapped_column(ForeignKey("students.id"))
    """Only where the match is certain."""

    __table_args__ = (
        Index("ix_student_lookups_client", "client_id", "at"),
        Index("ix_student_lookups_student", "student_id", "client_id", "at"),
    )
