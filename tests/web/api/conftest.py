"""The API over the scene of tests/disclosures, at NOW, with a token for each need."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from intake.accounts.api_clients import EVERYTHING, ApiScope, Reach
from intake.accounts.api_tokens import add_client, rotate_token
from intake.accounts.model import ApiClient, TokenKind
from intake.db.engine import Database
from intake.web.api import (
    confirmations,
    decisions,
    events,
    partners,
    problems,
    revocations,
    students,
    token,
)
from intake.web.api.problems import http_problem
from intake.web.api.registry import register_api
from tests.conftest import NOW
from tests.consents.story import ZONE
from tests.disclosures.scene import Scene, set_scene


class Clock:
    """Stands still until a test moves it."""

    at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (
        confirmations, decisions, events, partners, problems, revocations, students, token,
    ):  # fmt: skip
        monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.fixture
def scene(database: Database) -> Scene:
    return set_scene(database)


@pytest.fixture
def app(scene: Scene) -> Flask:
    app = Flask("intake_api")
    settings = SimpleNamespace(time_zone=ZONE, base_url="https://waivers.example.org")
    app.extensions["intake"] = SimpleNamespace(database=scene.database, settings=settings)
    register_api(app)
    app.register_error_handler(HTTPException, http_problem)
    return app


@pytest.fixture
def client(app: Flask, clock: Clock) -> FlaskClient:
    return app.test_client()


@pytest.fixture(name="token")
def _token(scene: Scene) -> str:
    """Of a client that may do everything, everywhere."""
    with scene.database.begin() as session:
        return add_client(session, "north", scopes=ApiScope, reach=EVERYTHING, at=NOW)


def access_token(client: FlaskClient, **form: str) -> str:
    """From the token endpoint, for a client that may do everything unless it asks for less."""
    database: Database = client.application.extensions["intake"].database
    with database.begin() as session:
        if session.get(ApiClient, "oauth") is None:
            add_client(
                session, "oauth", scopes=ApiScope, reach=EVERYTHING, at=NOW, kind=TokenKind.SECRET
            )
        secret = rotate_token(
            session, "oauth", at=NOW, grace=timedelta(hours=1), kind=TokenKind.SECRET
        )
    answer = client.post(
        "/api/v1/token", data={"grant_type": "client_credentials", **form}, auth=("oauth", secret)
    )
    assert answer.status_code == 200
    return str((answer.json or {})["access_token"])


@pytest.fixture
def narrow_token(scene: Scene) -> str:
    """Of a client that may ask about nobody here."""
    with scene.database.begin() as session:
        reach = Reach(frozenset(), frozenset())
        return add_client(session, "south", scopes=ApiScope, reach=reach, at=NOW)


Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(client: FlaskClient, token: str) -> Ask:
    def ask(body: Any, *, with_token: str = token, **more: Any) -> TestResponse:
        headers = {"authorization": f"Bearer {with_token}"}
        if isinstance(body, bytes | str):
            more.setdefault("content_type", "application/json")
            return client.post("/api/v1/decisions", data=body, headers=headers, **more)
        return client.post("/api/v1/decisions", json=body, headers=headers, **more)

    return ask


@pytest.fixture
def question(scene: Scene) -> dict[str, Any]:
    """One that is permitted."""
    return {
        "student": scene.student_id,
        "partner": "tutors",
        "person": "ana",
        "role": "tutor",
        "purpose": "academic_support",
        "elements": ["grades"],
    }
