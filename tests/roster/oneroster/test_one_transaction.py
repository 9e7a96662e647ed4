"""An import is whole or not at all, and alone."""

import threading

import pytest
from sqlalchemy import text

from intake.roster.oneroster.importing import IMPORT_LOCK, ImportRunning
from intake.roster.oneroster.report import Outcome
from tests.roster.oneroster.conftest import Importer
from tests.roster.oneroster.sample import district, row


def test_a_fault_at_the_very_end_leaves_nothing_behind(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Applied in one transaction: the last of it fails, and all of it is gone."""
    files = district()
    importer_follow = importer.births

    def fail(_births: object) -> None:
        raise RuntimeError("the disk is full")

    importer(files)
    monkeypatch.setattr(importer, "births", type("Births", (), {"update": staticmethod(fail)})())
    row(files, "demographics", "s-1")["birthDate"] = "2014-01-01"
    row(files, "users", "s-2")["grades"] = "07"
    with pytest.raises(RuntimeError):
        importer(files)
    assert importer_follow == {}
    assert importer.student("s-2").grade == "06"


def test_two_imports_at_once_do_not_mix(importer: Importer) -> None:
    """On PostgreSQL the second is refused; on SQLite it waits for the first."""
    database = importer.database
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.begin() as session:
            if database.is_postgresql:
                query = text("SELECT pg_advisory_xact_lock(:key)")
                session.execute(query, {"key": IMPORT_LOCK})
            holding.set()
            release.wait(20)

    first = threading.Thread(target=hold)
    first.start()
    holding.wait(10)
    if database.is_postgresql:
        with pytest.raises(ImportRunning):
            importer(district())
        release.set()
        first.join()
        return
    threading.Timer(0.5, release.set).start()
    assert importer(district()).students[Outcome.ADDED] == 3
    assert release.is_set()
    first.join()
