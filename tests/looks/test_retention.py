"""The worker forgets looks when their time is over, and not before a year."""

import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake import clock
from intake.accounts.model import Role
from intake.config import SettingsError, settings_from
from intake.demo.run import demo_environ
from intake.installation import open_installation
from intake.looks.chain import Occasion, Subject, Viewer, record_looks
from intake.looks.model import Look, LookBasis, LookKind
from intake.roster.scope import EVERY_SCHOOL
from intake.worker import Worker


@pytest.fixture
def environ(tmp_path: Path, migrated_sqlite: Path) -> dict[str, str]:
    shutil.copy(migrated_sqlite, tmp_path / "intake.db")
    return demo_environ(tmp_path, port=8000, at=clock.now())


def test_the_worker_forgets_looks_after_the_days_of_the_setting(environ: dict[str, str]) -> None:
    found = open_installation(settings_from({**environ, "INTAKE_ACCESS_RECORD_DAYS": "365"}))
    ann = Viewer("ann", Role.FRONT_DESK, EVERY_SCHOOL)
    with found.database.begin() as session:
        for days in (400, 366, 364, 0):
            at = clock.now() - timedelta(days=days)
            occasion = Occasion("desk.waiver", LookKind.READ, LookBasis.SERVING, at)
            record_looks(session, ann, occasion, [Subject("emma")])
    worker = Worker(found, {})
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    deadline, kept = time.monotonic() + 10, [0]
    while kept != [3, 4] and time.monotonic() < deadline:
        time.sleep(0.05)
        with found.database.read() as session:
            kept = list(session.scalars(select(Look.sequence).order_by(Look.sequence)))
    worker.stop()
    running.join(30)
    found.database.dispose()
    assert kept == [3, 4]


def test_less_than_a_year_is_no_record(environ: dict[str, str]) -> None:
    assert settings_from(environ).access_record_days == 6 * 365
    with pytest.raises(SettingsError, match="INTAKE_ACCESS_RECORD_DAYS must be 365 or more"):
        settings_from({**environ, "INTAKE_ACCESS_RECORD_DAYS": "30"})
