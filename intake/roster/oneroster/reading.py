"""From rows to facts: each file is read once, checked, and kept in the scratch.

Two kinds of fault: a row that can't be used is left out and reported; what makes the package
doubtful as a whole (the same id twice, circles among schools or people) refuses all of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import IntFlag
from typing import Any

from forms.choices import ContactKind
from intake.roster.oneroster import cells
from intake.roster.oneroster.cells import BadCell
from intake.roster.oneroster.csv_text import RaggedRow, Row, encoding_of, rows
from intake.roster.oneroster.manifest import Manifest
from intake.roster.oneroster.package import Package
from intake.roster.oneroster.report import Problem, Report, RosterRefused
from intake.roster.oneroster.scratch import Scratch

NormalContact = Callable[[ContactKind, str], str | None]
"""A phone number or address as consents compare it, or nothing where it can't be one."""
_MOST_FAULTS = 20
_LANGUAGES = (
    "metadata.language", "metadata.homeLanguage", "metadata.primaryLanguage",
    "metadata.preferredLanguage", "metadata.contactLanguage", "language",
)  # fmt: skip


class Kind(IntFlag):
    """What a user is; one person may be several."""

    NOBODY = 0
    STUDENT = 1
    PARENT = 2
    GUARDIAN = 4
    OTHER = 8
    FORMER = 16
    """A student whose role has ended (1.2)."""


_KINDS = {"student": Kind.STUDENT, "parent": Kind.PARENT, "guardian": Kind.GUARDIAN}
"""A ``relative`` is no guardian by that alone: 34 CFR 99.3 names who may sign."""

COLUMNS = {
    "orgs": ("sourcedId", "name", "type"),
    "academicSessions": ("sourcedId",),
    "classes": ("sourcedId", "title", "schoolSourcedId"),
    "users": ("sourcedId", "givenName", "familyName"),
    "roles": ("sourcedId", "userSourcedId", "role", "orgSourcedId"),
    "demographics": ("sourcedId", "birthDate"),
    "enrollments": ("sourcedId", "classSourcedId", "userSourcedId", "role"),
}
"""What is needed of each file; users.csv of 1.1 also needs ``role`` and ``orgSourcedIds``."""


_OWNER = {"users": "sourcedId", "roles": "userSourcedId", "enrollments": "userSourcedId"}
"""Whose a row is."""


@dataclass(frozen=True, slots=True)
class Org:
    """A school (or what is above one) of the package."""

    line: int
    name: str
    is_school: bool
    parent: str


@dataclass(slots=True)
class Read:
    """A package as read: what is small here, what is large in the scratch."""

    manifest: Manifest
    scratch: Scratch
    report: Report
    today: date
    contact: NormalContact
    orgs: dict[str, Org] = field(default_factory=dict)
    sessions: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """Line, parent and school year, by id."""
    faults: list[Problem] = field(default_factory=list)
    unread: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in _OWNER})
    """By file: users of whom a row was left out. They are there, though not all of it is known:
    nothing ends by that."""

    def fault(self, row: Row, reason: str) -> None:
        """Something that refuses the package; the first few are named together."""
        self.faults.append(Problem(row.file, row.line, reason))
        if len(self.faults) >= _MOST_FAULTS:
            raise RosterRefused(self.faults)


def read_package(package: Package, encoding: str | None, read: Read) -> None:
    """Read every file that the manifest names. Raises RosterRefused."""
    for name, reader in _READERS.items():
        if name not in read.manifest.files:
            continue
        file = f"{name.lower()}.csv"
        found = encoding_of(package, file, encoding)
        read.report.encodings[package.names()[file]] = found
        for row in _whole(read, name, rows(package, file, found, _columns(name, read.manifest))):
            try:
                reader(read, row)
            except BadCell as error:
                _leave_out(read, name, row, str(error))
    if read.faults:
        raise RosterRefused(read.faults)


def _columns(name: str, manifest: Manifest) -> tuple[str, ...]:
    if name == "users" and "roles" not in manifest.files:
        return (*COLUMNS[name], "role", "orgSourcedIds")
    return COLUMNS[name]


def _whole(read: Read, name: str, found: Iterator[Row | RaggedRow]) -> Iterator[Row]:
    for row in found:
        if isinstance(row, Row):
            yield row
        else:
            _leave_out(read, name, row, row.reason)


def _leave_out(read: Read, name: str, row: Row | RaggedRow, reason: str) -> None:
    read.report.reject(row.file, row.line, reason)
    if name in _OWNER:
        read.unread[name].add(row[_OWNER[name]])


def _add(read: Read, row: Row, table: str, *values: Any) -> None:
    if not read.scratch.add(table, values):
        read.fault(row, "a sourcedId that another line has too")


