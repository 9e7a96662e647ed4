"""The queue of questions: one at a time to each person, one answer each, and undo.

Nothing happens the moment somebody answers the last question about a paper: it is filed
``UNDO_WINDOW`` later (``settle_due``, by the worker and with every request of the queue), and
until then ``undo`` takes the answer back. What is filed can't be undone here: a consent ends by a
revocation, a revocation by a new signature. While an answer waits, whatever may take permission
back denies already.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from intake.config import Settings
from intake.consents import ledger
from intake.documents.kept import read_kept
from intake.documents.model import KeptObject
from intake.installation import Installation
from intake.paper.filing import locked, settle_or_postpone
from intake.paper.given import (
    AlreadyAnswered,
    AnswerUnknown,
    NothingToUndo,
    NotYours,
    ReviewError,
    checked_details,
)
from intake.paper.model import (
    PaperState,
    Question,
    ReviewItem,
    ReviewState,
    ScannedPaper,
    ScanPage,
)
from intake.paper.papers import RESERVED, assess
from intake.paper.questions import WAIT
from intake.paper.reach import is_item_within, items_within
from intake.roster.scope import EVERY_SCHOOL, SchoolScope

__all__ = [
    "AlreadyAnswered",
    "AnswerUnknown",
    "Answered",
    "NotYours",
    "NothingToUndo",
    "ReviewError",
    "Waiting",
    "answer",
    "item_pages",
    "next_item",
    "page_picture",
    "release",
    "settle_due",
    "take",
    "undo",
    "waiting",
]

WAITING = timedelta(days=7)
"""So long a question isn't asked again after somebody said "wait"; a page that comes ends it."""
_TRIES = 20
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Answered:
    """What follows from an answer."""

    item_id: str
    next_question: Question | None
    """The next one about the same paper; it is reserved for the same person."""
    state: PaperState


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much there is to do."""

    open: int
    revocations: int
    taken: int
    """By somebody, at this moment."""


def next_item(
    session: Session,
    staff_id: str,
    at: datetime,
    scope: SchoolScope = EVERY_SCHOOL,
    *,
    skipped: Collection[str] = (),
) -> ReviewItem | None:
    """Take the next question for three minutes: one's own first, revocations, then the oldest.

    ``skipped``: ids of those that this person leaves to others. Two people never get the same one.
    Call it in a writing transaction.
    """
    mine = and_(ReviewItem.claimed_by == staff_id, ReviewItem.claimed_until > at)
    query = (
        select(ReviewItem.id)
        .where(_is_free(staff_id, at), items_within(scope), ReviewItem.id.not_in(skipped))
        .order_by(
            case((mine, 0), else_=1),
            ReviewItem.urgency,
            ReviewItem.created_at,
            ReviewItem.paper_id,
            ReviewItem.number,
        )
        .limit(1)
    )
    for _ in range(_TRIES):  # each failure means that somebody else got one
        item_id = session.scalars(query).first()
        if item_id is None:
            return None
        if _take(session, item_id, staff_id, at):
            return session.get_one(ReviewItem, item_id, populate_existing=True)
    return None


def take(
    session: Session,
    item_id: str,
    staff_id: str,
    at: datetime,
    scope: SchoolScope = EVERY_SCHOOL,
) -> ReviewItem:
    """Take, or go on with, this very question. Raises NotYours, AlreadyAnswered.

    A question about another school's paper is as good as none.
    """
    item = session.get(ReviewItem, item_id)
    if item is None or item.state is not ReviewState.OPEN:
        raise AlreadyAnswered
    if not is_item_within(session, item_id, scope):
        raise AlreadyAnswered
    if not _take(session, item_id, staff_id, at):
        raise NotYours
    return session.get_one(ReviewItem, item_id, populate_existing=True)


def release(session: Session, item_id: str, staff_id: str) -> None:
    """Give a question back unanswered; nothing happens where it isn't this person's."""
    session.execute(
        update(ReviewItem)
        .where(ReviewItem.id == item_id, ReviewItem.claimed_by == staff_id)
        .where(ReviewItem.state == ReviewState.OPEN)
        .values(claimed_by=None, claimed_until=None)
    )


def answer(
    session: Session,
    settings: Settings,
    item_id: str,
    given: str,
    *,
    staff_id: str,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> Answered:
    """Answer a question that this person has taken.

    ``given``: one of ``questions.CHOICES``. ``details``: ``student_id`` with "student" to
    WHO_IS_IT; ``language`` (and ``version``, where there are several) with "waiver" to
    WHAT_IS_THIS; ``signer_name`` with any, where the person read it.
    Raises NotYours, AlreadyAnswered, AnswerUnknown.
    """
    ledger.hold(session)
    item = session.get(ReviewItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.state is not ReviewState.OPEN:
        raise AlreadyAnswered
    if item.claimed_by != staff_id:
        raise NotYours
    told = checked_details(session, item.question, given, dict(details or {}))
    paper = locked(session, item.paper_id)
    if given == WAIT:
        item.not_before, item.claimed_by, item.claimed_until = at + WAITING, None, None
        return Answered(item.id, None, paper.state)
    item.state, item.answer, item.details = ReviewState.ANSWERED, given, told
    item.answered_by, item.answered_at, item.claimed_until = staff_id, at, None
    verdict = assess(session, settings, paper, at=at, by=staff_id)
    return Answered(item.id, verdict.question, paper.state)


def undo(
    session: Session,
    settings: Settings,
    *,
    staff_id: str,
    at: datetime,
    scope: SchoolScope = EVERY_SCHOOL,
) -> ReviewItem:
    """Take this person's last answer back; the question is theirs again.

    Raises NothingToUndo: what is filed, or what others have gone on with, stays.
    """
    ledger.hold(session)
    query = (
        select(ReviewItem)
        .where(ReviewItem.answered_by == staff_id, ReviewItem.state == ReviewState.ANSWERED)
        .order_by(ReviewItem.answered_at.desc(), ReviewItem.number.desc())
        .limit(1)
    )
    item = session.scalars(query).first()
    if item is None or not is_item_within(session, item.id, scope):
        raise NothingToUndo
    paper = locked(session, item.paper_id)
    if paper.state not in (PaperState.REVIEW, PaperState.READY):
        raise NothingToUndo
    later = select(ReviewItem).where(
        ReviewItem.paper_id == paper.id, ReviewItem.number > item.number
    )
    for following in session.scalars(later):
        taken = following.claimed_by not in (None, staff_id) and (
            following.claimed_until is not None and following.claimed_until > at
        )
        if following.state is ReviewState.ANSWERED or taken:
            raise NothingToUndo
        following.state = ReviewState.DROPPED
    item.state, item.answer, item.details = ReviewState.OPEN, None, {}
    item.answered_by, item.answered_at = None, None
    item.claimed_by, item.claimed_until = staff_id, at + RESERVED
    assess(session, settings, paper, at=at)
    return session.get_one(ReviewItem, item.id, populate_existing=True)


def settle_due(installation: Installation, *, at: datetime) -> int:
    """File what has been answered and can't be undone any more; returns how many papers."""
    with installation.database.read() as session:
        query = (
            select(ScannedPaper.id)
            .where(ScannedPaper.state == PaperState.READY, ScannedPaper.settle_after <= at)
            .order_by(ScannedPaper.is_revocation.desc(), ScannedPaper.settle_after)
            .limit(_BATCH)
        )
        due = list(session.scalars(query))
    for paper_id in due:
        settle_or_postpone(installation, paper_id, at=at)
    return len(due)


