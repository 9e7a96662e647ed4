"""Staff accounts from the command line."""

import json
import re

import pytest

from intake.config import settings_from
from intake.db.engine import Database
from intake.installation import open_database
from tests.cli.conftest import Run

pytestmark = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)

PASSWORD = "marble tent quick fox"
DANA, OMAR = "dana@example.org", "omar@example.org"


@pytest.fixture
def started(environ: dict[str, str], run: Run) -> Database:
    """An installation with its first administrator."""
    assert run("db", "upgrade").status == 0
    added = run(
        "staff", "add", DANA, "--name", "Dana", "--role", "administrator", typed=f"{PASSWORD}\n"
    )
    assert (added.status, added.out) == (0, "Added.\n"), added.err
    return open_database(settings_from(environ))


def test_an_account_from_its_invitation_to_its_end(started: Database, run: Run) -> None:
    as_auditor = ("--role", "auditor")
    invited = run("staff", "invite", OMAR, "--name", "Omar", "--show-link", *as_auditor)
    assert re.fullmatch(r"Invited\. http\S+/desk/invitation/\S{43}\n", invited.out), invited.err
    assert run("staff", "invite-again", OMAR).out == "Invited.\n"
    assert run("staff", "trained", OMAR, "2026-01-05").out == "Recorded.\n"
    assert run("staff", "roles", OMAR, "--role", "coordinator").out == "Changed.\n"
    assert run("staff", "disable", OMAR).out == "Disabled.\n"
    listed = {row["email"]: row for row in json.loads(run("staff", "list", "--json").out)}
    assert listed[DANA]["state"] == "open"
    assert (listed[OMAR]["state"], listed[OMAR]["roles"]) == ("disabled", ["coordinator"])
    assert listed[OMAR]["trained_on"] == "2026-01-05"
    assert run("staff", "enable", OMAR).out == "Enabled.\n"
    assert run("staff", "reset-second-step", DANA).out == "Reset.\n"
    assert DANA in run("staff", "list").out
    assert "access_changed" in run("staff", "history").out
    [newest, *_] = json.loads(run("staff", "history", OMAR, "--json").out)
    assert (newest["event"], newest["account"], newest["by"]) == ("enabled", OMAR, "system")
    assert run("audit", "verify").status == 0


MISTAKES = (
    (("disable", DANA), "give somebody else the role first"),
    (("roles", DANA, "--role", "auditor"), "give somebody else the role first"),
    (("disable", "nobody@example.org"), "`intake staff list`"),
    (("invite-again", DANA), "no invitation is needed"),
    (("invite", DANA, "--name", "D", "--role", "auditor"), "already"),
    (("invite", OMAR, "--name", "O", "--role", "front_desk"), "--school"),
    (("invite", OMAR, "--name", "O", "--role", "auditor", "--school", "X"), "no school"),
    (("trained", DANA, "2999-01-01"), "not come yet"),
)


def test_a_mistake_is_one_line_that_names_the_fix(started: Database, run: Run) -> None:
    for arguments, fix in MISTAKES:
        told = run("staff", *arguments)
        assert (told.status, told.out) == (2, "")
        assert fix in told.err
        assert told.err.count("\n") == 1
