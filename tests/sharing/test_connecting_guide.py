"""The code in docs/connecting.md is what a stranger will run: it must fit ours."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from intake.clock import now
from intake.db.engine import Database
from intake.sharing.connectors.webhook.connector import CONTENT_TYPE
from intake.sharing.destinations import add_destination
from intake.sharing.events import PublishedType
from intake.sharing.model import Publication
from intake.sharing.standard_webhooks import new_secret, sign, verify
from tests.serving import serving
from tests.sharing.builders import add_student, grant
from tests.sharing.conftest import intake_api

GUIDE = (Path(__file__).parents[2] / "docs" / "connecting.md").read_text(encoding="utf-8")
SECRET = new_secret()
EVENT = {"id": "event-1", "data": {"revocation": {"id": "revocation-1"}}}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def guide() -> dict[str, Any]:
    """What the guide's Python defines."""
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(block, names)  # noqa: S102
    return names


def test_the_guides_receiver_accepts_what_we_sign_and_nothing_else(guide: dict[str, Any]) -> None:
    body = '{"name":"နော်"}'.encode()
    headers = sign([new_secret(), SECRET], "event-1", body, at=now()).as_dict()
    assert guide["is_genuine"](SECRET, headers, body)
    assert not guide["is_genuine"](SECRET, headers, body + b" ")
    assert not guide["is_genuine"](new_secret(), headers, body)


def test_we_accept_the_confirmation_that_the_guide_signs(guide: dict[str, Any]) -> None:
    headers, body = guide["confirmation"](SECRET, "reference", EVENT)
    assert verify([SECRET], headers, body, at=now()) == "hidden-event-1"


def test_the_guides_curl_command_is_understood(sharing: Database) -> None:
    with sharing.begin() as session:
        add_destination(session, "reference", "webhook", "https://e.org/", SECRET, at=now())
    [script] = blocks("sh")
    with serving(intake_api(sharing)) as server:
        url = f"http://127.0.0.1:{server.port}/api/v1/confirmations"
        filled = re.sub(r"secret=.*", f"secret={SECRET} url={url}", script).replace("…", "x")
        answer = subprocess.run(
            ["bash", "-ec", filled],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    assert json.loads(answer.stdout)["title"] == "Unknown revocation"


def test_the_guide_names_every_type_and_header_as_they_are() -> None:
    for kind in PublishedType:
        assert f"`{kind.value.removeprefix('org.promisepartnership.')}`" in GUIDE
    assert PublishedType.GIVEN in GUIDE
    assert f"`{CONTENT_TYPE}`" in GUIDE


def test_the_guides_example_has_the_members_that_we_send(
    sharing: Database, guide: dict[str, Any]
) -> None:
    with sharing.begin() as session:
        add_destination(session, "reference", "webhook", "https://e.org/", SECRET, at=now())
        grant(session, add_student(session, at=now()), at=now())
        body = session.scalars(select(Publication.body)).one()
    [example] = map(json.loads, blocks("json"))
    assert members(example) == members(json.loads(body))


def members(value: Any) -> Any:
    """The names, level by level; the context is only hinted at in the guide."""
    if not isinstance(value, dict):
        return None
    return {name: members(inner) for name, inner in value.items() if name != "@context"}
