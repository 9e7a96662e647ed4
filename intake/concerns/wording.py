"""What coordinators and the governance addresses are written: numbers and links that need signing
in; never what was reported, nor about whom.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from intake.config import Settings
from intake.messages.texts import Purpose
from intake.messages.to_staff import REMINDS_FOR, staff_wording, tell_staff
from translations import mark

# TRANSLATORS: Subject of an email to staff: families' questions that nobody has answered yet.
_QUESTIONS_SUBJECT = mark("Families wait for an answer (%(partnership)s)")
_QUESTIONS = mark(
    "These questions from families are not answered yet. By number, with the day by which they "
    "shall be:\n\n"
    "%(lines)s\n\n"
    "All open questions: %(link)s\n\n"
    "%(partnership)s"
)
# TRANSLATORS: Subject of an email to the governance committee.
_REPORTED_SUBJECT = mark("A suspected violation was reported (%(partnership)s)")
_REPORTED = mark(
    "Somebody suspects that our rules for protecting information were broken. The report has the "
    "number %(number)s.\n\n"
    "Who may see it finds it here, after signing in:\n%(link)s\n\n"
    "%(partnership)s"
)
# TRANSLATORS: Subject of an email to the governance committee.
_VIOLATIONS_SUBJECT = mark("Suspected violations are still open (%(partnership)s)")
_VIOLATIONS = mark(
    "These reports of suspected violations are not settled yet. By number, with the day by which "
    "they shall be:\n\n"
    "%(lines)s\n\n"
    "All open reports: %(link)s\n\n"
    "%(partnership)s"
)


def tell_governance(
    session: Session, settings: Settings, violation_id: str, number: str, *, at: datetime
) -> None:
    """A report is new."""
    link = f"{settings.base_url}/coordinator/violations/{violation_id}"
    _send(
        session, settings, Purpose.VIOLATION_REPORTED, settings.governance_emails,
        _REPORTED_SUBJECT, _REPORTED, at=at, number=number, link=link,
    )  # fmt: skip


def remind_of_questions(
    session: Session,
    settings: Settings,
    lines: Sequence[str],
    addresses: Iterable[str],
    *,
    at: datetime,
) -> None:
    """Questions wait; ``lines`` are their numbers and days."""
    link = f"{settings.base_url}/coordinator/questions"
    _send(
        session, settings, Purpose.QUESTIONS_WAIT, addresses, _QUESTIONS_SUBJECT, _QUESTIONS,
        at=at, useless_after=at + REMINDS_FOR, lines="\n".join(lines), link=link,
    )  # fmt: skip


def remind_of_violations(
    session: Session, settings: Settings, lines: Sequence[str], *, at: datetime
) -> None:
    """Reports wait; ``lines`` are their numbers and days."""
    link = f"{settings.base_url}/coordinator/violations"
    _send(
        session, settings, Purpose.VIOLATIONS_WAIT, settings.governance_emails,
        _VIOLATIONS_SUBJECT, _VIOLATIONS, at=at, useless_after=at + REMINDS_FOR,
        lines="\n".join(lines), link=link,
    )  # fmt: skip


def _send(
    session: Session,
    settings: Settings,
    purpose: Purpose,
    addresses: Iterable[str],
    subject: str,
    body: str,
    *,
    at: datetime,
    useless_after: datetime | None = None,
    **values: str,
) -> None:
    facts = {"partnership": settings.partnership, **values}
    wording = staff_wording(purpose, subject, body, facts)
    tell_staff(session, addresses, wording, at=at, useless_after=useless_after)
