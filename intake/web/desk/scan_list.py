"""What the pages about scans show: batches, how far one is, and what became of each page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from intake.accounts.model import Staff
from intake.paper.model import ReviewItem, ScanBatch, ScanFile, ScannedPaper, ScanPage
from intake.paper.outcomes import (
    BatchSource,
    BatchState,
    OutcomeReason,
    PageOutcome,
    Question,
    ReviewState,
)
from intake.paper.reach import batches_within
from intake.paper.summary import Summary, summary
from intake.roster.model import Student
from intake.roster.scope import SchoolScope

BATCHES = 15
PAGES = 200


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch of the list."""

    id: str
    created_at: datetime
    source: BatchSource
    by: str
    """The name of whoever brought it; nothing for a folder or a command."""
    summary: Summary


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a batch is."""

    state: BatchState
    files: int
    files_read: int
    pages: int
    is_waiting: bool
    """Nobody reads it at this moment."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page, and what became of it."""

    id: str
    file_id: str
    paper_id: str | None
    file: str
    file_number: int
    number: int
    outcome: PageOutcome | None
    reason: OutcomeReason | None
    student_id: str | None
    """None also for a student of a school that the reader does not work for."""
    student: str
    """Their name; nothing where nobody knows it."""
    consent_id: str | None
    revocation_id: str | None
    question: Question | None
    refusal: str | None
    """Why this page could not be opened."""
    has_picture: bool


@dataclass(frozen=True, slots=True)
class PageGroup:
    """Pages that follow each other and became the same: one row of the table."""

    row: PageRow
    """What is true of all of them."""
    pages: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A page's place in its batch; the list goes on after it."""

    file: int
    page: int

    @classmethod
    def from_text(cls, text: str) -> "Place":
        """From an address; the beginning for anything else."""
        file, _, page = text.partition("-")
        is_one = file.isdecimal() and page.isdecimal() and len(text) < 20
        return cls(int(file), int(page)) if is_one else cls(0, 0)

    def __str__(self) -> str:
        return f"{self.file}-{self.page}"


def batches(
    session: Session, *, before: datetime | None, scope: SchoolScope
) -> tuple[list[BatchRow], bool]:
    """The newest ones that this scope's staff may follow, and whether there are older ones."""
    query = (
        select(ScanBatch, Staff.name)
        .outerjoin(Staff, Staff.id == ScanBatch.created_by)
        .where(batches_within(scope, ScanBatch.id))
        .order_by(ScanBatch.created_at.desc(), ScanBatch.id)
        .limit(BATCHES + 1)
    )
    if before is not None:
        query = query.where(ScanBatch.created_at < before)
    found = [
        BatchRow(batch.id, batch.created_at, batch.source, name or "", summary(session, batch.id))
        for batch, name in session.execute(query)
    ]
    return found[:BATCHES], len(found) > BATCHES


def progress(session: Session, batch_id: str) -> ScanProgress | None:
    """How far a batch is; nothing where there is none."""
    batch = session.get(ScanBatch, batch_id)
    if batch is None:
        return None
    is_read = or_(
        ScanFile.pages.is_not(None), ScanFile.refusal.is_not(None), ScanFile.same_as.is_not(None)
    )
    files, read = session.execute(
        select(func.count(), func.count().filter(is_read)).where(ScanFile.batch_id == batch_id)
    ).one()
    pages = session.scalars(
        select(func.count())
        .select_from(ScanPage)
        .join(ScanFile, ScanFile.id == ScanPage.file_id)
        .where(ScanFile.batch_id == batch_id)
    ).one()
    return ScanProgress(batch.state, files, read, pages, batch.claimed_until is None)


def page_rows(
    session: Session,
    batch_id: str,
    *,
    outcome: PageOutcome | None,
    after: Place,
    scope: SchoolScope,
) -> tuple[list[PageRow], Place | None]:
    """Pages in the order of the stack, and where the next ones begin, if there are any.

    Of a page that turned out to be another school's it is told only what became of it.
    """
    open_item = and_(ReviewItem.paper_id == ScanPage.paper_id, ReviewItem.state == ReviewState.OPEN)
    query = (
        select(ScanPage, ScanFile, Student, ReviewItem.question)
        .join(ScanFile, ScanFile.id == ScanPage.file_id)
        .outerjoin(ScannedPaper, ScannedPaper.id == ScanPage.paper_id)
        .outerjoin(Student, Student.id == ScannedPaper.student_id)
        .outerjoin(ReviewItem, open_item)
        .where(ScanFile.batch_id == batch_id, _is_after(after))
        .order_by(ScanFile.position, ScanPage.number)
        .limit(PAGES + 1)
    )
    if outcome is not None:
        query = query.where(ScanPage.outcome == outcome)
    rows = [
        _row(page, file, student, question, scope)
        for page, file, student, question in session.execute(query)
    ]
    if len(rows) <= PAGES:
        return rows, None
    last = rows[PAGES - 1]
    return rows[:PAGES], Place(last.file_number, last.number)


def grouped(rows: Sequence[PageRow]) -> list[PageGroup]:
    """Neighbours with one fate together; every page stays named."""
    groups = []
    for _, same in groupby(rows, key=_fate):
        pages = tuple(same)
        groups.append(PageGroup(pages[0], pages))
    return groups


def first_batches(session: Session, file_ids: Sequence[str], scope: SchoolScope) -> dict[str, str]:
    """The batch in which each of these files came first, where one may follow it."""
    query = select(ScanFile.id, ScanFile.batch_id).where(
        ScanFile.id.in_(file_ids), batches_within(scope, ScanFile.batch_id)
    )
    return {file_id: batch_id for file_id, batch_id in session.execute(query)}  # noqa: C416


def _fate(row: PageRow) -> tuple[object, ...]:
    return (
        row.file_id,
        row.paper_id,
        row.outcome,
        row.reason,
        row.refusal,
        row.consent_id,
        row.revocation_id,
    )


def _is_after(place: Place) -> ColumnElement[bool]:
    return or_(
        ScanFile.position > place.file,
        and_(ScanFile.position == place.file, ScanPage.number > place.page),
    )


def _row(
    page: ScanPage,
    file: ScanFile,
    student: Student | None,
    question: Question | None,
    scope: SchoolScope,
) -> PageRow:
    is_ours = student is None or scope.covers(student.school_id)
    return PageRow(
        id=page.id,
        file_id=file.id,
        paper_id=page.paper_id,
        file=file.name,
        file_number=file.position,
        number=page.number,
        outcome=page.outcome,
        reason=page.reason,
        student_id=student.id if student is not None and is_ours else None,
        student=student.name if student is not None and is_ours else "",
        consent_id=page.consent_id if is_ours else None,
        revocation_id=page.revocation_id if is_ours else None,
        question=question if page.outcome is PageOutcome.REVIEW else None,
        refusal=page.findings.get("refused"),
        has_picture=is_ours
        and page.picture_id is not None
        and page.outcome is not PageOutcome.BLANK,
    )
