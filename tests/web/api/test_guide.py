"""docs/api.md and docs/operating.md, followed."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from intake.accounts.model import ApiClient
from intake.cli.commands import intake
from intake.db.engine import Database
from intake.disclosures.model import Disclosure
from intake.partners.importing import import_partners
from intake.roster.model import School
from intake.roster.students import add_school
from intake.web.api.decision_shapes import DecisionAnswer, DecisionRequest
from intake.web.api.shapes import read
from tests.conftest import NOW
from tests.disclosures.scene import Scene
from tests.serving import serving
from tests.web.api.conftest import Ask, Clock

DOCS = Path(__file__).parents[3] / "docs"


def blocks(name: str, language: str) -> list[str]:
    text = (DOCS / name).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[list[str]]:
    """The arguments of each ``intake`` command."""
    lines = block.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines]


def test_the_guide_s_questions_and_answers(ask: Ask, question: dict[str, Any]) -> None:
    asked, told, recorded = (json.loads(block) for block in blocks("api.md", "json"))
    read(DecisionRequest, asked)
    assert set(told) == set(DecisionAnswer.__dataclass_fields__)
    here = {"student": question["student"], "partner": "tutors"}
    answer = ask({**asked, **here}).json or {}
    assert answer["elements"] == told["elements"]
    assert (ask({**recorded, **here}).json or {})["disclosure"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_guide_s_steps(
    app: Flask, clock: Clock, scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The operator's commands on the same database, then curl against a real server."""
    monkeypatch.setattr("intake.cli.api_clients.database", lambda: scene.database)
    with scene.database.begin() as session:
        session.get_one(School, scene.school_id).external_id = "riverside"
        session.delete(session.get_one(ApiClient, "clienttrack"))  # the guide adds it
    operator, *steps, housekeeping = blocks("api.md", "sh")
    secret = _run_intake(commands(operator)[0])
    with serving(app) as server:
        app.extensions["intake"].settings.base_url = f"http://127.0.0.1:{server.port}"
        script = "\n".join(steps).replace("tutors-west", "tutors")
        script = re.sub(r"^url=.*", f"url=http://127.0.0.1:{server.port}", script, flags=re.M)
        script = re.sub(r"^secret=.*", f"secret={secret}", script, flags=re.M)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
        )
    assert done.returncode == 0, done.stdout + done.stderr
    *told, not_modified = done.stdout.splitlines()
    linked, decided = map(json.loads, told)
    assert linked == {"student": scene.student_id}
    assert (decided["student"], decided["decision"]) == ("own:104711", "permit")
    assert not_modified == "304"
    assert json.loads((tmp_path / "consent.json").read_text())["standing"] == "consented"
    with scene.database.read() as session:
        assert session.get(Disclosure, decided["disclosure"]) is not None
    for command in commands(housekeeping):
        assert _run_intake(command)


def _run_intake(arguments: list[str]) -> str:
    """What the command prints."""
    from click.testing import CliRunner  # noqa: PLC0415

    done = CliRunner().invoke(intake, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_the_guide_s_partners_can_be_imported(database: Database) -> None:
    [file] = blocks("operating.md", "toml")
    with database.begin() as session:
        add_school(session, "Riverside Elementary School", external_id="riverside")
        assert sum(import_partners(session, file, at=NOW).counts.values()) == 7
