"""A tray on each database."""

from datetime import datetime
from pathlib import Path

import pytest

from intake.db.engine import Database
from tests.paper.tray import Tray, tray_on


@pytest.fixture
def tray(database: Database, tmp_path: Path, now: datetime) -> Tray:
    return tray_on(database, tmp_path, now)
