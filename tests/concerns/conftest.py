"""A partnership that is asked, and the staff who answer."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.staff import add_staff
from intake.concerns.asking import Asked, ask
from intake.concerns.history import concern_problems
from intake.concerns.model import FamilyQuestion
from intake.concerns.states import AnswerBy, QuestionKind
from intake.concerns.violations import Viewer
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.engine import Database
from intake.messages.contacts import Contact
from intake.messages.model import OutgoingMessage
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from tests.conftest import NOW, RING, ZONE
from tests.staff import EVERY_ROLE

PHONE = Contact.from_stored("phone:+18015550145")
TEXT = "သရၣ်၊ ယကွဲးနီၣ်လီၤအီၤသ့ဧါ"
COORDINATOR, GOVERNANCE = "coordinator@example.org", "board@example.org"


@dataclass
class Scene:
    """One database and the staff; a Monday afternoon at the schools."""

    database: Database
    staff: dict[str, Staff]
    settings: Any = field(
        default_factory=lambda: SimpleNamespace(
            demo=True,
            twilio=None,
            smtp_url=None,
            time_zone=ZONE,
            partnership="Promise Partnership",
            base_url="https://waivers.example.org",
            coordinator_emails=(COORDINATOR,),
            governance_emails=(GOVERNANCE,),
            question_answer_days=2,
            question_retention_days=365,
            violation_days=10,
        )
    )
    at: datetime = NOW

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)

    def ask(self, text: str = TEXT, *, address: str = "192.0.2.7", **facts: Any) -> FamilyQuestion:
        given: dict[str, Any] = {
            "kind": QuestionKind.QUESTION,
            "answer_by": AnswerBy.TEXT,
            "contact": PHONE,
            "language": "ksw",
            **facts,
        }
        with self.database.begin() as session:
            asked = Asked(text=text, **given)
            return ask(session, self.settings, asked, address=address, at=self.at)

    def question(self, question_id: str) -> FamilyQuestion:
        with self.database.read() as session:
            return session.get_one(FamilyQuestion, question_id)

    def actor(self, name: str) -> Actor:
        return Actor(ActorKind.STAFF, self.staff[name].id)

    def viewer(self, name: str, schools: SchoolScope = EVERY_SCHOOL) -> Viewer:
        return Viewer(self.staff[name].id, schools)

    def messages(self) -> list[OutgoingMessage]:
        with self.database.read() as session:
            query = select(OutgoingMessage).order_by(OutgoingMessage.created_at)
            return list(session.scalars(query))

    def problems(self) -> list[str]:
        with self.database.read() as session:
            return list(concern_problems(session))


@pytest.fixture
def scene(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Scene]:
    """On SQLite: for rules that no engine changes."""
    file = shutil.copy(migrated_sqlite, tmp_path / "concerns.db")
    database = Database(f"sqlite:///{file}", RING)
    yield _scene(database)
    database.dispose()


@pytest.fixture
def scene_on_both(database: Database) -> Scene:
    """On each engine: for what its SQL decides."""
    return _scene(database)


def _scene(database: Database) -> Scene:
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    staff = {}
    with database.begin() as session:
        for name in ("Dana", "Rosa", "Sam"):
            staff[name] = add_staff(
                session, roles=EVERY_ROLE, email=f"{name.lower()}@example.org", name=name,
                password="marble tent quick fox", at=NOW, passwords=cheap,
            )  # fmt: skip
    return Scene(database, staff)
