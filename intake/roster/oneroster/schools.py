"""Schools and classes of a package, put on record before the students who go there."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.text import fold
from intake.db.base import new_id
from intake.roster.model import School, SchoolClass
from intake.roster.oneroster.reading import Org, Read
from intake.roster.oneroster.recorded import class_ids
from intake.roster.oneroster.report import Mode, Outcome

_BATCH = 500


@dataclass(slots=True)
class SchoolChanges:
    """What there is to do with schools."""

    ids: dict[str, str]
    """Our ids by the roster's, of every school that students may go to."""
    new: list[School] = field(default_factory=list)
    changed: list[tuple[School, Org, str]] = field(default_factory=list)
    """With what the package says, and the roster's id."""


def compare_schools(session: Session, read: Read) -> SchoolChanges:
    """The package's schools against those on record.

    One that was put on record by hand is recognised by its name, where only one has it. A delta's
    students may also go to any school on record.
    """
    by_id: dict[str, School] = {}
    by_name: dict[str, list[School]] = {}
    for school in session.scalars(select(School)):
        if school.external_id is not None:
            by_id[school.external_id] = school
        else:
            by_name.setdefault(fold(school.name), []).append(school)
    is_delta = read.manifest.mode is Mode.DELTA
    found = SchoolChanges({key: one.id for key, one in by_id.items()} if is_delta else {})
    for key, org in read.orgs.items():
        if org.is_school:
            namesakes = by_name.get(fold(org.name), [])
            only = namesakes[0] if len(namesakes) == 1 else None
            _compare(read, found, key, org, by_id.get(key) or only)
    return found


def _compare(read: Read, found: SchoolChanges, key: str, org: Org, school: School | None) -> None:
    outcome = Outcome.UNCHANGED
    if school is None:
        school = School(id=new_id(), name=org.name, external_id=key)
        found.new.append(school)
        outcome = Outcome.ADDED
    elif (school.name, school.external_id) != (org.name, key):
        found.changed.append((school, org, key))
        outcome = Outcome.CHANGED
    read.report.schools[outcome] += 1
    found.ids[key] = school.id


def apply_schools(session: Session, found: SchoolChanges) -> None:
    """Write the schools down."""
    for school, org, key in found.changed:
        school.name, school.external_id = org.name, key
    session.add_all(found.new)
    session.flush()
    session.expunge_all()


def apply_classes(session: Session, read: Read, schools: dict[str, str]) -> None:
    """Put the package's classes, with their teachers, on record: those at a known school."""
    last = ""
    while True:
        query = "SELECT id, gone, school, body FROM classes WHERE id > ? ORDER BY id LIMIT ?"
        rows = list(read.scratch.rows(query, last, _BATCH))
        if not rows:
            return
        last = rows[-1][0]
        found = {
            key: {**_values(read.scratch.unseal(body)), "school_id": schools[school]}
            for key, gone, school, body in rows
            if not gone and school in schools
        }
        known = class_ids(session, found)
        teachers = _teachers(read, list(found))
        for key, values in found.items():
            values["teacher"] = teachers.get(key)
            if key not in known:
                session.add(SchoolClass(external_id=key, **values))
                continue
            row = session.get_one(SchoolClass, known[key])
            for name, value in values.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
        session.flush()
        session.expunge_all()


def _values(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": body["title"],
        "is_homeroom": body["homeroom"],
        "school_year": body["year"] or None,
    }


def _teachers(read: Read, ids: list[str]) -> dict[str, str]:
    """Each class's teacher: the primary one, else the first."""
    rows = read.scratch.rows_in(
        "SELECT enrollments.class, users.body FROM enrollments"
        " JOIN users ON users.id = enrollments.user"
        " WHERE teaches > 0 AND ended IS NULL AND class IN ({ids})"
        " ORDER BY teaches, enrollments.id DESC",
        ids,
    )
    bodies = ((key, read.scratch.unseal(body)) for key, body in rows)
    return {key: body["name"] for key, body in bodies if "name" in body}
