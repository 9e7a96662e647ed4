"""The package against the record, a few hundred students at a time: what there is to do.

Nothing is written here, so that a dry run and an import count the same.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.roster.model import Student, StudentSource
from intake.roster.oneroster.facts import Batch, Change, GuardianFacts, Recorded, Wanted
from intake.roster.oneroster.guardianship import contacts_of, guardians_after, students_own
from intake.roster.oneroster.reading import Kind, Read
from intake.roster.oneroster.recorded import students_of_guardians
from intake.roster.oneroster.report import Mode, Outcome, Problem
from intake.roster.oneroster.said import BATCH, Said, what_is_said

_STUDENTS_FILE = "users.csv"


def mark_affected(session: Session, read: Read) -> int:
    """List every student whom the package may change, and count them."""
    scratch = read.scratch
    student = int(Kind.STUDENT)
    scratch.connection.execute(
        "INSERT OR IGNORE INTO affected SELECT id FROM users WHERE kind & ?", (student,)
    )
    if read.manifest.mode is Mode.FULL:
        return scratch.count("SELECT count(*) FROM affected")
    scratch.connection.execute("INSERT OR IGNORE INTO affected SELECT id FROM births")
    scratch.connection.execute(
        "INSERT OR IGNORE INTO affected SELECT user FROM enrollments WHERE teaches = 0"
    )
    scratch.connection.execute(
        "INSERT OR IGNORE INTO affected SELECT links.other FROM links"
        " JOIN users ON users.id = links.one WHERE users.kind & 6"
    )
    for ids in _batches(read, "SELECT id FROM users WHERE kind & 6 AND id > ? ORDER BY id LIMIT ?"):
        for external_id in students_of_guardians(session, ids):
            scratch.add("affected", (external_id,))
    return scratch.count("SELECT count(*) FROM affected")


def compare(session: Session, read: Read, schools: dict[str, str]) -> Iterator[Batch]:
    """What there is to do, batch by batch. ``schools``: our ids by the roster's."""
    no_guardians = read.manifest.mode is Mode.FULL and not _links_guardians(read)
    for ids in _batches(read, "SELECT id FROM affected WHERE id > ? ORDER BY id LIMIT ?"):
        said = what_is_said(session, read, ids, schools)
        batch = Batch(size=len(ids))
        for external_id in ids:
            _student(read, said, external_id, schools, batch, no_guardians=no_guardians)
        yield batch


def _links_guardians(read: Read) -> bool:
    """Whether any guardian is anybody's: a package without comes from a school that does not
    export them, or not whose they are."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM links JOIN users ON users.id = one WHERE kind & 6)"
        " OR EXISTS (SELECT 1 FROM links JOIN users ON users.id = other WHERE kind & 6)"
    )
    return bool(read.scratch.count(query))


def compare_absent(session: Session, read: Read, schools: Collection[str]) -> Iterator[Batch]:
    """Who is on record at the package's schools but not in it: they have left.

    Students of schools that the package doesn't name are another roster's business.
    """
    if read.manifest.mode is not Mode.FULL:
        return
    last = ""
    while True:
        query = (
            select(Student.id, Student.external_id, Student.school_id)
            .where(
                Student.id > last,
                Student.source == StudentSource.ROSTER,
                Student.external_id.is_not(None),
                Student.left_on.is_(None),
            )
            .order_by(Student.id)
            .limit(BATCH)
        )
        found = session.execute(query).all()
        if not found:
            return
        last = found[-1].id
        external_ids = [row.external_id for row in found]
        present = {
            one
            for [one] in read.scratch.rows_in(
                "SELECT id FROM affected WHERE id IN ({ids})", external_ids
            )
        }
        present |= read.unread["users"] | read.unread["roles"]
        gone = [
            row.id for row in found if row.external_id not in present and row.school_id in schools
        ]
        read.report.students[Outcome.LEFT] += len(gone)
        yield Batch(left=[(student_id, read.today) for student_id in gone])


def _batches(read: Read, query: str) -> Iterator[list[str]]:
    last = ""
    while found := [one for [one] in read.scratch.rows(query, last, BATCH)]:
        yield found
        last = found[-1]


def _student(
    read: Read, said: Said, external_id: str, schools: dict[str, str], batch: Batch,
    *, no_guardians: bool,
) -> None:  # fmt: skip
    before = said.before.get(external_id)
    line, gone, body = said.users.get(external_id, (0, False, {}))
    if gone:
        _leaves(read, before, batch, read.today)
        return
    problem = _unusable(said, external_id, before, schools)
    if problem is not None:
        read.report.reject(problem.file, problem.line, problem.reason)
        return
    if before is None and not body:
        return  # a delta's birth date or enrollment of somebody who is no student of ours
    enrollments, left_on = _enrollments(read, said, external_id, before)
    if left_on is not None:
        if before is None:
            read.report.note(_STUDENTS_FILE, line, "not taken in: every enrollment has ended")
        _leaves(read, before, batch, left_on)
        return
    guardians = None if no_guardians else guardians_after(read, said, external_id, before, line)
    after = _wanted(said, external_id, before, schools, guardians, enrollments)
    if not body and before is not None and not _is_back(said, external_id):
        # A guardian's new phone in a delta brings nobody back.
        after = replace(after, left_on=before.left_on)
    _count(read, Change(before, after), batch)


def _is_back(said: Said, external_id: str) -> bool:
    return any(ended is None for _, _, ended in said.enrollments.get(external_id, []))


def _leaves(read: Read, before: Recorded | None, batch: Batch, on: date) -> None:
    if before is None:
        return
    if before.left_on is not None:
        read.report.students[Outcome.UNCHANGED] += 1
        return
    read.report.students[Outcome.LEFT] += 1
    batch.left.append((before.id, on))


def _unusable(
    said: Said, external_id: str, before: Recorded | None, schools: dict[str, str]
) -> Problem | None:
    """Why a student can't be taken in as the package has them, or nothing."""
    born_at, birth = said.births.get(external_id, (0, {}))
    if "bad" in birth and (external_id in said.users or before is not None):
        return Problem("demographics.csv", born_at, birth["bad"])
    if external_id not in said.users:
        return None
    line, _, body = said.users[external_id]
    if "bad" in body:
        return Problem(_STUDENTS_FILE, line, body["bad"])
    if "birth" not in birth and before is None:
        reason = "there is no birthDate in demographics.csv for this student"
        return Problem(_STUDENTS_FILE, line, reason)
    if not any(org in schools for org in body["orgs"]) and (before is None or body["orgs"]):
        reason = "none of the student's orgs is a school of orgs.csv"
        return Problem(_STUDENTS_FILE, line, reason)
    return None


