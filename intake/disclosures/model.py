"""What was disclosed of whom, to whom, when and why."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import UtcDateTime


class Disclosure(Base):
    """One entry of a student's record of disclosures (34 CFR 99.32(a)).

    Ids only. The ledger has the same entry (``disclosed``): intake/disclosures/listing.py compares.
    """

    __tablename__ = "disclosures"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_clients.id"))
    """The sharing system that asked, and disclosed."""
    idempotency_key: Mapped[str] = mapped_column(String(100))
    request_sha256: Mapped[str] = mapped_column(String(64))
    """What was asked under that key, so that another question under it is refused."""
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    consent_id: Mapped[str] = mapped_column(ForeignKey("consents.id"))
    waiver_version: Mapped[str] = mapped_column(String(32))
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("partner_people.id"))
    role: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(64))
    elements: Mapped[list[str]] = mapped_column(JSON)
    """The permitted ones among those that were asked for."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("client_id", "idempotency_key"),
        Index("ix_disclosures_student", "student_id", "at"),
    )
