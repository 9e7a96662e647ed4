"""What a person said about two students who look alike."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.db.base import Base
from intake.db.types import UtcDateTime


class MatchVerdict(Base):
    """Two students whom a person found to be different: they are not suggested again."""

    __tablename__ = "match_verdicts"

    typed_id: Mapped[str] = mapped_column(ForeignKey("students.id"), primary_key=True)
    roster_id: Mapped[str] = mapped_column(ForeignKey("students.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
