"""Keeping the list of days on which schools are closed."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.calendar.model import EVERY_SCHOOL, ClosedDay
from intake.roster.model import School
from intake.roster.schools import SchoolUnknown, named_school

LONGEST_BREAK = timedelta(days=120)
"""A longer one is a mistyped year: it would put deadlines off beyond all reason."""
_COLUMNS = frozenset({"day", "last_day", "name", "school"})
_NEEDED = frozenset({"day", "name"})
_LONGEST_NAME = 200


class InvalidCalendar(ValueError):
    """The file can't be used; the message names the line and the fix."""


@dataclass(frozen=True, slots=True)
class _Row:
    first: date
    last: date
    name: str
    scope: str


def import_closed_days(session: Session, text: str) -> int:
    """Add the days that a CSV file names; returns how many were added or renamed.

    Columns: ``day`` (YYYY-MM-DD), ``name``; if wanted ``last_day`` of a break, and ``school`` (our
    id, the roster's, or the exact name; empty: every school). The same file again changes nothing;
    what a file leaves out stays. All or nothing. Raises InvalidCalendar.
    """
    changed = 0
    for row in list(_rows(session, text)):
        for number in range((row.last - row.first).days + 1):
            day = row.first + timedelta(days=number)
            known = session.get(ClosedDay, (day, row.scope))
            if known is None:
                session.add(ClosedDay(day=day, scope=row.scope, name=row.name))
                session.flush()
                changed += 1
            elif known.name != row.name:
                known.name = row.name
                changed += 1
    return changed


def closed_from(session: Session, *, first: date) -> Sequence[tuple[ClosedDay, School | None]]:
    """Every closed day from this one on, in order; None stands for every school."""
    query = (
        select(ClosedDay, School)
        .outerjoin(School, School.id == ClosedDay.scope)
        .where(ClosedDay.day >= first)
        .order_by(ClosedDay.day, ClosedDay.scope)
    )
    return [(day, school) for day, school in session.execute(query)]


def open_again(session: Session, day: date, *, school: str = "") -> bool:
    """Take a closed day off the list; whether it was on it. Raises InvalidCalendar."""
    found = session.get(ClosedDay, (day, _scope(session, school)))
    if found is None:
        return False
    session.delete(found)
    return True


def _rows(session: Session, text: str) -> Iterator[_Row]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        names = {(name or "").strip() for name in reader.fieldnames or ()}
        _check_columns(names)
        for cells in reader:
            where = f"line {reader.line_num}"
            if None in cells or any(value is None for value in cells.values()):
                raise InvalidCalendar(f"{where} has more or fewer cells than the first line")
            yield _row(session, {k.strip(): v.strip() for k, v in cells.items()}, where)
    except csv.Error as error:
        raise InvalidCalendar(f"line {reader.line_num} is no CSV: {error}") from None


def _check_columns(names: set[str]) -> None:
    missing, unknown = _NEEDED - names, names - _COLUMNS
    if missing:
        raise InvalidCalendar(
            f"the first line lacks {' and '.join(sorted(missing))}; it names the columns: "
            "day,last_day,name,school"
        )
    if unknown:
        raise InvalidCalendar(f"the first line has an unknown column: {min(unknown)!r}")


def _row(session: Session, cells: dict[str, str], where: str) -> _Row:
    first = _day(cells["day"], where)
    last = _day(cells["last_day"], where) if cells.get("last_day") else first
    if last < first:
        raise InvalidCalendar(f"{where}: last_day is before day")
    if last - first > LONGEST_BREAK:
        raise InvalidCalendar(f"{where}: a break of more than {LONGEST_BREAK.days} days")
    if not 0 < len(cells["name"]) <= _LONGEST_NAME:
        raise InvalidCalendar(f"{where}: give a name of 1 to {_LONGEST_NAME} letters")
    try:
        scope = _scope(session, cells.get("school", ""))
    except InvalidCalendar as error:
        raise InvalidCalendar(f"{where}: {error}") from None
    return _Row(first, last, cells["name"], scope)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidCalendar(f"{where}: a day looks like 2026-11-26, not {text!r}") from None


def _scope(session: Session, named: str) -> str:
    """A school's id for what names it."""
    if not named:
        return EVERY_SCHOOL
    try:
        return named_school(session, named).id
    except SchoolUnknown as error:
        raise InvalidCalendar(str(error)) from None
