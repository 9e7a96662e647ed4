"""A database, a place for packages, and an import as the command makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from forms.choices import ContactKind, Relationship
from intake.db.engine import Database
from intake.matching.importing import contact_reader
from intake.roster.model import Contact, Guardian, School, Student
from intake.roster.oneroster.importing import Options, import_roster
from intake.roster.oneroster.report import Problem, Report, RosterRefused
from intake.roster.students import is_contact_on_record
from tests.roster.oneroster.sample import Files, folder, texts

TODAY = date(2026, 11, 23)


@dataclass
class Importer:
    """Imports packages into one database; each call writes the package anew."""

    database: Database
    place: Path
    at: datetime
    births: dict[str, date] = field(default_factory=dict)
    count: int = 0

    def __call__(self, files: Files, *, today: date = TODAY, **more: Any) -> Report:
        written = {key: more.pop(key) for key in ("mode", "version") if key in more}
        return self.package(self.written(texts(files, **written)), today=today, **more)

    def written(self, made: Mapping[str, str | bytes]) -> Path:
        self.count += 1
        return folder(self.place / f"package-{self.count}", made)

    def package(
        self, path: Path, *, today: date = TODAY, apply: bool = True, **options: Any
    ) -> Report:
        return import_roster(
            self.database,
            path,
            Options(**options),
            contact=contact_reader("US"),
            at=self.at,
            today=today,
            apply=apply,
            follow=lambda _session, births: self.births.update(births),
        )

    def student(self, key: str) -> Student:
        with self.database.read() as session:
            return session.scalars(select(Student).where(Student.external_id == key)).one()

    def students(self) -> dict[str, Student]:
        with self.database.read() as session:
            found = session.scalars(select(Student)).all()
        return {str(one.external_id): one for one in found}

    def guardians(self, key: str) -> dict[str, Relationship]:
        student = self.student(key)
        with self.database.read() as session:
            query = select(Guardian).where(Guardian.student_id == student.id)
            return {one.name: one.relationship_kind for one in session.scalars(query)}

    def contacts(self, key: str) -> set[tuple[str, bool]]:
        """Each contact, and whether it is a guardian's."""
        student = self.student(key)
        with self.database.read() as session:
            query = select(Contact).where(Contact.student_id == student.id)
            return {(one.value, one.guardian_id is not None) for one in session.scalars(query)}

    def is_on_record(self, key: str, phone: str) -> bool:
        student = self.student(key)
        with self.database.read() as session:
            return is_contact_on_record(
                session, student.id, ContactKind.PHONE, phone, relationship=Relationship.PARENT
            )


def refused(importer: Importer, path: Path, **options: object) -> list[Problem]:
    """The problems with which a package is refused; and nothing of it is in the database."""
    with pytest.raises(RosterRefused) as raised:
        importer.package(path, **options)  # type: ignore[arg-type]
    with importer.database.read() as session:
        assert session.scalars(select(School.id)).all() == []
        assert session.scalars(select(Student.id)).all() == []
    return raised.value.problems


@pytest.fixture
def importer(database: Database, tmp_path: Path, now: datetime) -> Importer:
    return Importer(database, tmp_path, now)
