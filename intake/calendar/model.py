"""Days on which a school is closed."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base

EVERY_SCHOOL = ""
"""The scope of a day on which the whole partnership is closed."""


class ClosedDay(Base):
    """A day, other than a Saturday or Sunday, on which nobody works at a school."""

    __tablename__ = "closed_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    """In the schools' zone."""
    scope: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A school's id, or EVERY_SCHOOL."""
    name: Mapped[str] = mapped_column(String(200))
    """Why: "Thanksgiving". For people."""
