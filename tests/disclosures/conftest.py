"""The scene on both engines."""

import pytest

from intake.db.engine import Database
from tests.disclosures.scene import Scene, set_scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return set_scene(database)
