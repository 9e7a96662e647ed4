"""How a student's consent stands now, with its record."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from intake.accounts.api_clients import Reach
from intake.consents.decide import Reason, standing
from intake.consents.model import Consent
from intake.roster.identity import current_id
from intake.roster.model import Student
from intake.sharing.record import ConsentStatus, consent_record

_STATUSES = {
    Reason.CONSENTED: ConsentStatus.GIVEN,
    Reason.REVOKED: ConsentStatus.WITHDRAWN,
    Reason.EXPIRED: ConsentStatus.EXPIRED,
    Reason.SUPERSEDED: ConsentStatus.INVALIDATED,
    Reason.RIGHTS_TRANSFERRED: ConsentStatus.INVALIDATED,
}
"""Of what was in force once. All else (a no, a doubt, a wait) has no record to show."""


class StudentUnknown(LookupError):
    """No student has this id, or none within the client's reach."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts now: ``consented``, or what speaks against it, and the consent's record."""

    student_id: str
    reason: Reason
    record: dict[str, Any] | None


def standing_of(session: Session, student_id: str, *, reach: Reach, on: date) -> Standing:
    """How the student's consent stands, ``on`` today at the school.

    Whoever was merged is asked for by either id. Says nothing about partners: only a decision
    permits. Raises StudentUnknown.
    """
    current = current_id(session, student_id)
    student = session.get(Student, current)
    if student is None or not reach.has_school(student.school_id):
        raise StudentUnknown
    reason, consent = standing(session, current, on=on)
    status = _STATUSES.get(reason)
    record = None
    if status is not None and isinstance(consent, Consent):
        record = consent_record(consent, status)
    return Standing(student_id, reason, record)
