"""Writing a comparison down, in few statements for many students.

Nobody is deleted: who leaves gets a day from which retention counts, who returns keeps their id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from forms.text import fold
from intake.db.base import new_id
from intake.db.keys import keyring
from intake.roster.keys import birth_key, contact_key, match_key, prefix_keys
from intake.roster.model import (
    Contact,
    Enrollment,
    Guardian,
    Student,
    StudentSearchKey,
    StudentSource,
)
from intake.roster.oneroster.facts import (
    Batch,
    Change,
    Contacts,
    GuardianFacts,
    Recorded,
    RecordedGuardian,
    Wanted,
)
from intake.roster.search_keys import store_keys

_Rows = list[dict[str, Any]]


@dataclass(slots=True)
class _Writing:
    """The rows of one batch, gathered before they are written."""

    session: Session
    at: datetime
    new_students: _Rows = field(default_factory=list)
    students: _Rows = field(default_factory=list)
    new_guardians: _Rows = field(default_factory=list)
    guardians: _Rows = field(default_factory=list)
    gone_guardians: list[str] = field(default_factory=list)
    contacts: _Rows = field(default_factory=list)
    stale_contacts: list[tuple[str, str | None]] = field(default_factory=list)
    """Student and guardian whose contacts are written anew."""
    enrollments: _Rows = field(default_factory=list)
    gone_enrollments: list[str] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)
    stale_keys: list[tuple[str, str]] = field(default_factory=list)


def apply_batch(session: Session, batch: Batch, *, at: datetime) -> dict[str, date]:
    """Write one batch; returns the birth dates that changed, by student."""
    writing = _Writing(session, at)
    births: dict[str, date] = {}
    for change in batch.changes:
        _gather(writing, change)
        before, after = change.before, change.after
        if before is not None and before.birth_date != after.birth_date:
            births[before.id] = after.birth_date
    _write(writing)
    if batch.left:
        rows = [{"id": student_id, "left_on": on} for student_id, on in batch.left]
        session.execute(update(Student), rows)
        ids = [student_id for student_id, _ in batch.left]
        session.execute(delete(Enrollment).where(Enrollment.student_id.in_(ids)))
    return births


def _gather(writing: _Writing, change: Change) -> None:
    before, after = change.before, change.after
    student_id = before.id if before else new_id()
    values = _student_values(writing.session, student_id, before, after)
    if before is None:
        more = {"external_id": after.external_id, "source": StudentSource.ROSTER}
        writing.new_students.append({**values, **more, "created_at": writing.at})
    else:
        writing.students.append(values)
    _gather_keys(writing, student_id, before, after)
    if before is None or before.contacts != after.contacts:
        _gather_contacts(writing, student_id, None, after.contacts)
    if after.guardians is not None:
        _gather_guardians(writing, student_id, before.guardians if before else (), after.guardians)
    if after.enrollments is not None:
        _gather_enrollments(
            writing, student_id, before.enrollments if before else {}, after.enrollments
        )


def _student_values(
    session: Session, student_id: str, before: Recorded | None, after: Wanted
) -> dict[str, Any]:
    return {
        "id": student_id,
        "school_id": after.school_id,
        "name": after.name,
        "birth_date": after.birth_date,
        "match_key": match_key(session, after.school_id, after.name, after.birth_date),
        "language": after.language or (before.language if before else None),
        "grade": after.grade or (before.grade if before else None),
        "left_on": after.left_on,
    }


def _gather_keys(
    writing: _Writing, student_id: str, before: Recorded | None, after: Wanted
) -> None:
    """An earlier name still finds them; an earlier birth date was a slip and does not."""
    session = writing.session
    if before is None or before.birth_date != after.birth_date:
        writing.keys.add((student_id, birth_key(session, after.birth_date)))
        if before is not None:
            writing.stale_keys.append((student_id, birth_key(session, before.birth_date)))
    names = {after.name, after.also} - ({before.name} if before else set())
    for name in names:
        _add_words(writing, student_id, name)


def _add_words(writing: _Writing, student_id: str, text: str) -> None:
    ring = keyring(writing.session)
    writing.keys.update((student_id, key) for key in prefix_keys(ring, text))


def _gather_contacts(
    writing: _Writing, student_id: str, guardian_id: str | None, contacts: Contacts
) -> None:
    writing.stale_contacts.append((student_id, guardian_id))
    writing.contacts.extend(
        {
            "id": new_id(),
            "student_id": student_id,
            "guardian_id": guardian_id,
            "kind": kind,
            "value": value,
            "value_key": contact_key(writing.session, kind, value),
        }
        for kind, value in sorted(contacts)
    )


def _gather_guardians(
    writing: _Writing,
    student_id: str,
    before: Iterable[RecordedGuardian],
    after: Mapping[str, GuardianFacts],
) -> None:
    known = _recognised(list(before), after)
    kept = {one.id for one in known.values()}
    writing.gone_guardians.extend(one.id for one in before if one.id not in kept)
    for key, facts in after.items():
        external_id = None if key.startswith("#") else key
        one = known.get(key)
        guardian_id = one.id if one else new_id()
        values = {
            "id": guardian_id,
            "name": facts.name,
            "relationship_kind": facts.relationship,
            "external_id": external_id,
        }
        if one is None:
            writing.new_guardians.append({**values, "student_id": student_id})
        elif (one.external_id, one.facts) != (external_id, facts):
            writing.guardians.append(values)
        if one is None or one.facts.name != facts.name:
            _add_words(writing, student_id, facts.name)
        if one is None or one.facts.contacts != facts.contacts:
            _gather_contacts(writing, student_id, guardian_id, facts.contacts)


def _recognised(
    before: list[RecordedGuardian], after: Mapping[str, GuardianFacts]
) -> dict[str, RecordedGuardian]:
    """Who on record is who in the package: by roster id, else the one of the same name."""
    known = {one.external_id or f"#{one.id}": one for one in before}
    found = {key: known[key] for key in after if key in known}
    unnamed = {
        fold(one.facts.name): one
        for one in before
        if one.external_id is None and f"#{one.id}" not in after
    }
    for key, facts in after.items():
        same = unnamed.pop(fold(facts.name), None) if key not in found else None
        if same is not None:
            found[key] = same
    return found


def _gather_enrollments(
    writing: _Writing, student_id: str, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    changed = {key: one for key, one in after.items() if before.get(key) != one}
    writing.gone_enrollments.extend([*(before.keys() - after.keys()), *changed])
    writing.enrollments.extend(
        {"external_id": key, "student_id": student_id, "class_id": class_id}
        for key, class_id in changed.items()
    )


def _write(writing: _Writing) -> None:
    session = writing.session
    if writing.new_students:
        session.execute(insert(Student), writing.new_students)
    if writing.students:
        session.execute(update(Student), writing.students)
    if writing.gone_guardians:
        gone = writing.gone_guardians
        session.execute(delete(Contact).where(Contact.guardian_id.in_(gone)))
        session.execute(delete(Guardian).where(Guardian.id.in_(gone)))
    _write_contacts(writing)
    if writing.gone_enrollments:
        gone = writing.gone_enrollments
        session.execute(delete(Enrollment).where(Enrollment.external_id.in_(gone)))
    if writing.enrollments:
        session.execute(insert(Enrollment), writing.enrollments)
    for student_id, key in writing.stale_keys:
        session.execute(
            delete(StudentSearchKey).where(
                StudentSearchKey.student_id == student_id, StudentSearchKey.key == key
            )
        )
    store_keys(session, sorted(writing.keys))


def _write_contacts(writing: _Writing) -> None:
    session = writing.session
    owners = [guardian_id for _, guardian_id in writing.stale_contacts if guardian_id]
    own = [student_id for student_id, guardian_id in writing.stale_contacts if not guardian_id]
    if owners:
        session.execute(delete(Contact).where(Contact.guardian_id.in_(owners)))
    if own:
        session.execute(
            delete(Contact).where(Contact.student_id.in_(own), Contact.guardian_id.is_(None))
        )
    if writing.new_guardians:
        session.execute(insert(Guardian), writing.new_guardians)
    if writing.guardians:
        session.execute(update(Guardian), writing.guardians)
    if writing.contacts:
        session.execute(insert(Contact), writing.contacts)
