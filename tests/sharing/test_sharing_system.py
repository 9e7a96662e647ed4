"""The reference sharing system by itself: what docs/connecting.md asks of a receiver."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.clock import now
from intake.demo.sharing_system import SharingSystem, create_sharing_system
from intake.demo.sharing_system.faults import FaultMode
from intake.demo.sharing_system.store import Standing
from intake.sharing.standard_webhooks import new_secret, sign
from tests.sharing.conftest import SECRET, wait_for

NOBODY_LISTENS = "http://127.0.0.1:9/confirmations"
NAME = "<b>محمد</b>"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_sharing_system(tmp_path / "sharing.db", SECRET, NOBODY_LISTENS)
    yield app
    system_of(app).sender.stop()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def system_of(app: Flask) -> SharingSystem:
    system: SharingSystem = app.extensions["sharing_system"]
    return system


def event(kind: str, sequence: int) -> dict[str, Any]:
    subject: dict[str, Any] = {"id": "student-1", "external_id": "S-17"}
    data: dict[str, Any] = {"status": "dpv:ConsentWithdrawn", "valid_until": "2027-06-30"}
    if kind in {"given", "resumed"}:
        subject |= {"name": NAME, "birth_date": "2012-05-04", "school": {"name": "Granite Park"}}
        data["status"] = "dpv:ConsentGiven"
    if kind == "revoked":
        data["revocation"] = {"id": "revocation-1"}
    return {
        "id": f"event-{sequence}",
        "type": f"org.promisepartnership.consent.{kind}",
        "subject": "consent-1",
        "partitionkey": "student-1",
        "sequence": f"{sequence:020d}",
        "data": {**data, "subject": subject},
    }


def send(client: FlaskClient, kind: str, sequence: int, *, secret: str = SECRET) -> TestResponse:
    body = json.dumps(event(kind, sequence)).encode()
    headers = sign([secret], f"event-{sequence}", body, at=now()).as_dict()
    return client.post("/webhook", data=body, headers=headers)


def test_events_that_others_signed_change_nothing(app: Flask, client: FlaskClient) -> None:
    assert send(client, "given", 1, secret=new_secret()).status_code == 401
    assert client.post("/webhook", json=event("given", 1)).status_code == 401
    assert system_of(app).store.deliveries() == []


def test_what_is_not_an_event_is_refused(app: Flask, client: FlaskClient) -> None:
    for body in (b"", b"[]", b"null", b"{}", json.dumps(event("invented", 1)).encode()):
        headers = sign([SECRET], "event-1", body, at=now()).as_dict()
        assert client.post("/webhook", data=body, headers=headers).status_code == 400
    assert system_of(app).store.deliveries() == []


def test_an_older_event_is_acknowledged_and_ignored(app: Flask, client: FlaskClient) -> None:
    assert send(client, "revoked", 2).json == {"effect": "applied"}
    assert send(client, "given", 1).json == {"effect": "outdated"}
    assert send(client, "given", 1).json == {"effect": "duplicate"}
    [known] = system_of(app).store.students()
    assert (known.name, known.standing) == (None, Standing.HIDDEN)


def test_a_hidden_identity_is_gone_from_the_file_too(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    send(client, "given", 1)
    send(client, "revoked", 2)
    with sqlite3.connect(tmp_path / "sharing.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("sharing.db*"))
    for personal in (NAME, "2012-05-04", "S-17"):
        assert personal.encode() not in stored


def test_a_confirmation_is_repeated_until_somebody_listens(app: Flask, client: FlaskClient) -> None:
    send(client, "revoked", 1)
    store = system_of(app).store
    wait_for(lambda: [c.attempts for c in store.due_confirmations(1e12)] >= [2])


def test_the_page_shows_names_as_text_and_stays_within_its_language(client: FlaskClient) -> None:
    assert "No student is shared yet" in client.get("/").text
    send(client, "given", 1)
    page = client.get("/").text
    assert "<bdi>&lt;b&gt;محمد&lt;/b&gt;</bdi>" in page
    style = client.get("/static/sharing.css").text
    for font in re.findall(r'url\("(.*?)"\)', style):
        assert client.get(font).status_code == 200, "a font for names in other scripts"
    assert client.get("/health").json == {"status": "ok"}


def test_a_student_s_page_shows_before_and_after_without_keeping_a_hidden_name(
    client: FlaskClient,
) -> None:
    send(client, "given", 1)
    page = client.get("/students/student-1").text
    assert "not known here" in page
    assert "<bdi>&lt;b&gt;محمد&lt;/b&gt;</bdi>" in page
    send(client, "revoked", 2)
    page = client.get("/students/student-1").text
    assert "shared with partners" in page
    assert "identity hidden" in page
    for personal in ("محمد", "2012-05-04", "S-17", "Granite"):
        assert personal not in page
    assert client.get("/students/nobody").status_code == 404


def test_a_suspended_student_is_not_shown_until_consent_is_resumed(client: FlaskClient) -> None:
    send(client, "given", 1)
    send(client, "suspended", 2)
    assert "محمد" not in client.get("/").text
    assert "not shared for now" in client.get("/").text
    send(client, "resumed", 3)
    assert "محمد" in client.get("/").text


def test_faults_exist_only_where_they_are_allowed(client: FlaskClient) -> None:
    assert client.post("/faults", json={"mode": "500"}).status_code == 404
    assert client.get("/faults").status_code == 404
    assert "/faults" not in client.get("/").text


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[Flask]:
    app = create_sharing_system(tmp_path / "faulty.db", SECRET, NOBODY_LISTENS, allow_faults=True)
    yield app
    system_of(app).sender.stop()


def test_faults_are_chosen_on_a_page_that_only_it_can_send(faulty: Flask) -> None:
    client = faulty.test_client()
    page = client.get("/faults").text
    for mode in FaultMode:
        assert f'value="{mode.value}"' in page
    [token] = re.findall(r'name="token" value="(.*?)"', page)
    assert client.post("/faults", data={"mode": "500"}).status_code == 400
    assert client.post("/faults", data={"mode": "nonsense", "token": token}).status_code == 400
    assert system_of(faulty).faults.mode is FaultMode.OK
    chosen = {"mode": "500", "seconds": "", "student_id": "", "token": token}
    assert client.post("/faults", data=chosen).status_code == 302
    assert send(client, "given", 1).status_code == 500
    assert "Answers 500" in client.get("/").text


def test_an_event_that_is_laid_aside_is_worked_through_after_the_next(faulty: Flask) -> None:
    client = faulty.test_client()
    client.post("/faults", json={"mode": "reorder"})
    assert send(client, "given", 1).json == {"effect": "laid aside"}
    assert send(client, "revoked", 2).json == {"effect": "applied"}
    effects = [one.effect for one in system_of(faulty).store.deliveries()]
    assert effects == ["applied", "outdated"], "a grant that comes late undoes no revocation"
    [known] = system_of(faulty).store.students()
    assert known.standing == Standing.HIDDEN


def test_nothing_stays_aside_when_the_fault_ends(faulty: Flask) -> None:
    client = faulty.test_client()
    client.post("/faults", json={"mode": "reorder"})
    send(client, "given", 1)
    client.post("/faults", json={"mode": "ok"})
    assert [one.effect for one in system_of(faulty).store.deliveries()] == ["applied"]
