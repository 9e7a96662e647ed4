"""Cheap argon2 parameters: strength is the library's business, ours is what we do with it."""

from datetime import datetime

import pytest
from argon2 import PasswordHasher

from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.staff import add_staff
from intake.db.engine import Database
from tests.staff import EVERY_ROLE

EMAIL = "rosa@example.org"
PASSWORD = "marble tent quick fox"


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def rosa(database: Database, passwords: Passwords, now: datetime) -> Staff:
    with database.begin() as session:
        return add_staff(
            session,
            roles=EVERY_ROLE,
            email=EMAIL,
            name="Rosa",
            password=PASSWORD,
            at=now,
            passwords=passwords,
        )
