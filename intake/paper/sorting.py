"""After a batch is read: which pages are which paper, and what can be filed at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from intake.consents import ledger
from intake.installation import Installation
from intake.paper.filing import locked, settle_or_postpone
from intake.paper.grouping import Group, SeenPage, Sort, alone, by_paper, group, sort
from intake.paper.model import (
    OutcomeReason,
    PageOutcome,
    PaperState,
    ScanFile,
    ScannedPaper,
    ScanPage,
)
from intake.paper.papers import assess, group_of, printed_student, seen_page
from intake.paper.questions import known_choice
from pdf.scan.findings import Choice, Presence

_CERTAIN = {Choice.YES: True, Choice.NO: False}
_UNSETTLED = (PaperState.NEW, PaperState.REVIEW, PaperState.READY)


def sort_batch(installation: Installation, batch_id: str, *, at: datetime) -> None:
    """Put pages together as papers, then judge each; doing it again changes nothing.

    First every paper of the batch is there with what it says, and only then is the first one
    judged: so papers of one student are seen to differ whatever their order.
    """
    with installation.database.begin() as session:
        ledger.hold(session)
        _make_papers(session, batch_id, _unsorted(session, batch_id), at=at)
    with installation.database.read() as session:
        new = list(session.scalars(_of_batch(batch_id, PaperState.NEW)))
    for paper_id in new:
        with installation.database.begin() as session:
            paper = locked(session, paper_id)
            if paper.state is PaperState.NEW:
                assess(session, installation.settings, paper, at=at)


def file_ready_papers(installation: Installation, batch_id: str, *, at: datetime) -> None:
    """File what is certain: revocations, then refusals, then the rest."""
    with installation.database.read() as session:
        ready = list(session.scalars(_of_batch(batch_id, PaperState.READY, due=at)))
    for paper_id in ready:
        settle_or_postpone(installation, paper_id, at=at)


def _of_batch(batch_id: str, state: PaperState, due: datetime | None = None) -> Select[str]:
    """Ids of papers that have pages in a batch."""
    here = (
        select(ScanPage.paper_id)
        .join(ScanFile, ScanFile.id == ScanPage.file_id)
        .where(ScanFile.batch_id == batch_id, ScanPage.paper_id.is_not(None))
    )
    query = select(ScannedPaper.id).where(ScannedPaper.id.in_(here), ScannedPaper.state == state)
    if due is not None:
        query = query.where(ScannedPaper.settle_after <= due)
    deny_first = case(
        (ScannedPaper.is_revocation, 0), (ScannedPaper.granted.is_(False), 1), else_=2
    )
    return query.order_by(deny_first, ScannedPaper.created_at, ScannedPaper.id)


def _unsorted(session: Session, batch_id: str) -> list[ScanPage]:
    query = (
        select(ScanPage)
        .join(ScanFile, ScanFile.id == ScanPage.file_id)
        .where(ScanFile.batch_id == batch_id, ScanPage.outcome.is_(None))
        .order_by(ScanFile.position, ScanPage.number)
    )
    return list(session.scalars(query))


def _make_papers(
    session: Session, batch_id: str, pages: Sequence[ScanPage], *, at: datetime
) -> None:
    rows = {page.id: page for page in pages}
    ours: list[SeenPage] = []
    for row in pages:
        page = seen_page(row)
        match sort(page.seen):
            case Sort.BLANK:
                row.outcome, row.reason = PageOutcome.BLANK, OutcomeReason.EMPTY
            case Sort.FOREIGN:
                row.outcome, row.reason = PageOutcome.REJECTED, OutcomeReason.FOREIGN
            case Sort.APART:
                paper = _new_paper(session, batch_id, alone(page), copy=1, at=at)
                _attach(paper, [row])
            case Sort.OURS:
                ours.append(page)
    for waiver_id, found in by_paper(ours).items():
        _take_in(session, batch_id, waiver_id, found, rows, at=at)


def _take_in(
    session: Session,
    batch_id: str,
    waiver_id: str,
    found: Sequence[SeenPage],
    rows: dict[str, ScanPage],
    *,
    at: datetime,
) -> None:
    """Pages of one printed paper: new, more of one that is open, or another scan of one filed."""
    query = (
        select(ScannedPaper)
        .where(ScannedPaper.waiver_id == waiver_id)
        .order_by(ScannedPaper.copy.desc())
        .limit(1)
    )
    latest = session.scalars(query).first()
    mine = [rows[page.id] for page in found]
    if latest is not None and latest.state in _UNSETTLED:
        latest.state = PaperState.NEW
        _attach(latest, mine)
        _say(latest, group_of_new(session, latest))
        return
    together = group(found)
    if latest is not None and _is_filed_already(session, latest, together):
        for row in mine:
            row.outcome, row.reason = PageOutcome.REJECTED, OutcomeReason.ALREADY_FILED
            row.consent_id, row.revocation_id = latest.consent_id, latest.revocation_id
        return
    copy = latest.copy + 1 if latest is not None else 1
    paper = _new_paper(session, batch_id, together, waiver_id=waiver_id, copy=copy, at=at)
    _attach(paper, mine)


def _new_paper(
    session: Session,
    batch_id: str,
    together: Group,
    *,
    copy: int,
    at: datetime,
    waiver_id: str | None = None,
) -> ScannedPaper:
    paper = ScannedPaper(
        batch_id=batch_id,
        waiver_id=waiver_id,
        copy=copy,
        state=PaperState.NEW,
        created_at=at,
        student_id=printed_student(session, together.first) if waiver_id else None,
    )
    _say(paper, together)
    session.add(paper)
    session.flush()
    return paper


def _say(paper: ScannedPaper, together: Group) -> None:
    """What it says for certain, for others to be compared with."""
    choice = known_choice(together.reading, {})
    paper.is_revocation = together.reading.is_revocation
    paper.granted = _CERTAIN.get(choice) if choice and not paper.is_revocation else None


def _attach(paper: ScannedPaper, rows: Sequence[ScanPage]) -> None:
    for row in rows:
        row.paper_id = paper.id
        row.outcome, row.reason = PageOutcome.REVIEW, OutcomeReason.QUESTION


def group_of_new(session: Session, paper: ScannedPaper) -> Group:
    """The paper's pages with those that have just come."""
    session.flush()
    return group_of(session, paper)


def _is_filed_already(session: Session, filed: ScannedPaper, scanned: Group) -> bool:
    """Whether another scan says what the filed paper said, to the machine or to people."""
    reading = scanned.reading
    if filed.state is not PaperState.FILED:
        return False
    if not reading.has_form:
        return True
    if reading.same_answer(group_of(session, filed).reading):
        return True
    is_signed = reading.signature is Presence.PRESENT
    if filed.is_revocation or reading.is_revocation:
        return is_signed and filed.is_revocation == reading.is_revocation
    is_dated = reading.date is Presence.PRESENT or filed.granted is False
    same = reading.choice is not None and _CERTAIN.get(reading.choice) is filed.granted
    return is_signed and is_dated and same
