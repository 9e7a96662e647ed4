"""One import from beginning to end: read and check everything, compare, apply all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from intake.db.engine import Database
from intake.roster.model import Student, StudentSource
from intake.roster.oneroster.applying import apply_batch
from intake.roster.oneroster.checks import check_package
from intake.roster.oneroster.comparing import compare, compare_absent, mark_affected
from intake.roster.oneroster.facts import Batch
from intake.roster.oneroster.manifest import read_manifest
from intake.roster.oneroster.package import open_package
from intake.roster.oneroster.reading import NormalContact, Read, read_package
from intake.roster.oneroster.report import Mode, Outcome, Report, refuse
from intake.roster.oneroster.schools import apply_classes, apply_schools, compare_schools
from intake.roster.oneroster.scratch import scratch

FEW = 50
LARGEST_SHARE_LEFT = 0.25
"""More than FEW students and this share of the record leaving at once is a cut-off export more
often than it is true; the operator must say that it is."""
IMPORT_LOCK = 0x726F73746572
"""PostgreSQL's advisory lock of imports ("roster")."""

Tell = Callable[[int, int], None]
"""Told how many students are done, of how many."""


class ImportRunning(Exception):
    """Another import is at work; this one changed nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    """How an operator wants a package read."""

    mode: Mode | None = None
    """Instead of what the manifest says."""
    encoding: str | None = None
    """Of files that are not UTF-8 or UTF-16."""
    many_leave: bool = False
    """That many students leave is true."""


def import_roster(
    database: Database,
    path: Path,
    options: Options,
    *,
    contact: NormalContact,
    at: datetime,
    today: date,
    apply: bool,
    follow: Callable[[Session, dict[str, date]], None],
    tell: Tell = lambda _done, _of: None,
) -> Report:
    """Import a package, or with ``apply`` false say what importing it would do.

    ``today`` is the school's day. ``follow`` is called in the same transaction with the birth
    dates that changed. Raises RosterRefused, ImportRunning, OSError; then nothing has changed.
    """
    with open_package(path) as package, scratch() as kept:
        manifest = read_manifest(package, options.encoding).forced(options.mode)
        report = Report(mode=manifest.mode, version=manifest.version)
        read = Read(manifest, kept, report, today, contact)
        read_package(package, options.encoding, read)
        check_package(read)
        with database.begin() if apply else database.read() as session:
            if apply:
                _lock(session, is_postgresql=database.is_postgresql)
            here = _students_here(session)
            births = _take_in(session, read, at=at, apply=apply, tell=tell)
            _check_leaving(report, here, options)
            if births:
                follow(session, births)
    return report


def _take_in(
    session: Session, read: Read, *, at: datetime, apply: bool, tell: Tell
) -> dict[str, date]:
    total = mark_affected(session, read)
    schools = compare_schools(session, read)
    if apply:
        apply_schools(session, schools)
        apply_classes(session, read, schools.ids)
    births: dict[str, date] = {}

    def take(batch: Batch) -> None:
        if apply:
            births.update(apply_batch(session, batch, at=at))

    done = 0
    for batch in compare(session, read, schools.ids):
        take(batch)
        done = min(done + batch.size, total)
        tell(done, total)
    for batch in compare_absent(session, read, set(schools.ids.values())):
        take(batch)
    return births


def _students_here(session: Session) -> int:
    query = select(func.count()).where(
        Student.source == StudentSource.ROSTER, Student.left_on.is_(None)
    )
    return session.execute(query).scalar_one()


def _check_leaving(report: Report, here: int, options: Options) -> None:
    left = report.students[Outcome.LEFT]
    if not options.many_leave and left > FEW and left > LARGEST_SHARE_LEFT * here:
        raise refuse(
            "users.csv",
            f"{left} of {here} students would leave: is the export whole? If it is, say "
            "--many-leave",
        )


def _lock(session: Session, *, is_postgresql: bool) -> None:
    """One import at a time. On SQLite the transaction itself is the lock, and the second waits."""
    if not is_postgresql:
        return
    query = text("SELECT pg_try_advisory_xact_lock(:key)")
    if not session.execute(query, {"key": IMPORT_LOCK}).scalar_one():
        raise ImportRunning("another import of a roster is running; try again when it is done")
