"""Writing looks, checking that none was altered or removed, and forgetting old ones.

Each look's MAC, under the installation's key, covers the look and the one before; the head's
covers both ends of the chain. So what was altered, taken out or cut off is found, and what was
destroyed when its time was over is told from what was cut off.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from intake.accounts.model import Role
from intake.db.base import new_id
from intake.db.keys import CannotDecrypt, keyring
from intake.looks.model import Look, LookBasis, LookKind, LookReason, LooksHead
from intake.roster.model import Student
from intake.roster.scope import SchoolScope

_BATCH = 1000
_FORGOTTEN_AT_ONCE = 10_000
_UNREADABLE = (ValueError, LookupError, TypeError)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and as what."""

    staff_id: str
    role: Role | None
    schools: SchoolScope
    reason_id: str | None = None
    """Of the reason that an auditor gave."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data it is; nothing at all for an action that is about no student."""

    student_id: str | None = None
    consent_id: str | None = None
    revocation_id: str | None = None
    thing: str | None = None
    """What else an action is about, by id."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all looks of one request have in common."""

    route: str
    kind: LookKind
    basis: LookBasis
    at: datetime


def start_looks(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    if LooksHead.found(session) is None:
        head = LooksHead(forgotten=0, forgotten_mac="", sequence=0, last_mac="", mac="")
        head.mac = _head_mac(session, head)
        session.add(head)


def record_looks(
    session: Session, viewer: Viewer, occasion: Occasion, subjects: Iterable[Subject]
) -> None:
    """Append looks in the caller's transaction: in one statement, however many students."""
    found = list(dict.fromkeys(subjects))
    if not found:
        return
    schools = _schools(session, viewer, found)
    head = LooksHead.held(session)
    rows = []
    for number, subject in enumerate(found, head.sequence + 1):
        row: dict[str, Any] = {
            "sequence": number,
            "at": occasion.at.astimezone(UTC),
            "staff_id": viewer.staff_id,
            "role": viewer.role,
            "school_id": schools.get(subject.student_id or ""),
            "route": occasion.route,
            "kind": occasion.kind,
            "basis": occasion.basis,
            "reason_id": viewer.reason_id,
            "student_id": subject.student_id,
            "consent_id": subject.consent_id,
            "revocation_id": subject.revocation_id,
            "thing": subject.thing,
        }
        row["mac"] = head.last_mac = _mac(session, head.last_mac, row)
        rows.append(row)
    head.sequence += len(rows)
    head.mac = _head_mac(session, head)
    session.flush()
    session.execute(insert(Look), rows)


def give_reason(session: Session, staff_id: str, text: str, *, at: datetime) -> str:
    """Keep why somebody looks at students from now on; the id of the reason."""
    reason = LookReason(id=new_id(), staff_id=staff_id, at=at.astimezone(UTC), text=text, mac="")
    reason.mac = _reason_mac(session, reason)
    session.add(reason)
    session.flush()
    return reason.id


def look_problems(session: Session) -> Iterator[str]:
    """What was altered or removed, one line each. Memory stays flat."""
    head = LooksHead.found(session)
    if head is None:
        yield "the head of the looks is missing"
        return
    if head.mac != _head_mac(session, head):
        yield "the looks' head was not written by this installation"
    previous, last = head.forgotten_mac, head.forgotten
    while True:
        batch = _rows_after(session, last)
        if not batch:
            break
        for sequence, row in batch:
            if sequence != last + 1:
                yield f"look {last + 1} was removed"
            if row is None:
                yield f"look {sequence} was altered and can't be read"
                previous, last = "", sequence
                continue
            if row["mac"] != _mac(session, previous, row):
                yield f"look {sequence} was altered, or the one before it"
            previous, last = row["mac"], sequence
    if head.sequence != last or head.last_mac != previous:
        yield f"the looks end at {last}, but their head names another end"
    yield from _reason_problems(session)


def forget_old_looks(session: Session, *, before: datetime) -> bool:
    """Destroy looks from before this moment; whether there may be more to destroy.

    The chain's new beginning is sealed in its head.
    """
    head = LooksHead.held(session)
    oldest = select(Look.sequence, Look.at, Look.mac).order_by(Look.sequence)
    rows = session.execute(oldest.limit(_FORGOTTEN_AT_ONCE)).all()
    old = list(takewhile(lambda row: row.at < before, rows))
    if not old:
        return False
    last = old[-1]
    session.execute(delete(Look).where(Look.sequence <= last.sequence))
    unused = ~select(Look.sequence).where(Look.reason_id == LookReason.id).exists()
    session.execute(delete(LookReason).where(LookReason.at < before, unused))
    head.forgotten, head.forgotten_mac = last.sequence, last.mac
    head.mac = _head_mac(session, head)
    return len(old) == _FORGOTTEN_AT_ONCE


def _schools(session: Session, viewer: Viewer, subjects: Sequence[Subject]) -> dict[str, str]:
    """Each student's school, for somebody who works for some schools only."""
    ids = [subject.student_id for subject in subjects if subject.student_id]
    if viewer.schools.ids is None or not ids:
        return {}
    found = session.execute(select(Student.id, Student.school_id).where(Student.id.in_(ids)))
    return {student_id: school_id for student_id, school_id in found}  # noqa: C416


def _rows_after(session: Session, last: int) -> list[tuple[int, dict[str, Any] | None]]:
    """The next looks in order, as they were written; None for one that can't be read."""
    columns = list(Look.__table__.columns)
    query = select(*columns).where(Look.sequence > last).order_by(Look.sequence)
    try:
        found = session.execute(query.limit(_BATCH)).mappings().all()
    except _UNREADABLE:
        sequences = session.scalars(
            select(Look.sequence).where(Look.sequence > last).order_by(Look.sequence).limit(_BATCH)
        )
        return [(number, _row(session, number)) for number in sequences.all()]
    return [(row["sequence"], dict(row)) for row in found]


def _row(session: Session, sequence: int) -> dict[str, Any] | None:
    columns = list(Look.__table__.columns)
    try:
        found = session.execute(select(*columns).where(Look.sequence == sequence)).mappings().one()
    except _UNREADABLE:
        return None
    return dict(found)


def _reason_problems(session: Session) -> Iterator[str]:
    for reason_id in session.scalars(select(LookReason.id).order_by(LookReason.id)).all():
        try:
            reason = session.get_one(LookReason, reason_id)
            is_good = reason.mac == _reason_mac(session, reason)
        except (CannotDecrypt, *_UNREADABLE):
            is_good = False
        if not is_good:
            yield f"reason {reason_id} of a look was altered"
    known = select(LookReason.id)
    lost = select(Look.reason_id).where(Look.reason_id.is_not(None), Look.reason_id.not_in(known))
    for lost_id in session.scalars(lost.distinct()):
        yield f"reason {lost_id} of a look was removed"


def _mac(session: Session, previous: str, row: dict[str, Any]) -> str:
    content = [
        previous, row["sequence"], row["at"].isoformat(), row["staff_id"], row["role"],
        row["school_id"], row["route"], row["kind"].value, row["basis"].value, row["reason_id"],
        row["student_id"], row["consent_id"], row["revocation_id"], row["thing"],
    ]  # fmt: skip
    return keyring(session).blind_index("looks", _canonical(content))


def _head_mac(session: Session, head: LooksHead) -> str:
    content = [head.forgotten, head.forgotten_mac, head.sequence, head.last_mac]
    return keyring(session).blind_index("looks.head", _canonical(content))


def _reason_mac(session: Session, reason: LookReason) -> str:
    content = [reason.id, reason.staff_id, reason.at.isoformat(), reason.text]
    return keyring(session).blind_index("looks.reason", _canonical(content))


def _canonical(content: list[Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
