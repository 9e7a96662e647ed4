"""Cheap argon2 parameters: strength is the library's business, ours is what we do with it."""

import pytest
from argon2 import PasswordHasher

from intake.accounts.passwords import Passwords


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