def _org(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    if key in read.orgs:
        read.fault(row, "a sourcedId that another line has too")
        return
    if cells.is_to_be_deleted(row["status"]):
        return
    name = cells.full_name([row["name"]])
    parent = row["parentSourcedId"]
    read.orgs[key] = Org(row.line, name, row["type"].lower() == "school", parent)


def _session(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    if key in read.sessions:
        read.fault(row, "a sourcedId that another line has too")
        return
    for column in ("startDate", "endDate"):
        cells.day(row[column], column)
    read.sessions[key] = (row.line, row["parentSourcedId"], row["schoolYear"][:20])


def _class(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    gone = cells.is_to_be_deleted(row["status"])
    terms = cells.id_list(row["termSourcedIds"])
    years = [read.sessions[term][2] for term in terms if term in read.sessions]
    body = {
        "title": row["title"][:200],
        "homeroom": row["classType"].lower() == "homeroom",
        "year": years[0] if years else "",
    }
    school = row["schoolSourcedId"]
    _add(read, row, "classes", key, row.line, gone, school, read.scratch.seal(body))


def _role(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    user = cells.sourced_id(row["userSourcedId"], "userSourcedId")
    ended = cells.day(row["endDate"], "endDate")
    kind = _KINDS.get(row["role"].lower(), Kind.OTHER)
    if cells.is_to_be_deleted(row["status"]) or (ended is not None and ended < read.today):
        kind = Kind.FORMER if kind is Kind.STUDENT else Kind.NOBODY
    is_primary = row["roleType"].lower() == "primary"
    _add(read, row, "roles", user, int(kind), row["orgSourcedId"], is_primary, key)


def _user(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    kind, orgs = _kind_and_orgs(read, row, key)
    gone = cells.is_to_be_deleted(row["status"])
    body: dict[str, Any] = {"orgs": orgs}
    try:
        body["name"] = cells.full_name([row["givenName"], row["middleName"], row["familyName"]])
        body["also"] = _preferred(row)
    except BadCell as error:
        body["bad"] = str(error)
    if kind is Kind.FORMER:
        read.report.note(row.file, row.line, "not taken in: every role as a student has ended")
    if kind & (Kind.STUDENT | Kind.PARENT | Kind.GUARDIAN):
        body["grade"] = (cells.id_list(row["grades"]) or [""])[0][:20]
        body["language"] = _language(row)
        body["contacts"] = _contacts(read, row)
        body["lists"] = bool(row["agentSourcedIds"])
        _links(read, row, key)
    elif row["role"].lower() == "relative":
        read.report.note(row.file, row.line, "a relative: not counted among those who may sign")
    _add(read, row, "users", key, row.line, int(kind), gone, read.scratch.seal(body))


def _kind_and_orgs(read: Read, row: Row, key: str) -> tuple[Kind, list[str]]:
    """1.1 says it in users.csv, 1.2 in roles.csv."""
    if "roles" not in read.manifest.files:
        return _KINDS.get(row["role"].lower(), Kind.OTHER), cells.id_list(row["orgSourcedIds"])
    kind, orgs = Kind.NOBODY, [row["primaryOrgSourcedId"]]
    found = read.scratch.rows(
        "SELECT kind, org FROM roles WHERE user = ? ORDER BY is_primary DESC, id", key
    )
    for one, org in found:
        kind |= Kind(one)
        if Kind(one) is Kind.STUDENT:
            orgs.append(org)
    return kind, [org for org in orgs if org]


def _preferred(row: Row) -> str:
    """Another name by which the student is found; the record keeps the legal one."""
    parts = [row["preferredGivenName"], row["preferredMiddleName"], row["preferredFamilyName"]]
    try:
        return cells.full_name(parts)
    except BadCell:
        return ""


def _language(row: Row) -> str | None:
    for column in _LANGUAGES:
        found = cells.language(row[column])
        if found:
            return found
    return None


def _contacts(read: Read, row: Row) -> list[list[str]]:
    found: list[list[str]] = []
    for column, kind in (
        ("sms", ContactKind.PHONE), ("phone", ContactKind.PHONE), ("email", ContactKind.EMAIL),
    ):  # fmt: skip
        if not row[column]:
            continue
        value = read.contact(kind, row[column])
        if value is None:
            read.report.note(row.file, row.line, f"{column} can't be used, and is left out")
        elif [kind.value, value] not in found:
            found.append([kind.value, value])
    return found


def _links(read: Read, row: Row, key: str) -> None:
    for other in cells.id_list(row["agentSourcedIds"]):
        if other == key:
            read.fault(row, "agentSourcedIds names the person themselves")
        read.scratch.add("links", (key, other, row.line))


def _birth(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    gone = cells.is_to_be_deleted(row["status"])
    body: dict[str, Any] = {}
    if not gone:
        try:
            body["birth"] = cells.birth_date(row["birthDate"], read.today).isoformat()
        except BadCell as error:
            body["bad"] = str(error)
    _add(read, row, "births", key, row.line, read.scratch.seal(body))


def _enrollment(read: Read, row: Row) -> None:
    key = cells.sourced_id(row["sourcedId"])
    user = cells.sourced_id(row["userSourcedId"], "userSourcedId")
    cells.day(row["beginDate"], "beginDate")
    ended = cells.day(row["endDate"], "endDate")
    if cells.is_to_be_deleted(row["status"]):
        ended = ended if ended is not None and ended < read.today else read.today
    elif ended is not None and ended >= read.today:
        ended = None
    role = row["role"].lower()
    teaches = 0 if role != "teacher" else 2 if row["primary"].lower() == "true" else 1
    if role not in {"student", "teacher"}:
        return
    _add(
        read, row, "enrollments", key, user, row["classSourcedId"], teaches,
        ended.isoformat() if ended else None, row.line,
    )  # fmt: skip


_READERS: dict[str, Callable[[Read, Row], None]] = {
    "orgs": _org,
    "academicSessions": _session,
    "classes": _class,
    "roles": _role,  # before users: it says what they are
    "users": _user,
    "demographics": _birth,
    "enrollments": _enrollment,
}
