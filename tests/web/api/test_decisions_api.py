"""The API of decisions: answers, refusals, tokens, records."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from intake.accounts.api_clients import (
    CALLS,
    EVERYTHING,
    ApiScope,
    InvalidApiClient,
)
from intake.accounts.api_tokens import (
    ApiClientUnknown,
    add_client,
    revoke_client,
    rotate_token,
)
from intake.accounts.model import ApiToken
from intake.consents.model import Consent
from intake.disclosures.model import Disclosure
from intake.web.api.decisions import LONGEST_BODY
from intake.web.desk.waiver_page import waiver_events
from tests.conftest import NOW
from tests.disclosures.scene import Scene
from tests.web.api.conftest import Ask, Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The decision's own tests run on both engines."""

Json = dict[str, Any]


def problem(response: TestResponse) -> tuple[int, str]:
    """Status and detail of a well-formed problem."""
    assert response.content_type == "application/problem+json"
    values = json.loads(response.data)
    assert values["status"] == response.status_code
    assert values["title"]
    return response.status_code, values["detail"]


def recorded(scene: Scene) -> int:
    with scene.database.read() as session:
        return session.scalar(select(func.count(Disclosure.id))) or 0


def test_one_question_has_one_answer(ask: Ask, question: Json, scene: Scene) -> None:
    answer = ask({**question, "elements": ["grades", "absence_reasons"]})
    assert answer.status_code == 200
    told = dict(answer.json or {})
    assert told.pop("consent")["version"] == "2026-1"
    assert told == {
        **question,
        "at": "2026-11-23T21:00:00Z",
        "decision": "deny",
        "elements": [
            {"element": "grades", "decision": "permit", "reasons": []},
            {"element": "absence_reasons", "decision": "deny", "reasons": ["no_need_to_know"]},
        ],
        "disclosure": None,
    }
    assert recorded(scene) == 0


def test_a_list_has_answers_in_its_order(ask: Ask, question: Json) -> None:
    answer = ask({"decisions": [question, {**question, "student": "nobody"}, question]})
    assert answer.json is not None
    assert [one["decision"] for one in answer.json["decisions"]] == ["permit", "deny", "permit"]
    assert answer.json["decisions"][1]["consent"] is None


def test_a_thousand_and_not_one_more(ask: Ask, question: Json) -> None:
    assert ask({"decisions": [question] * 1000}).status_code == 200
    assert problem(ask({"decisions": [question] * 1001})) == (422, "at most 1000 in one call")
    assert problem(ask({"decisions": []}))[0] == 422


def test_a_record_is_made_once_for_a_key(ask: Ask, question: Json, scene: Scene) -> None:
    asked = {**question, "record": True, "idempotency_key": "visit 17"}
    first, again = ask(asked), ask(asked)
    assert first.json is not None
    assert first.json["decision"] == "permit"
    assert first.json["disclosure"]
    assert again.json == first.json
    assert problem(ask({**asked, "elements": ["gpa"]}))[0] == 409
    batch = {"decisions": [{**asked, "idempotency_key": "new"}, {**asked, "role": "mentor"}]}
    assert problem(ask(batch))[0] == 409
    assert recorded(scene) == 1
    scene.revoke()
    after = ask(asked)
    assert after.json is not None
    assert after.json["elements"][0]["reasons"] == ["revoked"]
    assert recorded(scene) == 1


def test_the_waiver_s_page_shows_its_own_entries_alone(
    ask: Ask, question: Json, scene: Scene
) -> None:
    ask({**question, "record": True, "idempotency_key": "k"})
    with scene.database.read() as session:
        consent = session.scalars(select(Consent)).one()
        assert [row.kind.value for row in waiver_events(session, consent)] == ["activated"]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"student": None}, "student must be a text"),
        ({"student": "a" * 65}, "student must have 1 to 64 characters"),
        ({"student": "a\x00b"}, "student must be of"),
        ({"student": "a\n"}, "student must be of"),
        ({"elements": []}, "elements must have 1 to 64 entries"),
        ({"elements": "grades"}, "elements must be a list"),
        ({"elements": ["grades", 1]}, "elements[1] must be a text"),
        ({"elements": ["g"] * 65}, "elements must have 1 to 64 entries"),
        ({"recrod": True}, "the body has unknown members"),
        ({"record": "yes"}, "record must be true or false"),
        ({"record": True}, "idempotency_key is missing"),
        ({"idempotency_key": "k"}, "idempotency_key is for record: true alone"),
        ({"at": "yesterday"}, "at must be a time with its zone"),
        ({"at": "2026-11-23"}, "at must be a time with its zone"),
        ({"at": "2026-11-23T21:00:00"}, "at must be a time with its zone"),
        ({"at": "2026-13-23T21:00:00Z"}, "at must be a time with its zone"),
    ],
)  # fmt: skip
def test_what_is_not_as_described_is_refused_and_not_repeated(
    ask: Ask, question: Json, change: Json, detail: str, scene: Scene
) -> None:
    status, said = problem(ask({**question, **change}))
    assert status == 422
    assert said.startswith(detail)
    status, said = problem(ask({"decisions": [question, {**question, **change}]}))
    assert status == 422
    assert "decisions[1]" in said
    assert recorded(scene) == 0


def test_a_missing_member_is_named(ask: Ask, question: Json) -> None:
    del question["role"]
    assert problem(ask(question)) == (422, "role is missing")


