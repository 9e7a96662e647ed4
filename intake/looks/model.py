"""Looks: append-only, with ids only. Who looked can be told after a student's data is destroyed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.accounts.model import Role
from intake.db.base import Base, new_id
from intake.db.chain import SEQUENCE, ChainHead
from intake.db.types import EncryptedText, EnumText, UtcDateTime


class LookKind(StrEnum):
    """What came before somebody's eyes, or what they did."""

    LISTED = "listed"
    """A line of a list or of a search's result: it shows the name."""
    READ = "read"
    """A page about one student."""
    DOCUMENT = "document"
    PICTURE = "picture"
    """A scanned page."""
    PRINTED = "printed"
    EXPORTED = "exported"
    CHANGED = "changed"
    """An action; what it changed is on the ledger, or in the record of what it changed."""


class LookBasis(StrEnum):
    """Why: what the page is for, the legitimate interest of 34 CFR 99.31(a)(1)."""

    SERVING = "serving"
    """A family was served at the front desk."""
    INVITING = "inviting"
    PRINTING = "printing"
    REVIEWING = "reviewing"
    """Signed paper was scanned and checked."""
    MATCHING = "matching"
    """It was found out which student was meant."""
    REVOKING = "revoking"
    ANSWERING = "answering"
    """A family's request was answered."""
    PROGRAMME = "programme"
    """The programme was run; most of these are about no student."""
    OVERSIGHT = "oversight"
    """Somebody checked how the programme is run, and has said why: see ``LookReason``."""


class LookReason(Base):
    """Why an auditor looks at students, said once a session, in their own words."""

    __tablename__ = "look_reasons"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(EncryptedText("look_reasons.text"))
    mac: Mapped[str] = mapped_column(String(64))


class Look(Base):
    """One look at one student, or one action; ``mac`` chains it to the one before."""

    __tablename__ = "looks"

    sequence: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[str] = mapped_column(String(36))
    role: Mapped[Role | None] = mapped_column(EnumText(Role))
    """As which they were let in."""
    school_id: Mapped[str | None] = mapped_column(String(36))
    """The student's school, where the account is limited to schools; none: the partnership."""
    route: Mapped[str] = mapped_column(String(80))
    """The page, by its plain name: ``desk.waiver_document``."""
    kind: Mapped[LookKind] = mapped_column(EnumText(LookKind))
    basis: Mapped[LookBasis] = mapped_column(EnumText(LookBasis))
    reason_id: Mapped[str | None] = mapped_column(ForeignKey("look_reasons.id"))
    student_id: Mapped[str | None] = mapped_column(String(36))
    """None for an action that is about no student."""
    consent_id: Mapped[str | None] = mapped_column(String(36))
    revocation_id: Mapped[str | None] = mapped_column(String(36))
    thing: Mapped[str | None] = mapped_column(String(200))
    """What else the address of an action names: ``batch_id=…``, ``partner_id=tutors``."""
    mac: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_looks_student", "student_id", "sequence"),
        Index("ix_looks_staff", "staff_id", "sequence"),
        Index("ix_looks_at", "at"),
    )


class LooksHead(ChainHead, Base):
    """Both ends of the chain of looks."""

    __tablename__ = "looks_head"

    forgotten: Mapped[int] = mapped_column(BigInteger)
    """The last look that was destroyed because its time was over; 0: none."""
    forgotten_mac: Mapped[str] = mapped_column(String(64))
    last_mac: Mapped[str] = mapped_column(String(64))
