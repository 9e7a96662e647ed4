"""Confirming who signed and, where the family typed the student, which one of the roster it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from intake.calendar.deadline import revocation_due
from intake.clock import local_date
from intake.config import Settings
from intake.consents.confirm import ConfirmationMethod, confirm_signer
from intake.consents.errors import NothingToConfirm
from intake.consents.model import Consent
from intake.matching.linking import settle_same
from intake.matching.merge import CannotMerge
from intake.roster.students import add_search_words


def confirm_answer(
    session: Session,
    settings: Settings,
    consent_id: str,
    *,
    student_id: str | None,
    method: ConfirmationMethod,
    staff_id: str,
    at: datetime,
) -> Consent:
    """A person says who signed, and with ``student_id`` that the typed student is this one.

    All or nothing in the caller's transaction. Raises NothingToConfirm, RevokedSince,
    NotEligibleToSign.
    """
    consent = session.get(Consent, consent_id)
    if consent is None:
        raise NothingToConfirm
    if student_id is not None:
        # Who signed for the typed student before, or will, signed for this one of the roster.
        try:
            settle_same(session, settings, consent.student_id, student_id, staff_id=staff_id, at=at)
        except CannotMerge:
            raise NothingToConfirm from None
    confirmed = confirm_signer(
        session,
        consent_id,
        staff_id=staff_id,
        method=method,
        due_at=revocation_due(session, settings, student_id or consent.student_id, at=at),
        at=at,
        today=local_date(at, settings.time_zone),
    )
    # From now on the student is also found by the signer's name.
    add_search_words(session, confirmed.student_id, confirmed.signer_name)
    return confirmed