def waiting(session: Session, at: datetime, scope: SchoolScope = EVERY_SCHOOL) -> Waiting:
    """How many questions wait; those that somebody said "wait" to are not counted."""
    is_open = and_(ReviewItem.state == ReviewState.OPEN, ReviewItem.not_before <= at)
    taken = ReviewItem.claimed_until > at
    query = select(
        func.count(),
        func.coalesce(func.sum(case((ReviewItem.urgency < 2, 1), else_=0)), 0),
        func.coalesce(func.sum(case((taken, 1), else_=0)), 0),
    ).where(is_open, items_within(scope))
    total, revocations, claimed = session.execute(query).one()
    return Waiting(total, revocations, claimed)


def item_pages(session: Session, item: ReviewItem) -> list[ScanPage]:
    """The pages to show, the one in question first."""
    found = {
        page.id: page
        for page in session.scalars(select(ScanPage).where(ScanPage.id.in_(item.page_ids)))
    }
    return [found[page_id] for page_id in item.page_ids if page_id in found]


def page_picture(session: Session, installation: Installation, page_id: str) -> bytes:
    """A page's picture (PNG or JPEG). Raises LookupError where there is none (any more)."""
    page = session.get(ScanPage, page_id)
    if page is None or page.picture_id is None:
        raise LookupError("no such page")
    kept = session.get_one(KeptObject, page.picture_id)
    return b"".join(read_kept(installation.storage, installation.database.keyring, kept))


def _is_free(staff_id: str, at: datetime) -> ColumnElement[bool]:
    return and_(
        ReviewItem.state == ReviewState.OPEN,
        ReviewItem.not_before <= at,
        or_(
            ReviewItem.claimed_until.is_(None),
            ReviewItem.claimed_until <= at,
            ReviewItem.claimed_by == staff_id,
        ),
    )


def _take(session: Session, item_id: str, staff_id: str, at: datetime) -> bool:
    """One statement that succeeds for one person: whoever waits for its row finds it taken."""
    taken = session.execute(
        update(ReviewItem)
        .where(ReviewItem.id == item_id, _is_free(staff_id, at))
        .values(claimed_by=staff_id, claimed_until=at + RESERVED)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]
