"""What strangers and broken programs send, through the whole application."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.accounts.api_clients import EVERYTHING, ApiScope
from intake.accounts.api_tokens import add_client
from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_environ
from intake.installation import open_installation
from intake.schema import upgrade
from intake.web.api import decisions
from intake.web.app import create_app

PROBLEM = "application/problem+json"
JSON = "application/json"
POSTS = ("/decisions", "/students/lookup", "/confirmations")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole product, behind TLS."""
    folder = tmp_path_factory.mktemp("api")
    found = open_installation(settings_from(demo_environ(folder, port=8000, at=now())))
    upgrade(found.database)
    settings = replace(found.settings, base_url="https://waivers.example.org", demo=False)
    with found.database.begin() as session:
        token = add_client(session, "north", scopes=ApiScope, reach=EVERYTHING, at=now(),
                           calls_per_minute=100_000)  # fmt: skip
    app = create_app(replace(found, settings=settings))
    app.config["token"] = token
    yield app
    found.database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, path: str, body: Any, **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {client.application.config['token']}"}
    more.setdefault("content_type", JSON)
    return client.post(f"/api/v1{path}", data=body, headers=headers, **more)


def check(answer: TestResponse, status: int) -> dict[str, Any]:
    """A well-formed problem."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == PROBLEM
    values: dict[str, Any] = json.loads(answer.data)
    assert values["status"] == status
    assert values["title"]
    assert values["detail"]
    return values


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff", b"[" * 50_000, b'{"a":' * 50_000, b"NaN",
        b'{"student": "a", "student": "b"}', b'{"decisions": [], "decisions": []}',
        b'{"a": {"b": 1, "b": 2}}', b'{"identifier": "1", "identifier": "2"}', b"Infinity",
    ],
    ids=["empty", "open", "bytes", "deep list", "deep object", "nan", "twice", "twice list",
         "twice within", "twice id", "infinity"],
)  # fmt: skip
def test_what_is_not_json_or_says_two_things(client: FlaskClient, path: str, body: bytes) -> None:
    body = body[:8000] if path != "/decisions" else body
    check(send(client, path, body), 400)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "multipart/form-data"])
def test_other_media_types(client: FlaskClient, path: str, kind: str) -> None:
    check(send(client, path, b"{}", content_type=kind), 415)


@pytest.mark.parametrize("path", POSTS)
def test_huge_bodies_are_refused_before_they_are_read(client: FlaskClient, path: str) -> None:
    class Counted(io.RawIOBase):
        """Endless; counts what is taken."""

        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.taken += len(buffer)
            buffer[:] = b" " * len(buffer)
            return len(buffer)

    announced = Counted()
    environ = {"wsgi.input": announced, "CONTENT_LENGTH": str(10**12)}
    check(send(client, path, None, environ_overrides=environ), 413)
    assert announced.taken == 0
    chunked = Counted()
    environ = {
        "wsgi.input": chunked, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True,
    }  # fmt: skip
    check(send(client, path, None, environ_overrides=environ), 413)
    assert 0 < chunked.taken <= 2 * decisions.LONGEST_BODY


def test_integers_are_not_texts_nor_texts_booleans(client: FlaskClient) -> None:
    question = {
        "student": "s", "partner": "p", "person": "a", "role": "r", "purpose": "u",
        "elements": ["grades"],
    }  # fmt: skip
    for change in ({"student": 5}, {"elements": [5]}, {"record": "true"}, {"record": 1},
                   {"at": 1764000000}, {"student": "a\0b"}, {"student": ["s"]}):  # fmt: skip
        check(send(client, "/decisions", json.dumps({**question, **change})), 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/students/x", 404),
        ("GET", "/students/%00/consent", 404),
        ("GET", "/students/%25/consent", 404),
        ("GET", "/partners/%00", 404),
        ("GET", "/partners/%25", 404),
        ("GET", "/decisions", 405),
        ("DELETE", "/revocations", 405),
        ("POST", "/openapi.json", 405),
        ("PATCH", "/token", 405),
    ],
)
def test_there_is_no_such_thing(client: FlaskClient, method: str, path: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {client.application.config['token']}"}
    answer = client.open(f"/api/v1{path}", method=method, headers=headers)
    check(answer, status)
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/decisions"), ("POST", "/students/lookup"), ("PUT", "/students/x/identifier"),
        ("DELETE", "/students/x/identifier"), ("GET", "/students/x/consent"),
        ("GET", "/revocations"), ("GET", "/events"), ("GET", "/partners/x"),
    ],
)  # fmt: skip
def test_nothing_without_a_token(client: FlaskClient, method: str, path: str) -> None:
    for header in ({}, {"Authorization": "Bearer intake_x"}, {"Authorization": "Basic eDp4"},
                   {"Authorization": "Bearer \x7f"}, {"Authorization": "Bearer"}):  # fmt: skip
        answer = client.open(f"/api/v1{path}", method=method, headers=header)
        check(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_failure_of_ours_says_nothing_about_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret of Emma Johnson")

    monkeypatch.setattr(decisions, "_asked", broken)
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = client.post(
            "/api/v1/decisions",
            data=b"{}",
            content_type=JSON,
            headers={"Authorization": f"Bearer {client.application.config['token']}"} | headers,
        )
        check(answer, 500)
        assert "Emma" not in answer.text + caplog.text


def test_what_is_left_of_the_limit_is_said(client: FlaskClient) -> None:
    answer = send(client, "/students/lookup", b'{"identifier": "1"}')
    assert answer.headers["RateLimit-Policy"] == '"api-calls";q=100000;w=60'
    assert answer.headers["RateLimit"].startswith('"api-calls";r=99')
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_everybody_may_read_is_sent_once(client: FlaskClient) -> None:
    for path in ("/api/v1/partners", "/api/v1/openapi.json"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert first.headers["Cache-Control"] == "no-cache"


def test_secrets_are_taken_over_https_alone(app: Flask) -> None:
    found = app.extensions["intake"]
    plain = create_app(
        replace(found, settings=replace(found.settings, base_url="http://waivers.example.org"))
    )
    form = {"grant_type": "client_credentials"}
    check(plain.test_client().post("/api/v1/token", data=form, auth=("north", "x")), 403)
