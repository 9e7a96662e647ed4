"""What became of every page of a batch: in = filed + review + blank + rejected."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.paper.model import (
    BatchState,
    OutcomeReason,
    PageOutcome,
    ScanBatch,
    ScanFile,
    ScanPage,
)

Counts = Counter[tuple[PageOutcome | None, OutcomeReason | None]]


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One file of a batch."""

    file_id: str
    name: str
    pages: int
    refusal: str | None
    same_as: str | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch; ``unread`` is what has been read and not yet sorted, nothing when it is done."""

    batch_id: str
    state: BatchState
    files: tuple[FileSummary, ...]
    pages: int
    filed: int
    review: int
    blank: int
    rejected: int
    unsorted: int
    counts: Counts
    """Pages by outcome and reason."""


def summary(session: Session, batch_id: str) -> Summary:
    """Count a batch's pages; raises LookupError where there is none."""
    batch = session.get(ScanBatch, batch_id)
    if batch is None:
        raise LookupError("there is no such batch")
    query = select(ScanFile).where(ScanFile.batch_id == batch_id).order_by(ScanFile.position)
    files = tuple(_file(session, file) for file in session.scalars(query))
    counts: Counts = Counter()
    for file in files:
        counts += file.counts
    of = Counter({outcome: _sum(counts, outcome) for outcome in (*PageOutcome, None)})
    return Summary(
        batch_id=batch_id,
        state=batch.state,
        files=files,
        pages=sum(counts.values()),
        filed=of[PageOutcome.FILED],
        review=of[PageOutcome.REVIEW],
        blank=of[PageOutcome.BLANK],
        rejected=of[PageOutcome.REJECTED],
        unsorted=of[None],
        counts=counts,
    )


def _sum(counts: Counts, outcome: PageOutcome | None) -> int:
    return sum(number for (found, _), number in counts.items() if found is outcome)


def _file(session: Session, file: ScanFile) -> FileSummary:
    if file.same_as is not None:
        first = session.get_one(ScanFile, file.same_as)
        pages = max(sum(_counts(session, first).values()), 1)
        counts: Counts = Counter({(PageOutcome.REJECTED, OutcomeReason.ALREADY_TAKEN_IN): pages})
    else:
        counts = _counts(session, file)
    return FileSummary(
        file_id=file.id,
        name=file.name,
        pages=sum(counts.values()),
        refusal=file.refusal,
        same_as=file.same_as,
        counts=counts,
    )


def _counts(session: Session, file: ScanFile) -> Counts:
    """A file that was refused, whole or from some page on, counts once for what nobody read."""
    query = (
        select(ScanPage.outcome, ScanPage.reason, func.count())
        .where(ScanPage.file_id == file.id)
        .group_by(ScanPage.outcome, ScanPage.reason)
    )
    counts: Counts = Counter({(o, r): number for o, r, number in session.execute(query)})
    if file.refusal is not None:
        counts[PageOutcome.REJECTED, OutcomeReason.REFUSED] += 1
    return counts
