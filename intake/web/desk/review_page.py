"""One question about a paper, with everything that a person needs to answer it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from intake.config import Settings
from intake.documents.releases import published_versions
from intake.documents.texts import REVOCATION, WAIVER, offered_languages
from intake.paper.model import ReviewItem, ScannedPaper, ScanPage
from intake.paper.outcomes import Question
from intake.paper.papers import answer_details, group_of, items_of
from intake.paper.questions import CHOICES
from intake.paper.review import item_pages
from intake.paper.situation import situation_of
from intake.roster.model import Student
from intake.web.desk.review_picture import PagePicture, page_picture_of
from translations import Language

_OTHER_PAPERS = 5


@dataclass(frozen=True, slots=True)
class ItemView:
    """One question."""

    id: str
    question: Question
    choices: tuple[str, ...]
    """Answers that are a button, in the order of their keys."""
    pages: tuple[PagePicture, ...]
    language: str | None
    """Of the form, where its code was read."""
    student: Student | None
    """For whom it was printed, or who has been named."""
    denied_at: datetime | None
    """When permission was last taken back or refused, where that is the question."""
    others: tuple[str, ...]
    """Pages of other papers of the same student, where that is the question."""
    languages: tuple[Language, ...]
    """To choose from, where no code tells which text was signed."""
    versions: tuple[str, ...]


def item_view(session: Session, settings: Settings, item: ReviewItem, at: datetime) -> ItemView:
    """Gather it."""
    pages = item_pages(session, item)
    paper = session.get_one(ScannedPaper, item.paper_id)
    question = item.question
    names_text = question in (Question.WHAT_IS_THIS, Question.IS_IT_A_REVOCATION)
    document = WAIVER if question is Question.WHAT_IS_THIS else REVOCATION
    return ItemView(
        id=item.id,
        question=question,
        choices=tuple(
            choice
            for choice in CHOICES[question]
            if (question, choice) != (Question.WHO_IS_IT, "student")
        ),
        pages=tuple(page_picture_of(page, question) for page in pages),
        language=pages[0].findings.get("language") if pages else None,
        student=_student(session, paper.student_id),
        denied_at=_denied_at(session, settings, paper, at)
        if question is Question.SIGNED_LATER
        else None,
        others=_other_papers(session, paper) if question is Question.SAME_STUDENT_TWICE else (),
        languages=offered_languages() if names_text else (),
        versions=published_versions(session, document) if names_text else (),
    )


def _student(session: Session, student_id: str | None) -> Student | None:
    if student_id is None:
        return None
    return session.get_one(Student, student_id, options=[joinedload(Student.school)])


def _denied_at(
    session: Session, settings: Settings, paper: ScannedPaper, at: datetime
) -> datetime | None:
    first = group_of(session, paper).first
    details = answer_details(items_of(session, paper))
    return situation_of(session, settings, paper, first, details, at=at).denied_at


def _other_papers(session: Session, paper: ScannedPaper) -> tuple[str, ...]:
    """The forms of the other papers, newest first."""
    query = (
        select(ScanPage)
        .join(ScannedPaper, ScannedPaper.id == ScanPage.paper_id)
        .where(
            ScannedPaper.id != paper.id,
            ScannedPaper.student_id == paper.student_id,
            ScanPage.picture_id.is_not(None),
        )
        .order_by(ScannedPaper.created_at.desc(), ScanPage.waiver_page)
    )
    forms = [page.id for page in session.scalars(query) if page.findings.get("boxes")]
    return tuple(forms[:_OTHER_PAPERS])
