"""Questions, their answers, and suspected violations."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.concerns.states import (
    AnswerBy,
    QuestionKind,
    QuestionOutcome,
    ReplyDelivery,
    Translated,
    ViolationOutcome,
)
from intake.db.base import Base, new_id
from intake.db.types import EncryptedText, EnumText, UtcDateTime

_OPEN = text("closed_at IS NULL")


class FamilyQuestion(Base):
    """What a family asked. Without an account: nobody knows who they are but by their own word.

    When it is forgotten only what identifies nobody stays, so that questions can be counted.
    """

    __tablename__ = "family_questions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    """The receipt's, such as ``7K3M-Q2XV``. It opens nothing."""
    kind: Mapped[QuestionKind] = mapped_column(EnumText(QuestionKind))
    language: Mapped[str] = mapped_column(String(12))
    """In which they want to be answered."""
    text: Mapped[str | None] = mapped_column(EncryptedText("family_questions.text"))
    name: Mapped[str | None] = mapped_column(EncryptedText("family_questions.name"))
    answer_by: Mapped[AnswerBy] = mapped_column(EnumText(AnswerBy))
    contact: Mapped[str | None] = mapped_column(EncryptedText("family_questions.contact"))
    """``kind:value``, as ``messages.contacts.Contact`` stores it."""
    content_key: Mapped[str] = mapped_column(String(64), index=True)
    """Keyed hash of all that they wrote: the same again is the same question."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when they shall have an answer."""
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    is_revocation: Mapped[bool] = mapped_column(Boolean, default=False)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When an answer was sent that has not failed."""
    reminded_step: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[QuestionOutcome | None] = mapped_column(EnumText(QuestionOutcome))
    note: Mapped[str | None] = mapped_column(EncryptedText("family_questions.note"))
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_family_questions_open", "asked_at",
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index("ix_family_questions_closed_at", "closed_at"),
    )  # fmt: skip


class QuestionReply(Base):
    """One answer in writing."""

    __tablename__ = "question_replies"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    question_id: Mapped[str] = mapped_column(ForeignKey("family_questions.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str | None] = mapped_column(EncryptedText("question_replies.text"))
    translated: Mapped[Translated] = mapped_column(EnumText(Translated))
    interpreter: Mapped[str | None] = mapped_column(EncryptedText("question_replies.interpreter"))
    """Who translated it, by name."""
    common_answer: Mapped[str | None] = mapped_column(String(32))
    message_id: Mapped[str] = mapped_column(String(36))
    delivery: Mapped[ReplyDelivery] = mapped_column(EnumText(ReplyDelivery))


class Violation(Base):
    """A suspected violation of the programme's security practices. It is kept: nothing of it ends.

    Who wrote in from outside is not in it, but in their question, which is forgotten in time.
    """

    __tablename__ = "violations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reporter_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None: it came from outside."""
    question_id: Mapped[str | None] = mapped_column(ForeignKey("family_questions.id"))
    text: Mapped[str] = mapped_column(EncryptedText("violations.text"))
    named: Mapped[list[str]] = mapped_column(JSON)
    """Ids of staff whom it concerns: they neither see nor settle it."""
    student_id: Mapped[str | None] = mapped_column(ForeignKey("students.id"))
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))
    disclosure_id: Mapped[str | None] = mapped_column(ForeignKey("disclosures.id"))
    reminded_step: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[ViolationOutcome | None] = mapped_column(EnumText(ViolationOutcome))
    """With the note and who proposed it: what a second person is asked to agree to."""
    note: Mapped[str | None] = mapped_column(EncryptedText("violations.note"))
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    closed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_violations_open", "reported_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
