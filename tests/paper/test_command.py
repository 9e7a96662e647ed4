"""``intake scan import``."""

import json
from pathlib import Path

import pytest

from intake.cli import scans
from intake.installation import Installation
from tests.cli.conftest import Run, environ, installed, no_settings, run
from tests.paper.tray import BLANK, FOREIGN, Page, read, scan

__all__ = ["environ", "installed", "no_settings", "run"]

REFUSED: Page = {"refused": "encrypted"}


@pytest.fixture(autouse=True)
def _fake_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "read_apart", read)


def test_every_page_is_in_the_table(installed: Installation, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "stack.pdf"
    file.write_bytes(scan([BLANK, FOREIGN]))
    told = run("scan", "import", str(file))
    assert (told.status, told.err) == (0, "")
    assert "2  pages" in told.out
    assert "From another programme" in told.out
    again = json.loads(run("scan", "import", str(file), "--json").out)
    assert (again["pages"], again["rejected"]) == (2, 2)
    assert again["files"][0]["taken_in_before"]


def test_a_file_that_could_not_be_read_is_named(
    installed: Installation, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "locked.pdf"
    file.write_bytes(scan([REFUSED]))
    told = run("scan", "import", str(file))
    assert told.status == 1
    assert "locked.pdf: could not be read (encrypted)" in told.out