@pytest.mark.parametrize(
    "change",
    [
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "1999-12-31T23:59:59Z"},
        {"at": "2026-11-23T21:05:01Z"},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"at": "2026-11-23T20:54:59Z", "record": True, "idempotency_key": "k"},
    ],
)
def test_where_a_clock_is_wrong_it_is_denied_and_not_recorded(
    ask: Ask, question: Json, change: Json, scene: Scene
) -> None:
    wrong, right = (ask({"decisions": [{**question, **change}, question]}).json or {})["decisions"]
    assert wrong["elements"][0]["reasons"] == ["at_unusable"]
    assert wrong["at"] == "2026-11-23T21:00:00Z"
    assert right["decision"] == "permit"
    assert recorded(scene) == 0


def test_a_clock_a_little_ahead_is_now(ask: Ask, question: Json) -> None:
    answer = ask({**question, "at": "2026-11-23T14:04:59-07:00"})
    assert answer.json is not None
    assert answer.json["at"] == "2026-11-23T21:00:00Z"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'"\\ud800', b"[" * 100_000, b"1" * 10_000, b"{}x"],
    ids=["empty", "open", "utf-16", "surrogate", "deep", "long number", "more"],
)
def test_what_is_not_json_is_refused(ask: Ask, body: bytes) -> None:
    assert problem(ask(body)) == (400, "the body is not JSON")


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"a"', b'{"decisions": {}}'])
def test_json_that_is_no_question_is_refused(ask: Ask, body: bytes) -> None:
    assert problem(ask(body))[0] == 422


def test_a_surrogate_is_no_id(ask: Ask, question: Json) -> None:
    body = json.dumps(question).replace('"ana"', '"\\ud800"')
    assert problem(ask(body))[0] == 422


def test_other_content_types_and_huge_bodies_are_refused(ask: Ask, question: Json) -> None:
    assert problem(ask(json.dumps(question), content_type="text/plain"))[0] == 415
    assert problem(ask(b" " * (LONGEST_BODY + 1)))[0] == 413


def test_without_a_valid_token_nothing_is_told(
    client: FlaskClient, ask: Ask, question: Json, scene: Scene
) -> None:
    bare = client.post("/api/v1/decisions", json=question)
    assert problem(bare)[0] == 401
    assert bare.headers["WWW-Authenticate"] == "Bearer"
    for token in ("intake_wrong", "", "ü", "a b"):
        assert problem(ask(question, with_token=token))[0] == 401
    basic = client.post("/api/v1/decisions", json=question, auth=("north", "x"))
    assert problem(basic)[0] == 401
    with scene.database.begin() as session:
        feeder = add_client(session, "feeder", scopes=["feed"], reach=EVERYTHING, at=NOW)
    assert problem(ask(question, with_token=feeder))[0] == 403


def test_another_client_s_student_and_partner_are_unknown(
    ask: Ask, question: Json, narrow_token: str
) -> None:
    theirs = ask(question, with_token=narrow_token)
    nobody = ask({**question, "student": "x", "partner": "y"}, with_token=narrow_token)
    assert theirs.json is not None
    assert nobody.json is not None
    assert theirs.json["elements"] == nobody.json["elements"]
    assert theirs.json["consent"] is None
    assert theirs.json["elements"][0]["reasons"] == ["student_unknown", "partner_unknown"]


def test_rotation_lets_the_old_token_live_a_while_and_revocation_none(
    ask: Ask, question: Json, token: str, clock: Clock, scene: Scene
) -> None:
    with scene.database.begin() as session:
        new = rotate_token(session, "north", at=NOW, grace=timedelta(hours=1))
        assert session.scalars(select(ApiToken.token_key).where(ApiToken.token_key == new)).all() \
            == [], "only a hash is stored"  # fmt: skip
    assert ask(question).status_code == ask(question, with_token=new).status_code == 200
    clock.at = NOW + timedelta(hours=1)
    assert (ask(question).status_code, ask(question, with_token=new).status_code) == (401, 200)
    with scene.database.begin() as session:
        revoke_client(session, "north", at=clock.at)
    assert problem(ask(question, with_token=new))[0] == 401
    with scene.database.begin() as session, pytest.raises(ApiClientUnknown):
        rotate_token(session, "north", at=clock.at, grace=timedelta(0))


def test_clients_that_can_t_be_added(scene: Scene, token: str) -> None:
    with scene.database.begin() as session:
        for name, scopes in (("north", ["decide"]), ("No", ["decide"]), ("new", [])):
            with pytest.raises(InvalidApiClient):
                add_client(session, name, scopes=map(ApiScope, scopes), reach=EVERYTHING, at=NOW)


def test_a_client_that_asks_too_often_waits(
    ask: Ask, question: Json, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    monkeypatch.setattr("intake.accounts.api_clients.CALLS", replace(CALLS, count=2))
    monkeypatch.setattr("intake.web.api.problems.now", clock)
    assert [ask(question).status_code for _ in range(2)] == [200, 200]
    third = ask(question)
    assert problem(third)[0] == 429
    assert int(third.headers["Retry-After"]) in {60, 61}
    clock.at = NOW + timedelta(seconds=61)
    assert ask(question).status_code == 200


def test_the_public_list_needs_no_token(client: FlaskClient, scene: Scene) -> None:
    answer = client.get("/api/v1/partners")
    assert answer.json == {
        "schools": [
            {
                "id": scene.school_id,
                "name": "Riverside Elementary School",
                "partners": [
                    {
                        "id": "tutors",
                        "name": "Tutors West",
                        "partner_class": "community_organizations",
                    }
                ],
            }
        ]
    }
