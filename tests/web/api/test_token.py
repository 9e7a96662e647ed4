"""The token endpoint: OAuth 2.0 client credentials, and what its tokens may do."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from intake.accounts.api_clients import EVERYTHING, ApiScope
from intake.accounts.api_tokens import (
    ACCESS_LIFETIME,
    add_client,
    forget_ended_tokens,
    revoke_client,
    rotate_token,
)
from intake.accounts.model import ApiClient, ApiToken, TokenKind
from tests.conftest import NOW
from tests.disclosures.scene import Scene
from tests.web.api.conftest import Ask, Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Nothing in these routes depends on the engine."""

GRANT = {"grant_type": "client_credentials"}
SCOPES = [ApiScope.DECIDE, ApiScope.DISCLOSE]


@pytest.fixture
def secret(scene: Scene) -> str:
    """Of the client ``west``, which may decide and disclose."""
    with scene.database.begin() as session:
        return add_client(
            session, "west", scopes=SCOPES, reach=EVERYTHING, at=NOW, kind=TokenKind.SECRET
        )


def token_for(client: FlaskClient, secret: str, **form: str) -> TestResponse:
    return client.post("/api/v1/token", data={**GRANT, **form}, auth=("west", secret))


def access(client: FlaskClient, secret: str, **form: str) -> str:
    answer = token_for(client, secret, **form)
    assert answer.status_code == 200, answer.text
    return str((answer.json or {})["access_token"])


def test_a_secret_buys_a_token_that_may_ask(
    client: FlaskClient, secret: str, ask: Ask, question: dict[str, Any]
) -> None:
    answer = token_for(client, secret)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = dict(answer.json or {})
    bearer = told.pop("access_token")
    assert told == {"token_type": "Bearer", "expires_in": 900, "scope": "decide disclose"}
    assert ask(question, with_token=bearer).status_code == 200
    in_form = client.post(
        "/api/v1/token", data={**GRANT, "client_id": "west", "client_secret": secret}
    )
    assert in_form.status_code == 200


def test_neither_secret_nor_token_is_stored_nor_taken_for_the_other(
    client: FlaskClient, secret: str, ask: Ask, question: dict[str, Any], scene: Scene
) -> None:
    bearer = access(client, secret)
    with scene.database.read() as session:
        stored = session.scalars(select(ApiToken.token_key)).all()
    assert not {bearer, secret} & set(stored)
    assert ask(question, with_token=secret).status_code == 401
    assert token_for(client, bearer).status_code == 401


def test_a_token_ends_after_a_quarter_of_an_hour(
    client: FlaskClient,
    secret: str,
    ask: Ask,
    question: dict[str, Any],
    clock: Clock,
    scene: Scene,
) -> None:
    bearer = access(client, secret)
    clock.at = NOW + ACCESS_LIFETIME
    answer = ask(question, with_token=bearer)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    with scene.database.begin() as session:
        forget_ended_tokens(session, before=clock.at + timedelta(seconds=1))
        kinds = session.scalars(select(ApiToken.kind)).all()
    assert sorted(kinds) == ["secret", "static"]


def test_revoking_a_client_voids_its_tokens_at_once(
    client: FlaskClient, secret: str, ask: Ask, question: dict[str, Any], scene: Scene
) -> None:
    bearer = access(client, secret)
    with scene.database.begin() as session:
        revoke_client(session, "west", at=NOW)
    assert ask(question, with_token=bearer).status_code == 401
    assert token_for(client, secret).status_code == 401


def test_a_rotated_secret_lives_a_while(
    client: FlaskClient, secret: str, clock: Clock, scene: Scene
) -> None:
    with scene.database.begin() as session:
        hour = timedelta(hours=1)
        new = rotate_token(session, "west", at=NOW, grace=hour, kind=TokenKind.SECRET)
    assert token_for(client, secret).status_code == token_for(client, new).status_code == 200
    clock.at = NOW + hour
    assert [token_for(client, one).status_code for one in (secret, new)] == [401, 200]


def test_a_token_may_be_asked_for_less_and_never_for_more(
    client: FlaskClient, secret: str, ask: Ask, question: dict[str, Any], scene: Scene
) -> None:
    less = access(client, secret, scope="decide")
    assert ask(question, with_token=less).status_code == 200
    recorded = {**question, "record": True, "idempotency_key": "k"}
    answer = ask(recorded, with_token=less)
    assert answer.status_code == 403
    assert 'scope="disclose"' in answer.headers["WWW-Authenticate"]
    more = token_for(client, secret, scope="decide feed")
    assert (more.status_code, (more.json or {})["error"]) == (400, "invalid_scope")
    with scene.database.begin() as session:
        session.get_one(ApiClient, "west").scopes = ["feed"]
    assert ask(question, with_token=less).status_code == 403, "what the client lost, tokens lose"


def basic(text: str | bytes) -> dict[str, str]:
    raw = text.encode() if isinstance(text, str) else text
    return {"Authorization": "Basic " + base64.b64encode(raw).decode()}


@pytest.mark.parametrize(
    ("form", "headers", "status", "error"),
    [
        ({}, {}, 400, "invalid_request"),
        ({"grant_type": ""}, {}, 400, "invalid_request"),
        ({"grant_type": "password"}, basic("west:x"), 400, "unsupported_grant_type"),
        (GRANT, {}, 401, "invalid_client"),
        (GRANT, basic("west:wrong"), 401, "invalid_client"),
        (GRANT, basic("nobody:wrong"), 401, "invalid_client"),
        (GRANT, basic("west"), 401, "invalid_client"),
        (GRANT, basic("we\0st:x"), 401, "invalid_client"),
        (GRANT, basic("west:%00%FF"), 401, "invalid_client"),
        (GRANT, basic(b"\xff\xfe:x"), 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic"}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic !"}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Bearer x"}, 401, "invalid_client"),
        ({**GRANT, "client_id": "west", "client_secret": "ü"}, {}, 401, "invalid_client"),
        ({**GRANT, "client_secret": "x"}, basic("west:x"), 400, "invalid_request"),
        ("grant_type=client_credentials&scope=a&scope=b", {}, 400, "invalid_request"),
        ("grant_type=%FF", {}, 400, "invalid_request"),
        ("\u00ff", {}, 400, "invalid_request"),
    ],
)
def test_refusals_are_those_of_rfc_6749(
    client: FlaskClient, secret: str, form: Any, headers: Any, status: int, error: str
) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/api/v1/token", data=form, headers=headers, content_type=kind)
    assert (answer.status_code, (answer.json or {})["error"]) == (status, error)
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_nobody_learns_which_clients_there_are(client: FlaskClient, secret: str) -> None:
    known, unknown = (
        client.post("/api/v1/token", data=GRANT, auth=(name, "x")) for name in ("west", "nobody")
    )
    assert known.data == unknown.data
    assert known.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"]


def test_other_media_types_and_huge_bodies_are_refused(client: FlaskClient, secret: str) -> None:
    assert client.post("/api/v1/token", json=GRANT).status_code == 415
    huge = {**GRANT, "scope": "x" * 9000}
    assert client.post("/api/v1/token", data=huge).status_code == 413


def test_tokens_count_as_calls(client: FlaskClient, secret: str, scene: Scene) -> None:
    with scene.database.begin() as session:
        session.get_one(ApiClient, "west").calls_per_minute = 1
    assert token_for(client, secret).status_code == 200
    assert token_for(client, secret).status_code == 429
    with scene.database.read() as session:
        query = select(func.count(ApiToken.id)).where(ApiToken.kind == TokenKind.ACCESS)
        assert session.scalar(query) == 1
