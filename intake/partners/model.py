"""Partners, their agreements, people, trainings and schools. Everything has its dates.

Nothing here says "valid": whether an agreement, a training, a role or an assignment counts is read
off its dates on the day of the decision, so that a lapse denies by itself.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base, new_id
from intake.db.types import EncryptedText, EnumText, UtcDateTime


class PartnerClass(StrEnum):
    """The classes of parties that the waiver names (34 CFR 99.30(b)(3))."""

    COMMUNITY = "community_organizations"
    GOVERNMENT = "government_organizations"
    HEALTH = "health_care_providers"


class Partner(Base):
    """An organisation that helps students. Its id is a short name, such as ``tutors-west``."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    """Public: families may read who the partners are."""
    partner_class: Mapped[PartnerClass] = mapped_column(EnumText(PartnerClass))
    contact: Mapped[str | None] = mapped_column(EncryptedText("partners.contact"))
    """The email address that is reminded before something lapses; never public."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Agreement(Base):
    """A data confidentiality agreement that a partner has signed; a renewal is a row of its own."""

    __tablename__ = "partner_agreements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    document: Mapped[str] = mapped_column(String(200))
    signed_on: Mapped[date]
    expires_on: Mapped[date]
    """The last day on which it counts."""


class PartnerPerson(Base):
    """Somebody who works for a partner. The id is the one that the sharing system uses."""

    __tablename__ = "partner_people"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText("partner_people.name"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonRole(Base):
    """What a person does for the partner, from when to when."""

    __tablename__ = "partner_roles"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("partner_people.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day; none while it goes on."""


class Training(Base):
    """A training in handling student data that a person has completed."""

    __tablename__ = "partner_trainings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("partner_people.id"), index=True)
    training: Mapped[str] = mapped_column(String(200))
    completed_on: Mapped[date]
    expires_on: Mapped[date]
    """The last day on which it counts."""


class SchoolAssignment(Base):
    """A partner, or one person of it, works at a school, from when to when."""

    __tablename__ = "school_assignments"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("partner_people.id"))
    """Empty: everybody of the partner."""
    school_id: Mapped[str] = mapped_column(ForeignKey("schools.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day; none while it goes on."""

    __table_args__ = (Index("ix_school_assignments_partner", "partner_id", "person_id"),)


class RoleNeed(Base):
    """What a role needs to know for a purpose. A role's rows replace its defaults (needs.py)."""

    __tablename__ = "role_needs"

    role: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(64), primary_key=True)
    elements: Mapped[list[str]] = mapped_column(JSON)


class LapseReminder(Base):
    """One reminder that was sent: the row is its claim, so that no second worker sends it.

    ``subject`` is the partner's id, a person's, or a school's with the person's (lapses.py).
    """

    __tablename__ = "partner_reminders"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(110), primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Which reminder it was: 60, 30 or 7 days before; 0 on the last day, or after it."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
