"""docs/connecting.md for each kind of destination, literally: from nothing to a revocation that is
confirmed."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from intake.clock import now
from intake.consents.model import Consent, Revocation
from intake.consents.states import ConsentState
from intake.installation import Installation
from intake.sharing.receipts import collect_receipts
from intake.sharing.shipments import ship_due
from intake.web.api import events
from intake.web.app import connect_subscribers
from tests.conftest import ZONE
from tests.serving import serving
from tests.sharing.builders import withdraw
from tests.sharing.conftest import intake_api
from tests.sharing.sftp_server import PASSWORD, USER, sftp_serving

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "connecting.md").read_text(encoding="utf-8")
NAME = "Emma Johnson"

Shell = Callable[..., str]

# The guide's steps are the same on both engines; what they do is tested on both elsewhere.
pytestmark = pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)


def step(name: str) -> str:
    """A command of the guide."""
    [found] = re.findall(rf"```sh id={name}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


@pytest.fixture
def shell(installed: Installation, environ: dict[str, str], tmp_path: Path) -> Shell:
    """A shell with ``intake`` on its path, in which the guide's example values are replaced."""
    command = tmp_path / "bin" / "intake"
    command.parent.mkdir()
    python = f'{sys.executable} -c "from intake.cli import main; main()"'
    command.write_text(f'#!/bin/sh\ncd {ROOT}\nexec {python} "$@"\n')
    command.chmod(0o755)

    def run(script: str, **replaced: str) -> str:
        for name, value in replaced.items():
            assert name in script
            script = script.replace(name, value)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607
            env={**environ, "PATH": f"{command.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    return run


def revoke(installed: Installation) -> None:
    connect_subscribers(installed)
    with installed.database.begin() as session:
        consents = session.scalars(
            select(Consent).where(Consent.state == ConsentState.ACTIVE)
        ).all()
        withdraw(session, consents[0].student_id, list(consents), at=now())


def is_complete(installed: Installation) -> bool:
    with installed.database.read() as session:
        return session.scalars(select(Revocation)).one().completed_at is not None


def ship(installed: Installation, *, later: float = 0) -> int:
    at = now() + timedelta(seconds=later)
    return ship_due(installed.database, at=at, zone=ZONE, worker="w", allow_private=True)


def test_pull(installed: Installation, shell: Shell) -> None:
    script = step("pull-add") + 'echo "$INTAKE_DESTINATION_SECRET $token"'
    secret, token = shell(script).split()
    assert shell("intake publish backfill puller") == "1 consent on its way to puller."

    app = intake_api(installed.database)
    app.register_blueprint(events.blueprint)
    with serving(app) as server:
        base = f"http://127.0.0.1:{server.port}"

        def read(after: str) -> dict[str, object]:
            script = f"token={token}\n" + step("pull-read")
            here = {"https://waivers.example.org": base, "after=0": f"after={after}"}
            found: dict[str, object] = json.loads(shell(script, **here))
            return found

        page = read("0")
        [given] = page["events"]  # type: ignore[misc]
        assert given["data"]["subject"]["name"] == NAME  # type: ignore[index]
        revoke(installed)
        [revoked] = read(str(page["next"]))["events"]  # type: ignore[misc]

        guide: dict[str, Callable[..., tuple[dict[str, str], bytes]]] = {}
        for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
            exec(block, guide)  # noqa: S102
        headers, body = guide["confirmation"](secret, "puller", revoked)
        answer = httpx.post(f"{base}/api/v1/confirmations", content=body, headers=headers)
        assert answer.status_code == 200
    assert is_complete(installed)


def test_sftp_csv(installed: Installation, shell: Shell, tmp_path: Path) -> None:
    with sftp_serving(tmp_path / "sftp") as side:
        here = {
            "the password": PASSWORD,
            "sftp://intake@sftp.example.org": f"sftp://{USER}@127.0.0.1:{side.port}",
            "ssh-ed25519 AAAA…": side.host_key,
        }
        assert shell(step("sftp-add"), **here) == "Added."
        shell("intake publish backfill clienttrack")
        assert ship(installed) == 1
        revoke(installed)
        assert ship(installed, later=1) == 1
        rows = [row for text in side.texts() for row in csv.DictReader(text.splitlines())]
        assert [row["Action"] for row in rows] == ["Grant", "RevokeAndHide"]
        assert [row["StudentName"] for row in rows] == [NAME, ""]

        receipt = side.folder / "receipts" / f"{side.files()[-1]}.receipt.csv"
        [example] = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
        receipt.write_text(example.replace("7f9c2b0e-…", rows[1]["EventID"]))
        assert collect_receipts(installed.database, at=now(), allow_private=True) == 1
        assert side.files("receipts") == [f"{receipt.name}.done"]
    assert is_complete(installed)


def test_file(installed: Installation, shell: Shell, tmp_path: Path) -> None:
    lines = tmp_path / "events.jsonl"
    here = {"/var/lib/sharing/events.jsonl": str(lines)}
    assert shell(step("file-add"), **here) == "Added."
    shell("intake publish backfill lines")
    assert ship(installed) == 1
    revoke(installed)
    assert ship(installed, later=1) == 1
    told = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [one["type"].rpartition(".")[2] for one in told] == ["given", "revoked"]
    assert not is_complete(installed), "a file can't answer: it waits for a coordinator's word"
