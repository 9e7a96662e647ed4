"""What the package says of a few hundred students, gathered from the scratch."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from intake.roster.oneroster.facts import GuardianFacts, Recorded
from intake.roster.oneroster.reading import Read
from intake.roster.oneroster.recorded import class_ids, known_guardians, recorded
from intake.roster.oneroster.report import Mode
from intake.roster.oneroster.scratch import Scratch

BATCH = 500

User = tuple[int, bool, dict[str, Any]]
"""Line (or kind, for a guardian), whether the row ends, and its body."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the package says of the students of one batch, before it is weighed."""

    users: dict[str, User]
    births: dict[str, tuple[int, dict[str, Any]]]
    """Line and body."""
    links: dict[str, list[str]]
    """Guardians by student, whichever of the two named the other."""
    guardians: dict[str, User]
    enrollments: dict[str, list[tuple[str, str, str | None]]]
    """Id, class and end by student."""
    classes: dict[str, str]
    elsewhere: dict[str, GuardianFacts]
    before: dict[str, Recorded]


def what_is_said(session: Session, read: Read, ids: list[str], schools: Collection[str]) -> Said:
    """Everything about these students, from both sides. ``schools``: the roster's known ones."""
    scratch = read.scratch
    before = recorded(session, ids)
    links = _links(scratch, ids)
    others = {one for found in links.values() for one in found}
    others |= {
        one.external_id
        for student in before.values()
        for one in student.guardians
        if one.external_id is not None
    }
    guardians = _users(scratch, "kind", sorted(others))
    enrollments = _enrollments(scratch, ids)
    named = {class_key for found in enrollments.values() for _, class_key, _ in found}
    elsewhere: dict[str, GuardianFacts] = {}
    if read.manifest.mode is Mode.DELTA:
        elsewhere = known_guardians(session, others - guardians.keys())
    births = scratch.rows_in("SELECT id, line, body FROM births WHERE id IN ({ids})", ids)
    return Said(
        users=_users(scratch, "line", ids),
        births={key: (line, scratch.unseal(body)) for key, line, body in births},
        links=links,
        guardians=guardians,
        enrollments=enrollments,
        classes=_planned(scratch, sorted(named), schools) | class_ids(session, named),
        elsewhere=elsewhere,
        before=before,
    )


def _planned(scratch: Scratch, keys: list[str], schools: Collection[str]) -> dict[str, str]:
    """Classes that applying puts on record first, so that a dry run counts with them."""
    planned: dict[str, str] = {}
    query = "SELECT id, school FROM classes WHERE gone = 0 AND id IN ({ids})"
    for start in range(0, len(keys), BATCH):
        rows = scratch.rows_in(query, keys[start : start + BATCH])
        planned |= {key: f"+{key}" for key, school in rows if school in schools}
    return planned


def _users(scratch: Scratch, column: str, ids: list[str]) -> dict[str, User]:
    query = f"SELECT id, {column}, gone, body FROM users WHERE id IN ({{ids}})"  # noqa: S608
    found: dict[str, User] = {}
    for start in range(0, len(ids), BATCH):
        for key, number, gone, body in scratch.rows_in(query, ids[start : start + BATCH]):
            found[key] = (number, bool(gone), scratch.unseal(body))
    return found


def _links(scratch: Scratch, ids: list[str]) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    for query in (
        "SELECT one, other FROM links WHERE one IN ({ids}) ORDER BY one, other",
        "SELECT other, one FROM links WHERE other IN ({ids}) ORDER BY other, one",
    ):
        for student, other in scratch.rows_in(query, ids):
            if other not in links.setdefault(student, []):
                links[student].append(other)
    return links


def _enrollments(scratch: Scratch, ids: list[str]) -> dict[str, list[tuple[str, str, str | None]]]:
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    query = (
        "SELECT user, id, class, ended FROM enrollments"
        " WHERE teaches = 0 AND user IN ({ids}) ORDER BY id"
    )
    for user, key, class_key, ended in scratch.rows_in(query, ids):
        found.setdefault(user, []).append((key, class_key, ended))
    return found
