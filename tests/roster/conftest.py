"""A school and helpers to fill it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from intake.db.engine import Database
from intake.roster.model import School, Student
from intake.roster.students import add_school, add_student

AddStudent = Callable[..., Student]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.begin() as session:
        yield session


@pytest.fixture
def school(session: Session) -> School:
    return add_school(session, "Granite Park Junior High")


@pytest.fixture
def enrol(session: Session, school: School, now: datetime) -> AddStudent:
    """Put a student with this name on the roster."""

    def add(name: str, birth_date: date = date(2012, 5, 4), **more: object) -> Student:
        values: dict[str, object] = {"school": school, **more}
        return add_student(session, name=name, birth_date=birth_date, at=now, **values)  # type: ignore[arg-type]

    return add
