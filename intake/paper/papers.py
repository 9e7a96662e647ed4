"""One paper in the database: what it says, what is still open, and what denies meanwhile.

Whoever calls holds the ledger's head already (``ledger.hold``): papers of one student are judged
one after another, never at the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.config import Settings
from intake.consents.holds import lift_holds, place_hold
from intake.consents.ledger import SYSTEM, Actor
from intake.consents.states import ActorKind, HoldReason
from intake.paper.grouping import Group, Reading, SeenPage, Sort, alone, group, sort
from intake.paper.model import (
    OutcomeReason,
    PageOutcome,
    PaperState,
    PrintedPaper,
    Question,
    ReviewItem,
    ReviewState,
    ScanFile,
    ScannedPaper,
    ScanPage,
)
from intake.paper.questions import Verdict, judge, known_choice
from intake.paper.reading import Seen, seen
from intake.paper.situation import situation_of
from intake.roster.identity import current_id
from pdf.scan.findings import Choice

UNDO_WINDOW = timedelta(seconds=20)
"""So long after a person's last answer about it a paper is not filed yet, and can be undone."""
RESERVED = timedelta(minutes=3)
"""So long a question belongs to whoever took it."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of a person, as the ledger and the sealed document tell it."""

    question: Question
    answer: str
    staff_id: str
    at: datetime

    def as_json(self) -> dict[str, str]:
        """For the record of the paper."""
        return {
            "question": self.question.value,
            "answer": self.answer,
            "by": self.staff_id,
            "at": self.at.isoformat(),
        }


def seen_page(page: ScanPage) -> SeenPage:
    """A page as the pure rules want it."""
    return SeenPage(page.id, (page.file.position, page.number), seen(page.findings))


def group_of(session: Session, paper: ScannedPaper) -> Group:
    """The paper's pages put together anew."""
    pages = [seen_page(page) for page in pages_of(session, paper)]
    if paper.waiver_id is None:
        return alone(pages[0])
    return group(pages, also_there=_came_before(session, paper))


def pages_of(session: Session, paper: ScannedPaper) -> list[ScanPage]:
    """Every page of a paper, copies too, as they were scanned."""
    query = (
        select(ScanPage)
        .join(ScanFile, ScanFile.id == ScanPage.file_id)
        .where(ScanPage.paper_id == paper.id)
        .order_by(ScanPage.waiver_page, ScanFile.position, ScanPage.number)
    )
    return list(session.scalars(query))


def items_of(session: Session, paper: ScannedPaper) -> list[ReviewItem]:
    """Every question about a paper, in the order in which they were asked."""
    query = select(ReviewItem).where(ReviewItem.paper_id == paper.id).order_by(ReviewItem.number)
    return list(session.scalars(query))


def given_answers(items: Sequence[ReviewItem]) -> list[Given]:
    """What people have answered, oldest first."""
    return [
        Given(item.question, item.answer, item.answered_by, item.answered_at)
        for item in items
        if item.state is ReviewState.ANSWERED
        and item.answer is not None
        and item.answered_by is not None
        and item.answered_at is not None
    ]


def answer_details(items: Sequence[ReviewItem]) -> dict[str, Any]:
    """What people typed or chose with their answers; the later ones count."""
    found: dict[str, Any] = {}
    for item in items:
        if item.state is ReviewState.ANSWERED:
            found |= item.details
    return found


def printed_student(session: Session, page: Seen) -> str | None:
    """For whom this paper was printed, where its code says what was printed then."""
    printed = session.get(PrintedPaper, page.waiver_id) if page.waiver_id else None
    if printed is None:
        return None
    is_same = (printed.document, printed.version, printed.language) == (
        page.document,
        page.version,
        page.language,
    )
    return printed.student_id if is_same else None


def assess(
    session: Session,
    settings: Settings,
    paper: ScannedPaper,
    *,
    at: datetime,
    by: str | None = None,
) -> Verdict:
    """Judge a paper anew and write down what follows: its question, its holds, its pages.

    ``by``: the person whose answer led here; the next question about this paper is theirs.
    """
    session.flush()
    together = group_of(session, paper)
    items = items_of(session, paper)
    given = given_answers(items)
    paper.student_id = _student(session, paper, together, items)
    answers = {answer.question: answer.answer for answer in given}
    situation = situation_of(session, settings, paper, together.first, answer_details(items), at=at)
    said = next((g for g in reversed(given) if g.question is Question.SIGNED_LATER), None)
    if said and situation.denied_at is not None and situation.denied_at > said.at:
        del answers[Question.SIGNED_LATER]  # said of an earlier revocation
    # Whether another paper differs depends on what this one says.
    paper.is_revocation = together.reading.is_revocation
    first = judge(together.reading, answers, situation.known)
    paper.is_revocation, paper.granted = first.is_revocation, first.granted
    verdict = judge(together.reading, answers, situation.compared(session, paper))
    _write(session, paper, together, verdict, items, at=at, by=by)
    _deny_meanwhile(session, paper, together, verdict, answers, at=at, by=by)
    return verdict