def _wanted(
    said: Said, external_id: str, before: Recorded | None, schools: dict[str, str],
    guardians: dict[str, GuardianFacts] | None, enrollments: dict[str, str] | None,
) -> Wanted:  # fmt: skip
    body = said.users[external_id][2] if external_id in said.users else None
    birth = said.births.get(external_id, (0, {}))[1].get("birth")
    if birth:
        birth_date = date.fromisoformat(birth)
    elif before is not None:
        birth_date = before.birth_date
    if body is None:
        if before is None:
            raise LookupError("neither side knows this student")
        return Wanted(
            external_id, before.school_id, before.name, birth_date, None, None, before.contacts,
            guardians, enrollments, None,
        )  # fmt: skip
    contacts = contacts_of(body)
    school_id = next((schools[org] for org in body["orgs"] if org in schools), None)
    if school_id is None and before is not None:
        school_id = before.school_id
    return Wanted(
        external_id=external_id,
        school_id=str(school_id),
        name=body["name"],
        birth_date=birth_date,
        language=body["language"],
        grade=body["grade"] or None,
        contacts=students_own(contacts, guardians, before),
        guardians=guardians,
        enrollments=enrollments,
        left_on=None,
        also=body["also"],
    )


def _enrollments(
    read: Read, said: Said, external_id: str, before: Recorded | None
) -> tuple[dict[str, str] | None, date | None]:
    """The classes they are in from now on; and, where every enrollment has ended, since when."""
    mode = read.manifest.files.get("enrollments")
    found = said.enrollments.get(external_id, [])
    if mode is None or (mode is Mode.DELTA and not found):
        return None, None
    ended = [date.fromisoformat(end) for _, _, end in found if end is not None]
    going = [(key, class_key) for key, class_key, end in found if end is None]
    after = {key: said.classes[class_key] for key, class_key in going if class_key in said.classes}
    if mode is Mode.DELTA and before is not None:
        over = {key for key, _, end in found if end is not None}
        kept = {key: one for key, one in before.enrollments.items() if key not in over}
        after = kept | after
        if kept:
            return after, None
    if going or not ended or external_id in read.unread["enrollments"]:
        return after, None
    return after, max(ended)


def _count(read: Read, change: Change, batch: Batch) -> None:
    outcome = Outcome.UNCHANGED
    if change.before is None:
        outcome = Outcome.ADDED
    elif change.before.left_on is not None and change.after.left_on is None:
        outcome = Outcome.RETURNED
    elif differs(change.before, change.after):
        outcome = Outcome.CHANGED
    read.report.students[outcome] += 1
    guardians = change.after.guardians
    if guardians is None and change.before is not None:
        read.report.count_guardians(len(change.before.guardians))
    else:
        read.report.count_guardians(len(guardians or ()))
    if outcome is not Outcome.UNCHANGED:
        batch.changes.append(change)


def differs(before: Recorded, after: Wanted) -> bool:
    """Whether applying would change anything."""
    return (
        (before.school_id, before.name, before.birth_date, before.contacts)
        != (after.school_id, after.name, after.birth_date, after.contacts)
        or (after.language is not None and after.language != before.language)
        or (after.grade is not None and after.grade != before.grade)
        or (after.enrollments is not None and after.enrollments != before.enrollments)
        or (after.guardians is not None and _guardians_differ(before, after.guardians))
    )


def _guardians_differ(before: Recorded, after: Mapping[str, GuardianFacts]) -> bool:
    known = {one.external_id or f"#{one.id}": one.facts for one in before.guardians}
    return known != dict(after)
