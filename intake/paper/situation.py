"""What else is known about a paper's student and text, when the paper is judged."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.document import DocumentError, DocumentText, UnknownDocument, load
from intake.clock import local_date
from intake.config import Settings
from intake.consents.dates import is_adult
from intake.consents.model import Consent, Revocation
from intake.consents.states import ConsentState
from intake.documents.approvals import is_approved
from intake.documents.in_force import current
from intake.documents.releases import is_published
from intake.documents.texts import REVOCATION, WAIVER, shown_text
from intake.paper.model import PaperState, ScannedPaper
from intake.paper.questions import Situation
from intake.paper.reading import Seen
from intake.roster.model import Student

_COUNTING = (PaperState.NEW, PaperState.REVIEW, PaperState.READY, PaperState.FILED)
_DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Known:
    """A situation, and since when something denies."""

    known: Situation
    denied_at: datetime | None

    def compared(self, session: Session, paper: ScannedPaper) -> Situation:
        """The same, with whether another paper says something else than this one does now."""
        return replace(self.known, differs=_differs(session, paper))


def situation_of(
    session: Session,
    settings: Settings,
    paper: ScannedPaper,
    first: Seen,
    details: dict[str, Any],
    *,
    at: datetime,
) -> Known:
    """Everything but whether another paper differs: that depends on what this one says."""
    student = session.get(Student, paper.student_id) if paper.student_id else None
    text = signed_text(settings, paper, first, details)
    denied_at = _denied_at(session, paper) if student is not None else None
    situation = Situation(
        student_known=student is not None,
        is_adult=student is not None
        and is_adult(student.birth_date, local_date(at, settings.time_zone)),
        text_known=text is not None,
        may_be_signed=text is not None and _may_be_signed(session, settings, text, at=at),
        is_denied=denied_at is not None,
    )
    return Known(situation, denied_at)


def signed_text(
    settings: Settings, paper: ScannedPaper, first: Seen, details: dict[str, Any]
) -> DocumentText | None:
    """The text that was signed, in its own version; None where we don't have it.

    Where no code was read the person who said what it is has said the language and, where there
    are several, the version. A revocation never waits for that: it is taken for the newest one.
    """
    is_coded = paper.waiver_id is not None
    document = first.document if is_coded else (REVOCATION if paper.is_revocation else WAIVER)
    if document is None:
        return None
    version = first.version if is_coded else details.get("version") or current(document).version
    language = first.language if is_coded else details.get("language") or _DEFAULT_LANGUAGE
    try:
        return shown_text(settings, document, str(language), version)
    except (DocumentError, UnknownDocument):
        return None


def _may_be_signed(
    session: Session, settings: Settings, text: DocumentText, *, at: datetime
) -> bool:
    document = load(text.name, text.version)
    today = local_date(at, settings.time_zone)
    if not is_published(session, document, text.language, on=today):
        return False
    return settings.demo or is_approved(session, document, text.language)


def _denied_at(session: Session, paper: ScannedPaper) -> datetime | None:
    """When the student's permission was last taken back or refused, if nothing is in force since.

    The date on a paper is not read, so nobody but a person can say which was signed first.
    """
    moments = [
        session.scalars(query).one()
        for query in (
            select(func.max(Revocation.signed_at)).where(Revocation.student_id == paper.student_id),
            select(func.max(Consent.signed_at)).where(
                Consent.student_id == paper.student_id,
                Consent.state == ConsentState.DECLINED,
                Consent.unsettled.is_(False),
                Consent.ended_at.is_(None),
            ),
            select(func.max(func.coalesce(ScannedPaper.settled_at, ScannedPaper.created_at))).where(
                ScannedPaper.student_id == paper.student_id,
                ScannedPaper.is_revocation,
                ScannedPaper.state.in_(_COUNTING),
                ScannedPaper.id != paper.id,
            ),
        )
    ]
    latest = max((moment for moment in moments if moment is not None), default=None)
    if latest is None:
        return None
    in_force_since = session.scalars(
        select(func.max(Consent.signed_at)).where(
            Consent.student_id == paper.student_id, Consent.state == ConsentState.ACTIVE
        )
    ).one()
    return None if in_force_since is not None and in_force_since > latest else latest


def _differs(session: Session, paper: ScannedPaper) -> bool:
    """Whether another waiver of the student in this batch, or this one as it was filed before,
    has another answer."""
    if paper.is_revocation or paper.granted is None:
        return False
    others = select(ScannedPaper).where(
        ScannedPaper.id != paper.id,
        ScannedPaper.is_revocation.is_(False),
        ScannedPaper.granted.is_not(None),
        ScannedPaper.granted != paper.granted,
    )
    if paper.student_id is not None:
        in_batch = others.where(
            ScannedPaper.batch_id == paper.batch_id,
            ScannedPaper.student_id == paper.student_id,
            ScannedPaper.state.in_(_COUNTING),
        )
        if session.scalars(in_batch.limit(1)).first() is not None:
            return True
    filed_before = others.where(
        ScannedPaper.waiver_id == paper.waiver_id, ScannedPaper.state == PaperState.FILED
    )
    return session.scalars(filed_before.limit(1)).first() is not None
