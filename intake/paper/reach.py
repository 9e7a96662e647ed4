"""Whose a scanned paper is: which schools' staff may see it and answer questions about it.

A paper with a known student is the student's school's. One whose student nobody knows yet belongs
to the schools of whoever brought its batch, as they were then: to somebody who works for all of
those, so that a family's paper never shows at a school where it may have no business. A batch that
came from a folder, from a command or from somebody with every school belongs to no school: what is
undecided in it is for those who see every school.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    SQLColumnExpression,
    String,
    and_,
    exists,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from intake.accounts.model import Staff
from intake.db.base import Base
from intake.paper.model import ReviewItem, ScanBatch, ScanFile, ScannedPaper, ScanPage
from intake.roster.scope import SchoolScope


class ScanBatchSchool(Base):
    """One of the schools of whoever brought a batch, when they brought it."""

    __tablename__ = "scan_batch_schools"

    batch_id: Mapped[str] = mapped_column(ForeignKey("scan_batches.id"), primary_key=True)
    school_id: Mapped[str] = mapped_column(String(36), primary_key=True)


def note_schools(session: Session, batch: ScanBatch) -> None:
    """Keep with a new batch for which schools its bringer works; none for somebody with all."""
    staff = session.get(Staff, batch.created_by) if batch.created_by else None
    for school_id in (staff.schools if staff is not None else None) or ():
        session.add(ScanBatchSchool(batch_id=batch.id, school_id=school_id))
    session.flush()


def batches_within(scope: SchoolScope, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """An SQL condition on a column with a batch's id: all of its schools are in the scope."""
    if scope.ids is None:
        return true()
    known, other = aliased(ScanBatchSchool), aliased(ScanBatchSchool)
    return and_(
        exists().where(known.batch_id == column),
        ~exists().where(other.batch_id == column, other.school_id.not_in(sorted(scope.ids))),
    )


def papers_within(scope: SchoolScope) -> ColumnElement[bool]:
    """An SQL condition for queries about ``ScannedPaper``."""
    if scope.ids is None:
        return true()
    undecided = and_(
        ScannedPaper.student_id.is_(None), batches_within(scope, ScannedPaper.batch_id)
    )
    return or_(scope.students(ScannedPaper.student_id), undecided)


def items_within(scope: SchoolScope) -> ColumnElement[bool]:
    """An SQL condition for queries about ``ReviewItem``."""
    if scope.ids is None:
        return true()
    return ReviewItem.paper_id.in_(select(ScannedPaper.id).where(papers_within(scope)))


def is_batch_within(session: Session, batch_id: str, scope: SchoolScope) -> bool:
    """Whether there is such a batch, and this scope's staff may follow it."""
    query = select(ScanBatch.id).where(
        ScanBatch.id == batch_id, batches_within(scope, ScanBatch.id)
    )
    return session.scalars(query).first() is not None


def is_item_within(session: Session, item_id: str, scope: SchoolScope) -> bool:
    """Whether there is such a question, and this scope's staff may answer it."""
    query = select(ReviewItem.id).where(ReviewItem.id == item_id, items_within(scope))
    return session.scalars(query).first() is not None


def pages_within(scope: SchoolScope) -> ColumnElement[bool]:
    """An SQL condition for queries that join ``ScanPage``, its file, and its paper if any."""
    alone = and_(ScanPage.paper_id.is_(None), batches_within(scope, ScanFile.batch_id))
    return true() if scope.ids is None else or_(papers_within(scope), alone)


def is_page_within(session: Session, page_id: str, scope: SchoolScope) -> bool:
    """Whether there is such a page, and this scope's staff may look at its picture."""
    query = (
        select(ScanPage.id)
        .join(ScanFile, ScanFile.id == ScanPage.file_id)
        .outerjoin(ScannedPaper, ScannedPaper.id == ScanPage.paper_id)
        .where(ScanPage.id == page_id, pages_within(scope))
    )
    return session.scalars(query).first() is not None
