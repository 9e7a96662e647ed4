"""What questions and violations begin with: a number and a deadline."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from intake.calendar.deadline import closed_days
from intake.calendar.model import EVERY_SCHOOL
from intake.clock import local_date
from intake.config import Settings
from intake.consents.dates import working_days_after
from intake.consents.tokens import random_letters

_DIGITS = 8


def new_number() -> str:
    """Eight letters and digits that can be read out: ``7K3M-Q2XV``."""
    return random_letters(_DIGITS)


def due(session: Session, settings: Settings, days: int, *, at: datetime) -> datetime:
    """The same time of day, so many days later on which the partnership works. In UTC."""
    closed = closed_days(session, EVERY_SCHOOL, after=local_date(at, settings.time_zone))
    return working_days_after(at.astimezone(settings.time_zone), days, closed).astimezone(UTC)
