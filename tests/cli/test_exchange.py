"""A translation on its way to a translator and back, by the command line."""

from pathlib import Path

import pytest

from forms.document import load
from tests.cli.conftest import Run


@pytest.fixture
def sent(run: Run, tmp_path: Path) -> Path:
    """The Spanish waiver for a translator's tool."""
    out = tmp_path / "es.xlf"
    assert run("forms", "export", "ferpa_waiver", "--language", "es", "--out", str(out)).status == 0
    return out


def test_a_file_that_comes_back_unchanged_changes_nothing(run: Run, sent: Path) -> None:
    path = load("ferpa_waiver").path("es")
    before = path.read_bytes()
    ran = run("forms", "import", str(sent))
    assert (ran.status, ran.err) == (0, "")
    assert path.read_bytes() == before


def test_a_fault_is_said_in_lines_and_nothing_is_written(run: Run, sent: Path) -> None:
    path = load("ferpa_waiver").path("es")
    before = path.read_bytes()
    sent.write_text(sent.read_text("utf-8").replace("Firmar es", "Fіrmar es"), "utf-8")
    ran = run("forms", "import", str(sent))
    assert ran.status == 2
    assert "blocks.voluntary has 'і' outside parentheses: Cyrillic" in ran.err
    assert "nothing was written" in ran.err
    assert path.read_bytes() == before


def test_what_is_no_xliff_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "other.xlf"
    file.write_text("hello")
    ran = run("forms", "import", str(file))
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "no XML" in ran.err


@pytest.mark.parametrize("code", ["en", "xx"])
def test_there_is_no_export_into_english_or_an_unknown_language(
    run: Run, tmp_path: Path, code: str
) -> None:
    out = tmp_path / "x.xlf"
    ran = run("forms", "export", "ferpa_waiver", "--language", code, "--out", str(out))
    assert ran.status == 2
    assert not out.exists()
