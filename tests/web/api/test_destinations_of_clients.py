"""What a client does for its destinations: reads feeds, sees revocations, confirms."""

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.accounts.api_clients import ApiScope, Reach
from intake.accounts.api_tokens import add_client, revoke_client
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.sharing.destinations import Settings, add_destination
from intake.sharing.filters import Filters
from intake.sharing.model import Confirmation
from intake.sharing.outbox import publication_subscriber
from intake.sharing.standard_webhooks import new_secret
from intake.web.api import events as feed
from tests.conftest import NOW
from tests.disclosures.scene import Scene, set_scene
from tests.sharing.builders import add_student, grant, withdraw

Call = Callable[..., TestResponse]
DESTINATIONS = ("east", "west")


@pytest.fixture
def scene(database: Database) -> Scene:
    """As elsewhere, with two destinations that pull."""
    scene = set_scene(database)
    database.subscribers.append(publication_subscriber("https://waivers.example.org"))
    with database.begin() as session:
        for name in DESTINATIONS:
            add_destination(session, name, "pull", "", new_secret(), at=NOW)
    return scene


@pytest.fixture
def revocations(scene: Scene) -> list[str]:
    """Seven, the later the more urgent, of which both destinations were told."""
    ids = []
    with scene.database.begin() as session:
        for number in range(7):
            student = add_student(session, at=NOW)
            consent = grant(session, student, at=NOW)
            at = NOW - timedelta(hours=number)
            ids.append((student.id, consent))
        for name in DESTINATIONS:
            _read(session, name)
        made = []
        for number, (student_id, consent) in enumerate(ids):
            at = NOW - timedelta(hours=number)
            made.append(withdraw(session, student_id, [consent], at=at).revocation.id)
        for name in DESTINATIONS:
            _read(session, name)
    return made[::-1]


def _read(session: Any, name: str) -> None:
    from intake.sharing.connectors.pull.feed import read_page  # noqa: PLC0415
    from intake.sharing.model import Destination  # noqa: PLC0415

    read_page(
        session, session.get_one(Destination, name), after=0, limit=100, today=date(2026, 11, 23)
    )


@pytest.fixture
def add(scene: Scene, client: FlaskClient) -> Callable[..., Call]:
    """Adds a client and returns its way to call."""

    def add(name: str, reach: Reach, scopes: Any = ApiScope) -> Call:
        with scene.database.begin() as session:
            token = add_client(session, name, scopes=scopes, reach=reach, at=NOW)

        def call(method: str, path: str, **more: Any) -> TestResponse:
            headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
            return client.open(f"/api/v1{path}", method=method, headers=headers, **more)

        return call

    return add


EAST = Reach(None, None, frozenset({"east"}))


def test_open_revocations_come_page_by_page(
    add: Callable[..., Call], revocations: list[str]
) -> None:
    call = add("c", EAST)
    path, found = "/revocations?state=open&limit=3", []
    for _ in range(3):
        page = call("GET", path)
        assert page.status_code == 200
        again = call("GET", path, headers={"If-None-Match": page.headers["ETag"]})
        assert again.status_code == 304
        told = page.json or {}
        found += [one["id"] for one in told["revocations"]]
        for one in told["revocations"]:
            assert [(d["destination"], d["hidden_at"]) for d in one["destinations"]] == [
                ("east", None)
            ]
        if told["next"] is None:
            assert "Link" not in page.headers
            break
        link = page.headers["Link"]
        assert link.endswith('; rel="next"')
        path = link[len("</api/v1") : link.index(">")]
    assert found == revocations
    assert (call("GET", "/revocations?state=completed").json or {})["revocations"] == []


def test_cursors_are_given_out_and_not_made_up(
    add: Callable[..., Call], revocations: list[str]
) -> None:
    call, other = add("c", EAST), add("d", EAST)
    cursor = (call("GET", "/revocations?limit=1").json or {})["next"]
    assert call("GET", "/revocations", query_string={"cursor": cursor}).status_code == 200
    for wrong in ("", "0", cursor[:-1], cursor + "0", "x" + cursor, "ü", "a" * 5000):
        assert call("GET", "/revocations", query_string={"cursor": wrong}).status_code == 404
    assert other("GET", "/revocations", query_string={"cursor": cursor}).status_code == 404
    completed = {"cursor": cursor, "state": "completed"}
    assert call("GET", "/revocations", query_string=completed).status_code == 404


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=1&limit=2", "limit=٣",
              "state=all", "state=", "offset=5"],
)  # fmt: skip
def test_unusable_parameters_are_refused(add: Callable[..., Call], query: str) -> None:
    assert add("c", EAST)("GET", f"/revocations?{query}").status_code == 400


