"""``intake campaigns``: what the pages do, for scripts; errors are one line with the fix."""

import json
from pathlib import Path

import pytest

from intake.accounts.model import Role
from intake.accounts.staff import add_staff
from intake.campaigns.planning import plan_due
from intake.campaigns.sending import send_due
from intake.clock import now
from intake.demo.sample import FAMILIES
from intake.installation import Installation
from tests.cli.conftest import AT, Run

AS = ("--as", "dana@example.org")


@pytest.fixture
def empty_database_url(tmp_path: Path) -> str:
    """Commands are the same on both engines: one is enough here."""
    return f"sqlite:///{tmp_path / 'intake.db'}"


@pytest.fixture
def office(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("INTAKE_QUIET_HOURS", "none")
    monkeypatch.setenv("INTAKE_QUIET_DAYS", "none")
    with installed.database.begin() as session:
        for email, role in (("dana", Role.COORDINATOR), ("rosa", Role.APPROVER)):
            add_staff(
                session, email=f"{email}@example.org", name=email, roles=[role],
                password="marble tent quick fox", at=AT,
            )  # fmt: skip
    return installed


def test_a_campaign_by_command_from_draft_to_letters(
    office: Installation, run: Run, tmp_path: Path
) -> None:
    made = json.loads(run("campaigns", "create", "Autumn", *AS, "--json").out)
    assert made["students"] == len(FAMILIES) - 1, "Emma's mother has answered"
    assert made["answered"] == 1
    assert sum(ways["sms"] for ways in made["ways"].values()) == len(FAMILIES) - 1
    assert float(made["cost"]["with_reminders"]) > float(made["cost"]["first"]) > 0
    assert json.loads(run("campaigns", "preview", made["id"], "--json").out)["ways"] == made["ways"]

    started = run("campaigns", "start", made["id"], "--yes", *AS, "--json")
    assert json.loads(started.out)["state"] == "running"
    plan_due(office.database, office.settings, at=now())
    for action, state in (("pause", "paused"), ("resume", "running")):
        assert json.loads(run("campaigns", action, made["id"], *AS, "--json").out)["state"] == state
    shown = json.loads(run("campaigns", "show", made["id"], "--json").out)
    assert shown["standings"]["waiting"] == len(FAMILIES) - 1
    nothing = run("campaigns", "letters", made["id"], "--folder", str(tmp_path / "out"), *AS)
    assert nothing.out == "There is nothing to print.\n"
    assert json.loads(run("campaigns", "stop", made["id"], *AS, "--json").out)["state"] == "stopped"
    [listed] = json.loads(run("campaigns", "list", "--json").out)
    assert (listed["name"], listed["standings"]["cancelled"]) == ("Autumn", len(FAMILIES) - 1)
    assert send_due(office.database, office.settings, at=now()) == 0


def test_letters_are_written_a_file_for_each_class(
    office: Installation, run: Run, tmp_path: Path
) -> None:
    wanted = ("--way", "letter", "--school", "riverside", "--language", "ar")
    made = json.loads(run("campaigns", "create", "Letters", *wanted, *AS, "--json").out)
    assert run("campaigns", "start", made["id"], "--yes", *AS).status == 0
    plan_due(office.database, office.settings, at=now())
    letters = ("campaigns", "letters", made["id"], "--folder", str(tmp_path / "out"), *AS, "--json")
    [file] = json.loads(run(*letters).out)
    assert Path(file["file"]).read_bytes().startswith(b"%PDF-")
    assert Path(file["file"]).name == "0001-Riverside-Elementary-School-no-class.pdf"
    assert json.loads(run(*letters).out) == []
    assert len(json.loads(run(*letters, "--again").out)) == 1


def test_mistakes_are_one_line_that_names_the_fix(office: Installation, run: Run) -> None:
    made = json.loads(run("campaigns", "create", "Autumn", *AS, "--json").out)["id"]
    run("campaigns", "start", made, "--yes", *AS)
    for arguments, line in (
        (("show", "none"), "there is no campaign none: `intake campaigns list` shows them"),
        (("start", made, "--yes", *AS), "this campaign is running already"),
        (("preview", made), f"this campaign is running: `intake campaigns show {made}`"),
        (("resume", made, *AS), f"the campaign is running: `intake campaigns show {made}`"),
        (
            ("pause", made, "--as", "nobody@example.org"),
            "there is no staff account nobody@example.org: `intake staff list` shows them",
        ),
        (
            ("pause", made, "--as", "rosa@example.org"),
            "the account rosa@example.org may not run campaigns: it needs the role coordinator",
        ),
        (("create", "A", "--reminder", "60", *AS),
         "reminders come 1 to 50 days after the first message"),
        (("create", "A", "--school", "no", *AS),
         "there is no school 'no': `intake partners list` shows them"),
    ):  # fmt: skip
        ran = run("campaigns", *arguments)
        assert (ran.status, ran.err) == (2, f"intake: {line}\n")
