"""What may come with an answer, and what stands in an answer's way."""

from typing import Any

from sqlalchemy.orm import Session

from forms.text import clean, has_letter
from intake.documents.releases import published_versions
from intake.documents.texts import REVOCATION, WAIVER
from intake.paper.outcomes import Question
from intake.paper.questions import CHOICES
from intake.roster.model import Student
from translations import languages


class ReviewError(Exception):
    """The queue says no."""


class NotYours(ReviewError):
    """Somebody else has taken this question since, or it was never taken."""


class AlreadyAnswered(ReviewError):
    """It is answered, or nobody needs to answer any more."""


class AnswerUnknown(ReviewError):
    """The question has no such answer, or something that belongs to the answer is missing."""


class NothingToUndo(ReviewError):
    """This person's last answer is filed, or led to others' answers, or there is none."""


def checked_details(
    session: Session, question: Question, given: str, details: dict[str, Any]
) -> dict[str, Any]:
    """What may be kept of what came with an answer."""
    if given not in CHOICES[question]:
        raise AnswerUnknown(f"{question.value} has no answer {given!r}")
    kept: dict[str, Any] = {}
    signer = clean(str(details.get("signer_name") or ""))[:200]
    if has_letter(signer):
        kept["signer_name"] = signer
    if question is Question.WHO_IS_IT and given == "student":
        student_id = details.get("student_id")
        if not student_id or session.get(Student, student_id) is None:
            raise AnswerUnknown("which student is missing")
        kept["student_id"] = student_id
    if question in (Question.WHAT_IS_THIS, Question.IS_IT_A_REVOCATION):
        document = WAIVER if given == "waiver" else REVOCATION
        kept |= _text_named(session, document, details, is_needed=given == "waiver")
    return kept


def _text_named(
    session: Session, document: str, details: dict[str, Any], *, is_needed: bool
) -> dict[str, str]:
    """Which text was signed, where no code tells: a consent needs to know it exactly."""
    language, version = details.get("language"), details.get("version")
    known = published_versions(session, document)
    if language not in languages() or (version is not None and version not in known):
        if is_needed or language or version:
            raise AnswerUnknown("which language, or which version, is missing")
        return {}
    if version is None and len(known) > 1 and is_needed:
        raise AnswerUnknown("which version is missing")
    return {"language": str(language), "version": str(version or known[-1])}
