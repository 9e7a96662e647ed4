"""A family's way through the pages, kept on the server so that nothing typed is lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from intake.consents.errors import SigningUnknown
from intake.consents.model import Invitation, SigningSession
from intake.consents.states import SigningPurpose
from intake.roster.model import Student

LIFETIME = timedelta(days=7)
"""Long enough to begin on Friday evening and finish after the weekend."""


def start_signing(
    session: Session,
    purpose: SigningPurpose,
    *,
    at: datetime,
    invitation: Invitation | None = None,
    student_id: str | None = None,
    consent_id: str | None = None,
) -> SigningSession:
    """Begin; ``invitation`` or ``student_id`` fix the student, ``consent_id`` what to revoke."""
    signing = SigningSession(
        purpose=purpose,
        invitation_id=invitation.id if invitation else None,
        student_id=invitation.student_id if invitation else student_id,
        consent_id=consent_id,
        answers={},
        created_at=at,
        expires_at=at + LIFETIME,
    )
    session.add(signing)
    session.flush()
    return signing


def find_signing(
    session: Session, signing_id: str, purpose: SigningPurpose, *, at: datetime
) -> SigningSession:
    """The session with this id; raises SigningUnknown when there is none or it is over."""
    signing = session.get(SigningSession, signing_id)
    if signing is None or signing.purpose is not purpose or at >= signing.expires_at:
        raise SigningUnknown
    return signing


def keep_answers(signing: SigningSession, answers: Mapping[str, Any]) -> None:
    """Remember what was typed; later values win, the rest stays."""
    signing.answers = {**signing.answers, **answers}


def keep_student(signing: SigningSession, student: Student) -> None:
    """Remember whom it is about, as the school's record has it."""
    keep_answers(
        signing,
        {
            "student_name": student.name,
            "birth_date": student.birth_date.isoformat(),
            "school_id": student.school_id,
            "school_name": student.school.name,
        },
    )


def verify_contact(signing: SigningSession, contact: str, *, at: datetime) -> None:
    """A one-time code has reached this contact (``kind:value``)."""
    signing.verified_contact = contact
    signing.verified_at = at


def forget_contact(signing: SigningSession) -> None:
    """What a one-time code has shown counts no more; the rest that was typed stays."""
    signing.verified_contact = signing.verified_at = None
    keep_answers(signing, {"contact": None})


def forget_old_sessions(session: Session, *, before: datetime) -> None:
    """Delete sessions that are over; consents and revocations keep what counts."""
    session.execute(delete(SigningSession).where(SigningSession.expires_at < before))
