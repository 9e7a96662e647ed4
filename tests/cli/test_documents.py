"""Publishing from the command line, and an installation whose signed texts were changed."""

import json
from pathlib import Path

import pytest

from intake.accounts.staff import add_staff
from intake.installation import Installation
from tests.cli.conftest import AT, Run
from tests.documents.trees import NEWER, use_tree
from tests.staff import EVERY_ROLE


@pytest.fixture
def empty_database_url(tmp_path: Path) -> str:
    """One engine is enough: the commands are the same, and their SQL is tested elsewhere."""
    return f"sqlite:///{tmp_path / 'intake.db'}"


def test_a_draft_is_listed_and_published(
    installed: Installation, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_tree(monkeypatch, tmp_path, draft=True)
    with installed.database.begin() as session:
        add_staff(
            session, email="dana@example.org", name="Dana Lee", password="marble tent quick fox",
            roles=EVERY_ROLE, at=AT,
        )  # fmt: skip
    states = {
        row["version"]: row["state"] for row in json.loads(run("documents", "list", "--json").out)
    }
    assert states == {"2026-1": "in force", NEWER: "draft"}

    publish = ("documents", "publish", "ferpa_waiver", "--by", "dana@example.org")
    past = run(*publish, "--from", "2020-01-01")
    assert (past.status, "its first day is over" in past.err) == (2, True)
    stranger = run(*publish[:-1], "who@example.org")
    assert (stranger.status, "no staff account" in stranger.err) == (2, True)
    assert run(*publish).out.startswith(f"Published: ferpa_waiver {NEWER}, in force from ")
    again = run(*publish)
    assert (again.status, "nothing has changed" in again.err) == (2, True)
    listed = run("documents", "list").out
    assert "superseded" in listed
    assert "in force" in listed
    assert run("audit", "verify").status == 0


def test_nothing_starts_with_a_signed_text_that_was_changed(
    installed: Installation, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_tree(monkeypatch, tmp_path, changed="en")
    for command in ("worker", "serve"):
        refused = run(command)
        assert refused.status == 2
        assert refused.err.count("\n") == 1
        assert (
            "ferpa_waiver/2026-1/en.toml was changed or removed after people signed it"
            in refused.err
        )
    checked = run("forms", "check")
    assert checked.status == 1
    assert "ferpa_waiver/2026-1/en.toml was changed" in checked.out


def test_a_version_that_is_not_there_is_named_in_one_line(
    run: Run, installed: Installation
) -> None:
    asked = ("--language", "ar", "--name", "Naw Mu", "--qualification", "interpreter")
    ran = run("forms", "approve", "ferpa_waiver", *asked, "--version", "1999-1")
    assert ran.status == 2
    assert ran.err == "intake: ferpa_waiver has no version '1999-1'; there are: 2026-1\n"
    assert run("forms", "approve", "ferpa_waiver", *asked, "--version", "2026-1").status == 0
