"""Telling coordinators and partners what lapses: one email a day each, with everything that is due.

Claiming the reminders and queueing their emails is one transaction: both or neither, whichever of
many workers comes first.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from intake import clock
from intake.config import Settings
from intake.db.engine import Database
from intake.messages.model import MessageKind
from intake.messages.queue import queue
from intake.messages.texts import Purpose
from intake.partners.lapses import LapseKind
from intake.partners.model import Partner, PartnerPerson
from intake.partners.reminders import Reminder, claim_reminders
from intake.roster.model import School
from translations import language, mark, translate

_LANGUAGE = "en"
"""Of staff's pages and of partners; families get none of these."""

_ENDING = {
    LapseKind.AGREEMENT: mark("%(partner)s: the agreement %(what)s counts until %(day)s."),
    LapseKind.TRAINING: mark("%(partner)s: the training of %(person)s counts until %(day)s."),
    LapseKind.ASSIGNMENT: mark("%(partner)s: the work at %(school)s ends on %(day)s."),
}
_OF_PERSON_ENDING = mark("%(partner)s: the work of %(person)s at %(school)s ends on %(day)s.")
_ENDED = {
    LapseKind.AGREEMENT: mark(
        "%(partner)s: the agreement %(what)s ended on %(day)s. Nothing is shared with this "
        "partner now."
    ),
    LapseKind.TRAINING: mark(
        "%(partner)s: the training of %(person)s ended on %(day)s. Nothing is shared with this "
        "person now."
    ),
    LapseKind.ASSIGNMENT: mark("%(partner)s: the work at %(school)s ended on %(day)s."),
}
_OF_PERSON_ENDED = mark("%(partner)s: the work of %(person)s at %(school)s ended on %(day)s.")
_SUBJECT = mark("Partners: something lapses (%(partnership)s)")
_TO_COORDINATORS = mark(
    "What lapses stops sharing by itself. Please renew it in time, or let it end.\n\n"
    "%(lines)s\n\n"
    "All partners: %(link)s\n\n"
    "%(partnership)s"
)
_TO_PARTNER = mark(
    "When one of these has ended, no student information is shared that depends on it. To renew "
    "it, please write to %(email)s or call %(phone)s.\n\n"
    "%(lines)s\n\n"
    "%(partnership)s"
)


def remind_of_lapses(database: Database, settings: Settings, *, at: datetime) -> int:
    """Queue every reminder that is due and not sent; returns how many lapses were told."""
    today = clock.local_date(at, settings.time_zone)
    with database.begin() as session:
        due = claim_reminders(session, on=today, days_before=settings.partner_reminder_days, at=at)
        if due:
            _tell(session, due, settings, at=at)
    return len(due)


def _tell(session: Session, due: Sequence[Reminder], settings: Settings, *, at: datetime) -> None:
    told = [(reminder, _line(session, reminder)) for reminder in due]
    everything = "\n".join(line for _, line in told)
    link = f"{settings.base_url}/coordinator/partners"
    for email in settings.coordinator_emails:
        _send(session, email, _TO_COORDINATORS, settings, at=at, lines=everything, link=link)
    for partner_id in dict.fromkeys(reminder.lapse.partner_id for reminder in due):
        contact = session.get_one(Partner, partner_id).contact
        if contact is not None:
            own = "\n".join(line for found, line in told if found.lapse.partner_id == partner_id)
            _send(session, contact, _TO_PARTNER, settings, at=at, lines=own)


def _send(
    session: Session, email: str, text: str, settings: Settings, *, at: datetime, **values: str
) -> None:
    facts = {
        "partnership": settings.partnership, "email": settings.partnership_email,
        "phone": settings.partnership_phone, **values,
    }  # fmt: skip
    queue(
        session,
        kind=MessageKind.EMAIL,
        purpose=Purpose.PARTNER_LAPSES,
        recipient=email,
        subject=translate(_SUBJECT, _LANGUAGE) % facts,
        body=translate(text, _LANGUAGE) % facts,
        language=_LANGUAGE,
        at=at,
    )


def _line(session: Session, reminder: Reminder) -> str:
    lapse = reminder.lapse
    values = {
        "partner": session.get_one(Partner, lapse.partner_id).name,
        "what": lapse.what,
        "day": language(_LANGUAGE).long_date(lapse.last_day),
    }
    if lapse.person_id is not None:
        values["person"] = session.get_one(PartnerPerson, lapse.person_id).name
    if lapse.kind is LapseKind.ASSIGNMENT:
        values["school"] = session.get_one(School, lapse.what).name
    return translate(_sentence(reminder), _LANGUAGE) % values


def _sentence(reminder: Reminder) -> str:
    kind, has_ended = reminder.lapse.kind, reminder.days_left < 0
    if kind is LapseKind.ASSIGNMENT and reminder.lapse.person_id is not None:
        return _OF_PERSON_ENDED if has_ended else _OF_PERSON_ENDING
    return (_ENDED if has_ended else _ENDING)[kind]
