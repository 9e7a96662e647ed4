"""Lookup, identifiers and standing consent over HTTP."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.accounts.api_clients import ApiScope, Reach
from intake.accounts.api_tokens import add_client
from intake.consents.ledger import LedgerEvent, check_chain
from intake.consents.states import EventKind
from intake.lookups.model import StudentLookup
from intake.roster.model import School
from intake.roster.students import add_student
from tests.conftest import NOW
from tests.disclosures.scene import Scene
from tests.web.api.conftest import Ask, Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The lookup's own tests run on both engines."""

Json = dict[str, Any]
NOBODY = {"match": "none", "student": None}


class Api:
    """A client's calls about students."""

    def __init__(self, client: FlaskClient, token: str, scene: Scene) -> None:
        self.client, self.scene = client, scene
        self.headers = {"authorization": f"Bearer {token}"}

    def lookup(self, **body: Any) -> TestResponse:
        if "identifier" not in body:
            emma = {"name": "Emma Johnson", "birth_date": "2015-04-12"}
            body = emma | {"school": self.scene.school_id} | body
        return self.client.post("/api/v1/students/lookup", json=body, headers=self.headers)

    def link(self, identifier: str, student: str | None = None) -> TestResponse:
        return self.client.put(
            f"/api/v1/students/{student or self.scene.student_id}/identifier",
            json={"identifier": identifier},
            headers=self.headers,
        )

    def unlink(self) -> TestResponse:
        path = f"/api/v1/students/{self.scene.student_id}/identifier"
        return self.client.delete(path, headers=self.headers)

    def consent(self, student: str | None = None, **headers: str) -> TestResponse:
        path = f"/api/v1/students/{student or self.scene.student_id}/consent"
        return self.client.get(path, headers=self.headers | headers)


@pytest.fixture
def api(client: FlaskClient, token: str, scene: Scene) -> Api:
    return Api(client, token, scene)


@pytest.fixture
def other(client: FlaskClient, scene: Scene) -> Api:
    """A client of another school."""
    with scene.database.begin() as session:
        reach = Reach(frozenset({"elsewhere"}), None)
        token = add_client(session, "else", scopes=ApiScope, reach=reach, at=NOW)
    return Api(client, token, scene)


def test_found_linked_decided_and_unlinked(
    api: Api, ask: Ask, question: Json, scene: Scene, token: str
) -> None:
    assert api.lookup(identifier="104711").json == NOBODY
    assert api.lookup().json == {"match": "certain", "student": scene.student_id}
    assert api.link("104711").status_code == 201
    assert api.lookup(identifier="104711").json == {"match": "certain", "student": scene.student_id}

    recorded = {**question, "student": "own:104711", "record": True, "idempotency_key": "k"}
    told = ask(recorded).json or {}
    assert (told["student"], told["decision"]) == ("own:104711", "permit")
    again = ask({**recorded, "student": scene.student_id}).json or {}
    assert again["disclosure"] == told["disclosure"], "one student, however named"

    assert api.unlink().status_code == 204
    assert api.unlink().status_code == 404
    gone = ask({**question, "student": "own:104711"}).json or {}
    assert gone["elements"][0]["reasons"][0] == "student_unknown"
    with scene.database.read() as session:
        kinds = session.scalars(select(LedgerEvent.kind).order_by(LedgerEvent.sequence)).all()
        assert list(check_chain(session)) == []
    assert kinds[-5:] == [
        EventKind.LOOKED_UP, EventKind.IDENTIFIER_LINKED, EventKind.LOOKED_UP,
        EventKind.DISCLOSED, EventKind.IDENTIFIER_UNLINKED,
    ]  # fmt: skip


def test_a_link_needs_a_certain_lookup_of_one_s_own(api: Api, other: Api, clock: Clock) -> None:
    assert api.link("104711").status_code == 404
    api.lookup()
    assert api.link("1", student="nobody").status_code == 404
    assert other.lookup().json == NOBODY
    assert other.link("104711").status_code == 404
    clock.at = clock.at.replace(day=25)
    assert api.link("104711").status_code == 404, "the lookup was two days ago"


def test_an_identifier_stands_for_one_student(api: Api, scene: Scene) -> None:
    with scene.database.begin() as session:
        school = session.get_one(School, scene.school_id)
        omar = add_student(session, school=school, name="Omar Ali", birth_date=date(2014, 1, 1),
                           at=NOW).id  # fmt: skip
    api.lookup()
    api.lookup(name="Omar Ali", birth_date="2014-01-01")
    assert api.link("1").status_code == 201
    assert api.link("1", student=omar).status_code == 409
    assert api.link("2").status_code == 409, "change it by removing it first"
    assert api.link("2", student=omar).status_code == 201


