"""At which schools a consent or a revocation is: for those who work for some schools only."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.model import Consent, Revocation
from intake.roster.scope import SchoolScope


def is_consent_within(session: Session, consent_id: str, scope: SchoolScope) -> bool:
    """Whether there is such a consent, for a student of these schools."""
    query = select(Consent.id).where(Consent.id == consent_id, scope.students(Consent.student_id))
    return session.scalars(query).first() is not None


def is_revocation_within(session: Session, revocation_id: str, scope: SchoolScope) -> bool:
    """Whether there is such a revocation, for a student of these schools."""
    query = select(Revocation.id).where(
        Revocation.id == revocation_id, scope.students(Revocation.student_id)
    )
    return session.scalars(query).first() is not None