def test_only_what_is_within_reach_is_listed(
    add: Callable[..., Call], revocations: list[str]
) -> None:
    for name, reach in (
        ("none", Reach(None, None, frozenset())),
        ("another", Reach(None, None, frozenset({"north"}))),
        ("school", Reach(frozenset({"elsewhere"}), None, None)),
    ):
        assert (add(name, reach)("GET", "/revocations").json or {})["revocations"] == []
    assert add("feeder", EAST, [ApiScope.FEED])("GET", "/revocations").status_code == 403


def test_a_client_confirms_for_its_destination_alone(
    add: Callable[..., Call], revocations: list[str], scene: Scene
) -> None:
    call = add("c", EAST)
    listed = call("GET", "/revocations?limit=1").json or {}
    [one] = listed["revocations"]
    body = {
        "destination": "east", "revocation": one["id"],
        "event": one["destinations"][0]["event"], "state": "identity_hidden",
    }  # fmt: skip
    assert call("POST", "/confirmations", json={**body, "destination": "west"}).status_code == 404
    assert call("POST", "/confirmations", json={**body, "event": "x"}).status_code == 409
    assert call("POST", "/confirmations", json={**body, "revocation": "x"}).status_code == 404
    decider = add("decider", EAST, [ApiScope.DECIDE])
    assert decider("POST", "/confirmations", json=body).status_code == 403
    outside = add("outside", Reach(frozenset({"elsewhere"}), None, None))
    assert outside("POST", "/confirmations", json=body).status_code == 404
    for _ in range(2):
        answer = call("POST", "/confirmations", json=body, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 200
    hidden = (call("GET", "/revocations?limit=1").json or {})["revocations"][0]
    assert hidden["destinations"][0]["hidden_at"] == "2026-11-23T21:00:00Z"
    with scene.database.read() as session:
        [confirmation] = session.scalars(select(Confirmation)).all()
        events = LedgerEvent.kind == EventKind.IDENTITY_HIDDEN
        assert len(session.scalars(select(LedgerEvent).where(events)).all()) == 1
    assert confirmation.webhook_id == "client:c"


def test_a_client_reads_the_feeds_of_its_destinations(
    add: Callable[..., Call], scene: Scene
) -> None:
    with scene.database.begin() as session:
        grant(session, add_student(session, at=NOW), at=NOW)
    one, both = add("one", EAST), add("both", Reach(None, None, None))
    assert len((one("GET", "/events").json or {})["events"]) == 1
    assert one("GET", "/events?destination=west").status_code == 404
    assert both("GET", "/events").status_code == 400
    assert len((both("GET", "/events?destination=west").json or {})["events"]) == 1
    assert add("none", Reach(None, None, frozenset()))("GET", "/events").status_code == 404
    assert add("decider", EAST, [ApiScope.DECIDE])("GET", "/events").status_code == 403
    assert one("GET", "/events?after=99").status_code == 409
    assert one("GET", "/events?aftr=1").status_code == 400


def test_a_feed_with_more_schools_than_the_client_s_is_not_read(
    add: Callable[..., Call], scene: Scene
) -> None:
    with scene.database.begin() as session:
        filters = Filters(schools=frozenset({scene.school_id}))
        add_destination(
            session, "narrow", "pull", "", new_secret(), at=NOW, settings=Settings(filters=filters)
        )
    call = add("c", Reach(frozenset({scene.school_id}), None, None))
    assert call("GET", "/events?destination=east").status_code == 403
    assert call("GET", "/events?destination=narrow").status_code == 200


def test_a_token_that_is_revoked_ends_the_wait(
    add: Callable[..., Call], scene: Scene, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOK_EVERY", 0.05)
    call = add("c", EAST)
    answers: list[TestResponse] = []
    waiting = threading.Thread(target=lambda: answers.append(call("GET", "/events?wait=30")))
    waiting.start()
    time.sleep(0.3)
    assert not answers
    with scene.database.begin() as session:
        revoke_client(session, "c", at=NOW)
    waiting.join(timeout=25)
    assert [one.status_code for one in answers] == [401]