def test_another_client_s_identifiers_are_unknown(api: Api, scene: Scene) -> None:
    api.lookup()
    api.link("104711")
    with scene.database.begin() as session:
        token = add_client(session, "second", scopes=ApiScope, reach=Reach(None, None), at=NOW)
    second = Api(api.client, token, scene)
    assert second.lookup(identifier="104711").json == NOBODY
    question = {**_question(scene), "student": "own:104711"}
    told = api.client.post("/api/v1/decisions", json=question, headers=second.headers).json or {}
    assert told["elements"][0]["reasons"][0] == "student_unknown"


def _question(scene: Scene) -> Json:
    return {
        "student": scene.student_id, "partner": "tutors", "person": "ana", "role": "tutor",
        "purpose": "academic_support", "elements": ["grades"],
    }  # fmt: skip


def test_doubt_names_nobody_and_looks_like_nothing_else(api: Api, scene: Scene) -> None:
    with scene.database.begin() as session:
        scene.student(session)
    assert api.lookup().json == {"match": "ambiguous", "student": None}
    assert api.lookup(name="Emma").json == NOBODY


def test_every_lookup_leaves_a_trail(api: Api, scene: Scene) -> None:
    api.lookup()
    api.lookup(name="Nobody Here")
    api.lookup(identifier="x")
    with scene.database.read() as session:
        rows = session.scalars(select(StudentLookup).order_by(StudentLookup.id)).all()
    trail = {(one.client_id, one.by.value, one.match.value, one.student_id) for one in rows}
    assert trail == {
        ("north", "description", "certain", scene.student_id),
        ("north", "description", "none", None),
        ("north", "identifier", "none", None),
    }


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""}, {"name": "a\0b"}, {"name": "e" * 201}, {"name": 1}, {"name": "\ud800"},
        {"birth_date": "2015-4-12"}, {"birth_date": "2015-02-30"}, {"birth_date": 20150412},
        {"school": ""}, {"school": "a\0"}, {"school": None}, {"grade": "5"},
        {"identifier": ""}, {"identifier": "a b"}, {"identifier": "ü"}, {"identifier": "1" * 61},
        {"identifier": 104711}, {"identifier": "1", "name": "Emma"},
    ],
)  # fmt: skip
def test_what_is_not_as_described_is_refused(api: Api, body: Json) -> None:
    answer = api.lookup(**body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("name", ["%", "_mma Johnson", "Emma%", "' OR 1=1 --", "*", "....", "1"])
def test_wildcards_are_letters(api: Api, name: str) -> None:
    assert (api.lookup(name=name).json or {})["student"] is None
    assert api.lookup(identifier=name.replace(" ", "")).json == NOBODY


def test_how_consent_stands_is_told_once(api: Api, scene: Scene) -> None:
    answer = api.consent()
    told = answer.json or {}
    assert told["standing"] == "consented"
    assert told["record"]["status"] == "dpv:ConsentGiven"
    assert "Johnson" not in answer.text
    tag = answer.headers["ETag"]
    assert not tag.startswith("W/")
    same = api.consent(**{"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "private, no-cache"
    scene.revoke()
    changed = api.consent(**{"If-None-Match": tag})
    assert changed.status_code == 200
    assert (changed.json or {})["standing"] == "revoked"
    assert (changed.json or {})["record"]["status"] == "dpv:ConsentWithdrawn"


def test_a_no_has_no_record_to_show(api: Api, scene: Scene) -> None:
    with scene.database.begin() as session:
        student = scene.student(session)
        scene.sign(session, student, granted=False)
        nobody = scene.student(session)
    assert (api.consent(student).json or {})["standing"] == "declined"
    assert (api.consent(student).json or {})["record"] is None
    assert (api.consent(nobody).json or {})["standing"] == "no_consent"


def test_a_student_out_of_reach_does_not_exist(api: Api, other: Api) -> None:
    theirs, nobody = other.consent(), api.consent("nobody")
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.data == nobody.data
    for wrong in ("%00", "a%20b", "%F0%9F%91%8D", "x" * 37, "'"):
        assert api.consent(wrong).status_code == 404


def test_each_needs_its_scope(client: FlaskClient, scene: Scene) -> None:
    with scene.database.begin() as session:
        token = add_client(
            session, "feeder", scopes=[ApiScope.FEED], reach=Reach(None, None), at=NOW
        )
    api = Api(client, token, scene)
    for answer in (api.lookup(), api.link("1"), api.unlink(), api.consent()):
        assert answer.status_code == 403
