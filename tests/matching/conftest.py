"""The scene of decisions (Emma, her mother's yes, a tutor who may know), and typed students."""

from datetime import date

import pytest
from sqlalchemy import select

from intake.consents.holds import hold_differences
from intake.consents.ledger import SYSTEM, check_chain
from intake.consents.projection import differences, rebuild
from intake.db.engine import Database
from intake.disclosures.listing import disclosure_differences
from intake.matching.merge import merge_students
from intake.roster.model import School, Student
from intake.roster.students import typed_student
from tests.conftest import NOW
from tests.disclosures.scene import BORN, DAY, Scene, set_scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return set_scene(database)


def type_student(scene: Scene, name: str = "Emma Jonson", birth_date: date = BORN) -> str:
    """As a family writes it, who is not found on the roster."""
    with scene.database.begin() as session:
        school = session.get_one(School, scene.school_id)
        made = typed_student(session, school=school, name=name, birth_date=birth_date, at=NOW)
        return made.id


def merge(scene: Scene, typed_id: str) -> None:
    """Join them, and check that every table still says what the ledger says."""
    with scene.database.begin() as session:
        merge_students(
            session, typed_id, scene.student_id, reasons=["name_variant"], actor=SYSTEM, at=NOW,
            due_at=NOW + 2 * DAY,
        )  # fmt: skip
    assert_true_to_the_ledger(scene)


def assert_true_to_the_ledger(scene: Scene) -> None:
    """The chain, the state and the holds; and that rebuilding would change nothing."""
    with scene.database.begin() as session:
        assert list(check_chain(session)) == []
    with scene.database.begin() as session:
        found = [*differences(session), *hold_differences(session)]
        assert [*found, *disclosure_differences(session)] == []
        assert rebuild(session) == 0


def student(scene: Scene, student_id: str) -> Student:
    with scene.database.read() as session:
        return session.scalars(select(Student).where(Student.id == student_id)).one()
