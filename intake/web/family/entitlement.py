"""Whom a visit by typed details is about, if its contact may take back, or read the list."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.consents.taking_back import student_to_revoke
from intake.disclosures.access import NotKnown, student_to_inspect
from intake.roster.model import Student
from intake.roster.students import students_described
from intake.web.family.visit import Visit, today


def student_to_take_back(session: Session, found: Visit) -> str | None:
    """The student whom a revocation by typed details is about, if this contact may revoke."""
    contact = found.contact
    if contact is None:
        return None
    return student_to_revoke(
        session,
        _described(session, found),
        kind=contact.kind,
        value=contact.value,
        relationship=Relationship(found.answers["relationship"]),
    )


def student_to_list(session: Session, found: Visit) -> Student:
    """The student whose record of disclosures this visit may read today.

    Asked anew for each page: a birthday, or another answer to who somebody is, counts at once.
    Raises MayNotInspect.
    """
    contact = found.contact
    if contact is None or found.verified_contact != contact.stored:
        raise NotKnown
    return student_to_inspect(
        session,
        _described(session, found),
        kind=contact.kind,
        value=contact.value,
        relationship=Relationship(found.answers["relationship"]),
        on=today(),
    )


def _described(session: Session, found: Visit) -> Sequence[Student]:
    answers = found.answers
    return students_described(
        session, answers["school_id"], answers["student_name"], found.birth_date
    )
