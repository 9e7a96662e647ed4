"""What a case of a revocation needs beside the revocation, its publications and confirmations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base
from intake.db.types import EnumText, UtcDateTime

EVERY_SCHOOL = ""
"""The scope of an owner for all schools that have none of their own."""


class ToldHow(StrEnum):
    """How the family learned that the identity is hidden; or that it can't be told."""

    MESSAGE = "message"
    """The provider took our message to the contact that the signer gave."""
    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"
    BY_LETTER = "by_letter"
    CANNOT = "cannot"
    """A person says why nobody can be told: moved away, no address."""


class RevocationCase(Base):
    """A person's part in a revocation. Made when there is something to say; until then: defaults.

    The case as a whole is put together in ``cases``. What happens to it is on the ledger too.
    """

    __tablename__ = "revocation_cases"

    revocation_id: Mapped[str] = mapped_column(ForeignKey("revocations.id"), primary_key=True)
    owner_id: Mapped[str | None] = mapped_column(String(36))
    """The member of staff who took it over or was given it; none: the school's usual owner."""
    message_id: Mapped[str | None] = mapped_column(String(36))
    """The message that tells the family that it is done."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_how: Mapped[ToldHow | None] = mapped_column(EnumText(ToldHow))
    told_by: Mapped[str | None] = mapped_column(String(36))
    """The member of staff who told them; none after our own message."""
    reminded_step: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The newest reminder that was queued: see reminders.py."""
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsualOwner(Base):
    """Who owns the new cases of a school, or of every school that has no owner of its own."""

    __tablename__ = "usual_case_owners"

    scope: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A school's id, or EVERY_SCHOOL."""
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