def _write(
    session: Session,
    paper: ScannedPaper,
    together: Group,
    verdict: Verdict,
    items: list[ReviewItem],
    *,
    at: datetime,
    by: str | None,
) -> None:
    is_open = verdict.question is not None
    paper.reason = verdict.reason
    paper.state = PaperState.REVIEW if is_open else PaperState.READY
    if is_open:
        paper.settle_after = None
    elif paper.settle_after is None or by is not None:
        paper.settle_after = at + UNDO_WINDOW if by is not None else at
    spare = {page.id for page in together.photocopies}
    for page in pages_of(session, paper):
        is_spare = page.id in spare
        page.outcome = PageOutcome.REJECTED if is_spare else PageOutcome.REVIEW
        page.reason = OutcomeReason.PHOTOCOPY if is_spare else OutcomeReason.QUESTION
    page_ids = [page.id for page in sorted(together.pages, key=lambda p: not p.seen.is_form)]
    waiting = None
    for item in items:
        if item.state is not ReviewState.OPEN:
            continue
        if item.question is verdict.question:
            waiting = item
            item.page_ids, item.urgency = page_ids, _urgency(paper)
        else:
            item.state, item.claimed_by, item.claimed_until = ReviewState.DROPPED, None, None
    if verdict.question is not None and waiting is None:
        session.add(
            ReviewItem(
                paper_id=paper.id,
                number=len(items) + 1,
                question=verdict.question,
                page_ids=page_ids,
                urgency=_urgency(paper),
                state=ReviewState.OPEN,
                created_at=at,
                not_before=at,
                claimed_by=by,
                claimed_until=at + RESERVED if by is not None else None,
                details={},
            )
        )
    session.flush()


def _urgency(paper: ScannedPaper) -> int:
    if not paper.is_revocation:
        return 2
    return 0 if paper.student_id is None else 1


def _deny_meanwhile(
    session: Session,
    paper: ScannedPaper,
    together: Group,
    verdict: Verdict,
    answers: dict[Question, str],
    *,
    at: datetime,
    by: str | None,
) -> None:
    """What may take permission back denies from now on; filing lifts the hold again."""
    student_id = paper.student_id or printed_student(session, together.first)
    actor = actor_of(by)
    lift_holds(session, paper.id, actor=actor, at=at, keep_student=student_id)
    if student_id is None or verdict.state not in (PaperState.REVIEW, PaperState.READY):
        return
    if verdict.is_revocation:
        reason = HoldReason.POSSIBLE_REVOCATION
    elif _may_be_no(together.reading, answers) and (verdict.question or by):
        reason = HoldReason.POSSIBLE_REFUSAL
    else:
        return
    place_hold(session, student_id, paper_id=paper.id, reason=reason, actor=actor, at=at)


def _may_be_no(reading: Reading, answers: dict[Question, str]) -> bool:
    """An empty form says nothing; crossed out, ticked twice or smudged it may say no."""
    return reading.has_form and known_choice(reading, answers) in (
        Choice.NO,
        Choice.BOTH,
        Choice.UNSURE,
    )


def actor_of(staff_id: str | None) -> Actor:
    """A member of staff, or nobody but the program."""
    return Actor(ActorKind.STAFF, staff_id) if staff_id is not None else SYSTEM


def _student(
    session: Session, paper: ScannedPaper, together: Group, items: Sequence[ReviewItem]
) -> str | None:
    chosen = answer_details(items).get("student_id")
    if chosen is not None:
        return current_id(session, str(chosen))
    if paper.waiver_id is None:
        return None  # its codes can't be trusted
    return printed_student(session, together.first)


def _came_before(session: Session, paper: ScannedPaper) -> frozenset[int]:
    """Pages of text that came with an earlier copy: the family got only the form back."""
    query = (
        select(ScanPage)
        .join(ScannedPaper, ScannedPaper.id == ScanPage.paper_id)
        .where(ScannedPaper.waiver_id == paper.waiver_id, ScannedPaper.copy < paper.copy)
    )
    found = [seen(page.findings) for page in session.scalars(query)]
    return frozenset(
        page.page
        for page in found
        if page.page is not None and not page.is_form and sort(page) is Sort.OURS
    )
