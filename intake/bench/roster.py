"""Importing a district's roster: time, memory, and the size of the lock it holds."""

import csv
import resource
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from intake.clock import now
from intake.config import Settings
from intake.db.engine import Database
from intake.matching.importing import Options, import_and_link
from intake.roster.oneroster.report import Report
from intake.schema import upgrade

_GIVEN = (
    "Emma", "Mateo", "يوسف", "Naw Paw", "Ayaan", "မောင်ကောင်း", "सुमन", "Xamdi", "Amani", "آرش",
    "Élodie", "Liam", "Olivia", "Noah", "Lucía", "Hsar", "Ahmed", "Fatima", "José", "Grace",
)  # fmt: skip
_FAMILY = (
    "Johnson", "Hernández Ruiz", "الحسن", "Htoo", "Warsame", "ထက်", "राई", "Axmed Cali", "Mwamba",
    "رضایی", "Mukendi", "Smith", "Garcia", "Nguyen", "Peña", "Moo", "Karimi", "Ali", "Ortiz", "Lee",
)  # fmt: skip
_SCHOOL_SIZE = 500
_CLASSES = 6


def write_roster(folder: Path, students: int, *, seed: int = 1) -> None:
    """A whole OneRoster 1.1 package with two guardians and six classes a student."""
    random = Random(seed)
    schools = max(students // _SCHOOL_SIZE, 1)
    folder.mkdir(parents=True, exist_ok=True)
    names = ("orgs", "users", "demographics", "classes", "enrollments")
    manifest = [("manifest.version", "1.0"), ("oneroster.version", "1.1")]
    _write(folder, "manifest", ("propertyName", "value"),
           manifest + [(f"file.{name}", "bulk") for name in names])  # fmt: skip
    _write(folder, "orgs", ("sourcedId", "name", "type"),
           ((f"o{n}", f"School {n}", "school") for n in range(schools)))  # fmt: skip
    _write(folder, "classes", ("sourcedId", "title", "classType", "schoolSourcedId"),
           ((f"c{n}-{k}", f"Room {k}", "homeroom" if k == 0 else "scheduled", f"o{n}")
            for n in range(schools) for k in range(_CLASSES * 4)))  # fmt: skip
    _write(folder, "users",
           ("sourcedId", "orgSourcedIds", "role", "givenName", "familyName", "email", "sms",
            "agentSourcedIds", "grades"), _users(random, students, schools))  # fmt: skip
    births = ((f"s{n}", date(2008, 1, 1) + timedelta(days=random.randrange(4000)))
              for n in range(students))  # fmt: skip
    _write(folder, "demographics", ("sourcedId", "birthDate"), births)
    _write(folder, "enrollments", ("sourcedId", "classSourcedId", "userSourcedId", "role"),
           ((f"e{n}-{k}", f"c{n % schools}-{k + _CLASSES * (n % 4)}", f"s{n}", "student")
            for n in range(students) for k in range(_CLASSES)))  # fmt: skip


def _users(random: Random, students: int, schools: int) -> Any:
    for n in range(students):
        family, school = random.choice(_FAMILY), f"o{n % schools}"
        yield (f"s{n}", school, "student", random.choice(_GIVEN), family, "", "",
               f"g{n}a,g{n}b", f"{n % 12 + 1:02}")  # fmt: skip
        for which, role in (("a", "parent"), ("b", "guardian")):
            phone = f"801{random.randrange(2_000_000, 9_999_999):07}"
            yield (f"g{n}{which}", school, role, random.choice(_GIVEN), family,
                   f"family{n}{which}@example.org", phone, "", "")  # fmt: skip


def _write(folder: Path, name: str, header: tuple[str, ...], rows: Any) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def bench_roster(settings: Settings, database: Database, folder: Path, students: int) -> Any:
    """Dry run, import, and import again of the same; seconds, and the process's peak in MB.

    Memory is the whole process's highest so far: in a process of its own it is the import's.
    """
    upgrade(database)
    before = _peak()
    write_roster(folder, students)
    figures: dict[str, Any] = {"students": students, "peak_mb_before": before}
    for name, apply in (("dry_run", False), ("import", True), ("again", True)):
        started = time.perf_counter()
        result = import_and_link(
            database, settings, folder, Options(), at=now(), apply=apply, tell=_quiet
        )
        figures[name] = {
            "seconds": round(time.perf_counter() - started, 1),
            "peak_mb": _peak(),
            "students": _counts(result.report),
        }
    return figures


def _counts(report: Report) -> dict[str, int]:
    return {outcome.value: number for outcome, number in report.students.items() if number}


def _quiet(_done: int, _total: int) -> None:
    pass


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
