"""Who is on the school's record. Names, birth dates and contacts are encrypted."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forms.choices import ContactKind, Relationship
from intake.db.base import Base, new_id
from intake.db.types import EncryptedDate, EncryptedText, EnumText, UtcDateTime


class StudentSource(StrEnum):
    """Where a student's row comes from."""

    ROSTER = "roster"
    TYPED = "typed"
    """A family typed it; nobody has matched it with the school's record yet."""


class School(Base):
    """A school of the partnership."""

    __tablename__ = "schools"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)


class Student(Base):
    """A student; ``match_key`` finds the same school, name and birth date again, blindly."""

    __tablename__ = "students"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    school_id: Mapped[str] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText("students.name"))
    birth_date: Mapped[date] = mapped_column(EncryptedDate("students.birth_date"))
    match_key: Mapped[str] = mapped_column(String(64), index=True)
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    """The student's id in the school's roster (OneRoster sourcedId)."""
    source: Mapped[StudentSource] = mapped_column(EnumText(StudentSource))
    language: Mapped[str | None] = mapped_column(String(12))
    """The family's language, where the school knows it."""
    grade: Mapped[str | None] = mapped_column(String(20))
    """As the roster writes it (CEDS: ``KG``, ``03``, ``12``)."""
    left_on: Mapped[date | None]
    """The school's day on which they left: retention counts from it. Never deleted by an import."""
    merged_into_id: Mapped[str | None] = mapped_column(String(36), index=True)
    """The roster's student whom this typed one turned out to be; see ``intake/matching``.

    One step only: what others are merged into is never merged itself."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    school: Mapped[School] = relationship()
    guardians: Mapped[list["Guardian"]] = relationship(back_populates="student")


class Guardian(Base):
    """A parent or guardian on the school's record."""

    __tablename__ = "guardians"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText("guardians.name"))
    relationship_kind: Mapped[Relationship] = mapped_column(EnumText(Relationship))
    external_id: Mapped[str | None] = mapped_column(String(100), index=True)
    """Their id in the school's roster; a guardian of two students has two rows with it."""
    student: Mapped[Student] = relationship(back_populates="guardians")

    __table_args__ = (Index("uq_guardians_external", "student_id", "external_id", unique=True),)


class Contact(Base):
    """A phone number (E.164) or email on the school's record.

    Of a guardian, or of the student where ``guardian_id`` is empty.
    """

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    guardian_id: Mapped[str | None] = mapped_column(ForeignKey("guardians.id"), index=True)
    kind: Mapped[ContactKind] = mapped_column(EnumText(ContactKind))
    value: Mapped[str] = mapped_column(EncryptedText("contacts.value"))
    value_key: Mapped[str] = mapped_column(String(64), index=True)


class SchoolClass(Base):
    """A class of the roster: who is handed what by whom."""

    __tablename__ = "school_classes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    school_id: Mapped[str] = mapped_column(ForeignKey("schools.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    is_homeroom: Mapped[bool] = mapped_column(Boolean)
    """The class that a letter goes to where a student is in several."""
    school_year: Mapped[str | None] = mapped_column(String(20))
    teacher: Mapped[str | None] = mapped_column(EncryptedText("school_classes.teacher"))


class Enrollment(Base):
    """A student in a class, as long as it lasts; its end deletes the row."""

    __tablename__ = "enrollments"

    external_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), index=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("school_classes.id"), index=True)


class StudentSearchKey(Base):
    """A blind index of one prefix of a student's, guardian's or signer's name, or of the birth
    date: see roster.keys and roster.search."""

    __tablename__ = "student_search_keys"

    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)

    __table_args__ = (Index("ix_student_search_keys_key", "key", "student_id"),)
