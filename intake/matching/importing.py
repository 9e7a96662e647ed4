"""Importing a roster with everything that follows from it: contacts, consents, links."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from forms.choices import ContactKind
from intake.clock import local_date
from intake.config import Settings
from intake.consents.merge import birth_date_changed
from intake.db.engine import Database
from intake.matching.linking import Linked, link_certain
from intake.messages.contacts import UnusableContact, parse_contact
from intake.roster.oneroster.importing import Options, Tell, import_roster
from intake.roster.oneroster.report import Report

__all__ = ["Options", "Result", "import_and_link"]


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, and how many typed students it let find themselves."""

    report: Report
    linked: Linked | None
    """None after a dry run."""


def import_and_link(
    database: Database,
    settings: Settings,
    path: Path,
    options: Options,
    *,
    at: datetime,
    apply: bool,
    tell: Tell,
) -> Result:
    """Import a OneRoster package, all or nothing; then link the typed students who are certain.

    Raises RosterRefused, ImportRunning, OSError.
    """
    report = import_roster(
        database,
        path,
        options,
        contact=contact_reader(settings.phone_region),
        at=at,
        today=local_date(at, settings.time_zone),
        apply=apply,
        follow=_follow_births,
        tell=tell,
    )
    return Result(report, link_certain(database, settings, at=at) if apply else None)


def contact_reader(region: str) -> Callable[[ContactKind, str], str | None]:
    """How contacts of a roster are read: as families' own are, so that they compare equal."""
    return partial(_contact, region)


def _contact(region: str, kind: ContactKind, text: str) -> str | None:
    try:
        return parse_contact(kind, text, region).value
    except UnusableContact:
        return None


def _follow_births(session: Session, births: dict[str, date]) -> None:
    """A corrected birth date moves the day on which the parents' right passes on."""
    for student_id, birth_date in births.items():
        birth_date_changed(session, student_id, birth_date)
