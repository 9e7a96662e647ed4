"""The Idempotency-Key header: once, with one answer, also when two come at the same moment."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from intake.accounts.idempotency import (
    ABANDONED,
    KEPT,
    KeyBusy,
    KeyTaken,
    StoredAnswer,
    claim,
    forget_answers,
    keep_answer,
    release,
)
from intake.accounts.model import ApiAnswer
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.db.engine import Database
from tests.conftest import NOW
from tests.disclosures.scene import Scene
from tests.web.api.conftest import Clock

Json = dict[str, Any]
DESCRIBED = {"name": "Emma Johnson", "birth_date": "2015-04-12"}


def put(
    client: FlaskClient, token: str, scene: Scene, identifier: str, key: str | None = None
) -> TestResponse:
    headers = {"authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    path = f"/api/v1/students/{scene.student_id}/identifier"
    return client.put(path, json={"identifier": identifier}, headers=headers)


def decide(client: FlaskClient, token: str, question: Json, key: str) -> TestResponse:
    headers = {"authorization": f"Bearer {token}", "Idempotency-Key": key}
    return client.post("/api/v1/decisions", json=question, headers=headers)


@pytest.fixture
def looked_up(client: FlaskClient, token: str, scene: Scene) -> None:
    headers = {"authorization": f"Bearer {token}"}
    body = {**DESCRIBED, "school": scene.school_id}
    answer = client.post("/api/v1/students/lookup", json=body, headers=headers)
    assert (answer.json or {})["match"] == "certain"


def test_the_same_call_has_the_same_answer_and_one_effect(
    client: FlaskClient, token: str, scene: Scene, looked_up: None
) -> None:
    first, again = (put(client, token, scene, "104711", "key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert put(client, token, scene, "104711").status_code == 200
    with scene.database.read() as session:
        linked = LedgerEvent.kind == EventKind.IDENTIFIER_LINKED
        assert session.scalar(select(func.count()).where(linked)) == 1


def test_another_body_under_the_key_is_refused(
    client: FlaskClient, token: str, scene: Scene, looked_up: None
) -> None:
    put(client, token, scene, "104711", "key-1")
    answer = put(client, token, scene, "104712", "key-1")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_a_refusal_is_kept_too_but_not_one_about_the_caller(
    client: FlaskClient, token: str, scene: Scene, narrow_token: str
) -> None:
    first, again = (put(client, token, scene, "104711", "key-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (404, 404)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = put(client, narrow_token, scene, "104711", "key-1")
    assert "Idempotency-Replayed" not in other.headers, "keys are each client's own"


@pytest.mark.parametrize("key", ["", "a b", "ü", "k" * 256])
def test_an_unusable_key_is_refused(
    client: FlaskClient, token: str, question: Json, key: str
) -> None:
    assert decide(client, token, question, key).status_code == 400


def test_a_stored_permit_does_not_outlive_a_revocation(
    client: FlaskClient, token: str, question: Json, clock: Clock, scene: Scene
) -> None:
    first = decide(client, token, question, "key-1")
    clock.at = NOW + timedelta(minutes=1)
    again = decide(client, token, question, "key-1")
    assert first.data == again.data, "still true, so the same to the byte"
    scene.revoke(at=clock.at)
    told = decide(client, token, question, "key-1").json or {}
    assert (told["decision"], told["elements"][0]["reasons"]) == ("deny", ["revoked"])


def test_two_at_the_same_moment_do_the_work_once(
    app: Flask, client: FlaskClient, token: str, scene: Scene, looked_up: None
) -> None:
    start = threading.Barrier(4)
    answers: list[TestResponse] = []

    def call() -> None:
        start.wait()
        answers.append(put(app.test_client(), token, scene, "104711", "key-1"))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.status_code for one in answers} <= {201, 409}
    assert any(one.status_code == 201 for one in answers)
    assert put(client, token, scene, "104711", "key-1").status_code == 201
    with scene.database.read() as session:
        linked = LedgerEvent.kind == EventKind.IDENTIFIER_LINKED
        assert session.scalar(select(func.count()).where(linked)) == 1


def test_a_key_s_life(database: Database) -> None:
    def take(sha256: str = "a", *, after: timedelta = timedelta()) -> StoredAnswer | None:
        with database.begin() as session:
            return claim(session, "client:x", "key", sha256, at=NOW + after)

    answer = StoredAnswer(200, "application/json", "{}")
    assert take() is None
    with pytest.raises(KeyBusy):
        take()
    with pytest.raises(KeyTaken):
        take("b")
    assert take(after=ABANDONED) is None, "its process died"
    with database.begin() as session:
        keep_answer(session, "client:x", "key", answer)
        release(session, "client:x", "key")
    assert take(after=ABANDONED) == answer
    assert take("b", after=ABANDONED + KEPT) is None, "a day later it is free"
    with database.begin() as session:
        release(session, "client:x", "key")
    assert take("c") is None
    with database.begin() as session:
        forget_answers(session, at=NOW + KEPT)
        assert session.scalar(select(func.count()).select_from(ApiAnswer)) == 0
