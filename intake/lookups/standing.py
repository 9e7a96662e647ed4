"""How a student's consent stands now, with its record."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import Reach
from intake.consents.decide import WAIVER, AnswerFacts, Reason, standing_among
from intake.consents.holds import is_on_hold
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


def standing_of(
    session: Session, student_id: str, *, reach: Reach, at: datetime, on: date
) -> Standing:
    """How the student's consent stands at this moment, ``on`` its day at the school.

    Whoever was merged is asked for by either id. Says nothing about partners: only a decision
    permits. Raises StudentUnknown.
    """
    current = current_id(session, student_id)
    student = session.get(Student, current)
    if student is None or not reach.has_school(student.school_id):
        raise StudentUnknown
    consents = {
        one.id: one
        for one in session.scalars(
            select(Consent)
            .where(Consent.student_id == current, Consent.document == WAIVER)
            .order_by(Consent.signed_at.desc())
        )
    }
    on_hold = bool(session.scalar(select(is_on_hold(current))))
    facts = [_facts(one) for one in consents.values()]
    reason, counting = standing_among(facts, on_hold=on_hold, on=on, at=at)
    status = _STATUSES.get(reason)
    record = None
    if status is not None and counting is not None:
        record = consent_record(consents[counting.id], status)
    return Standing(student_id, reason, record)


def _facts(consent: Consent) -> AnswerFacts:
    return AnswerFacts(**{one.name: getattr(consent, one.name) for one in fields(AnswerFacts)})
