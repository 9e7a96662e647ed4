"""The feed: in order, acknowledged by the next cursor, and never a grant after its ending."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from intake.clock import now as clock
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.sharing.destinations import (
    InvalidDestination,
    add_destination,
    new_token,
    revoke_token,
)
from intake.sharing.model import Destination, Publication, PublicationState
from intake.sharing.publisher import publish_due
from intake.web.api import events as api
from tests.conftest import ZONE
from tests.serving import serving
from tests.sharing.builders import NAME, add_student, end, grant, withdraw
from tests.sharing.conftest import SECRET, intake_api, wait_for


@pytest.fixture
def token(sharing: Database) -> str:
    with sharing.begin() as session:
        return new_token(
            session, add_destination(session, "puller", "pull", "", SECRET, at=clock())
        )


@pytest.fixture
def app(sharing: Database) -> Flask:
    app = intake_api(sharing)
    app.register_blueprint(api.blueprint)
    return app


class Reader:
    """A sharing system that pulls."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token, self.cursor = client, token, "0"

    def get(self, **query: object) -> Any:
        return self.client.get(
            "/api/v1/events",
            query_string=query,
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def read(self, *, keep: bool = True, **query: object) -> list[str]:
        """What kinds of events come next."""
        answer = self.get(after=self.cursor, **query)
        assert answer.status_code == 200
        if keep:
            self.cursor = answer.json["next"]
        return [event["type"].rpartition(".")[2] for event in answer.json["events"]]


@pytest.fixture
def reader(app: Flask, token: str) -> Iterator[Reader]:
    with app.test_client() as client:
        yield Reader(client, token)


def states(database: Database) -> list[str]:
    with database.read() as session:
        query = select(Publication).order_by(Publication.sequence)
        return [row.state.value for row in session.scalars(query)]


def give(database: Database) -> Any:
    with database.begin() as session:
        student = add_student(session, at=clock())
        return grant(session, student, at=clock())


def revoke(database: Database, consent: Any) -> None:
    with database.begin() as session:
        withdraw(session, consent.student_id, [session.merge(consent)], at=clock())


def test_events_come_in_order_and_are_acknowledged_by_the_next_cursor(
    sharing: Database, reader: Reader
) -> None:
    consent = give(sharing)
    with sharing.begin() as session:
        grant(session, add_student(session, at=clock()), at=clock())
    assert reader.read() == ["given", "given"]
    assert states(sharing) == ["pending"] * 2
    with sharing.begin() as session:
        end(session, session.merge(consent), EventKind.EXPIRED, at=clock())
    assert reader.read() == ["ended"]
    # The grant of the consent that has ended was cancelled: nothing depends on it any more.
    assert states(sharing) == ["cancelled", "delivered", "pending"]
    assert reader.read() == []
    assert states(sharing) == ["cancelled", "delivered", "delivered"]


def test_an_answer_that_got_lost_comes_again_with_the_same_cursor(
    sharing: Database, reader: Reader
) -> None:
    for _ in range(3):
        give(sharing)
    first = reader.get(after=0, limit=2).json
    again = reader.get(after=0, limit=2).json
    assert again == first
    assert first["more"] is True
    reader.cursor = first["next"]
    assert len(reader.read()) == 1
    assert states(sharing) == ["delivered", "delivered", "pending"]
    assert reader.get(after=0).json["events"] != [], "an old cursor takes nothing back or away"
    assert states(sharing) == ["delivered", "delivered", "pending"]


def test_a_smaller_page_acknowledges_only_what_is_on_it(sharing: Database, reader: Reader) -> None:
    for _ in range(3):
        give(sharing)
    assert len(reader.read(keep=False)) == 3
    assert len(reader.read(limit=1)) == 1
    assert len(reader.read(keep=False)) == 2
    assert states(sharing) == ["delivered", "pending", "pending"]


def test_a_grant_that_nobody_has_read_is_never_read_once_it_is_revoked(
    sharing: Database, reader: Reader
) -> None:
    revoke(sharing, give(sharing))
    assert reader.read() == []
    assert states(sharing) == ["cancelled"]


def test_a_grant_that_was_read_but_not_acknowledged_is_followed_by_its_revocation_alone(
    sharing: Database, reader: Reader
) -> None:
    consent = give(sharing)
    assert reader.read(keep=False) == ["given"]
    revoke(sharing, consent)
    answer = reader.get(after=0)
    assert NAME not in answer.text
    assert [event["type"].rpartition(".")[2] for event in answer.json["events"]] == ["revoked"]


def test_the_worker_leaves_the_feed_alone(sharing: Database, reader: Reader) -> None:
    give(sharing)
    assert publish_due(sharing, at=clock(), zone=ZONE, worker="worker-1") == 0
    assert states(sharing) == ["pending"]
    assert reader.read() == ["given"]


def test_nothing_is_read_without_the_token(sharing: Database, reader: Reader) -> None:
    give(sharing)
    right = reader.token
    for wrong in ("", "x", right[:-1], right.upper()):
        reader.token = wrong
        answer = reader.get()
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.content_type == "application/problem+json"
    with sharing.begin() as session:
        destination = session.get_one(Destination, "puller")
        assert right not in str(destination.token_key)
        fresh = new_token(session, destination)
    reader.token = right
    assert reader.get().status_code == 401, "the token before is void"
    reader.token = fresh
    assert reader.read() == ["given"]


@pytest.mark.parametrize(
    "query",
    [
        {"after": "-1"},
        {"after": "x"},
        {"after": "9" * 30},
        {"after": "٣"},
        {"limit": "0"},
        {"limit": "501"},
        {"wait": "31"},
        {"aftr": "1"},
    ],
)
def test_what_can_not_be_asked(reader: Reader, query: dict[str, str]) -> None:
    answer = reader.get(**query)
    assert answer.status_code == 400
    assert answer.json["detail"]


def test_a_cursor_that_was_never_given_out(reader: Reader) -> None:
    assert reader.get(after="1").status_code == 409


def test_feeds_are_apart(sharing: Database, app: Flask, reader: Reader) -> None:
    with sharing.begin() as session:
        second = add_destination(session, "second", "pull", "", SECRET, at=clock())
        other = Reader(app.test_client(), new_token(session, second))
    give(sharing)
    assert (reader.read(), reader.read()) == (["given"], [])
    assert other.read() == ["given"]


def test_a_reader_waits_until_something_comes(
    sharing: Database, app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LOOK_EVERY", 0.02)
    with serving(app) as server:
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(ask(server.port, token, wait=20)))
        thread.start()
        time.sleep(0.2)
        assert found == []
        give(sharing)
        thread.join(10)
    assert len(found[0].json()["events"]) == 1


def test_a_token_that_is_revoked_ends_the_wait(
    sharing: Database, app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LOOK_EVERY", 0.02)
    with serving(app) as server:
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(ask(server.port, token, wait=20)))
        thread.start()
        time.sleep(0.2)
        with sharing.begin() as session:
            revoke_token(session.get_one(Destination, "puller"))
        thread.join(10)
        give(sharing)
    assert found[0].status_code == 401


def test_only_some_wait_at_the_same_time(
    sharing: Database, app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(api, "WAITING", places)
    with serving(app) as server:
        thread = threading.Thread(target=lambda: ask(server.port, token, wait=2))
        thread.start()
        wait_for(lambda: places._value == 0)
        started = time.monotonic()
        answer = ask(server.port, token, wait=20)
        assert time.monotonic() - started < 1.5
        assert answer.json() == {"events": [], "next": "0", "more": False}
        assert answer.headers["Retry-After"] == "5"
        thread.join(10)
    assert places.acquire(blocking=False), "the place is free again"


def ask(port: int, token: str, **query: int) -> httpx.Response:
    return httpx.get(
        f"http://127.0.0.1:{port}/api/v1/events",
        params=query,
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )


def test_two_readers_at_once_are_given_the_same_places(
    sharing: Database, app: Flask, token: str
) -> None:
    for _ in range(20):
        give(sharing)
    with serving(app) as server:
        found: list[list[str]] = []

        def read() -> None:
            events = ask(server.port, token, limit=15).json()["events"]
            found.append([event["id"] for event in events])

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [found[0]] * 4
    with sharing.read() as session:
        positions = session.scalars(
            select(Publication.position).where(Publication.position.is_not(None))
        ).all()
    assert sorted(filter(None, positions)) == list(range(1, 16))


def test_a_destination_that_pulls_has_no_address(sharing: Database, now: datetime) -> None:
    with sharing.begin() as session:
        for url, secret in (("https://e.org/", SECRET), ("", "secret")):
            with pytest.raises(InvalidDestination):
                add_destination(session, "puller", "pull", url, secret, at=now)


def test_a_feed_in_fhir(sharing: Database, reader: Reader) -> None:
    with sharing.begin() as session:
        from intake.sharing.formats import Format  # noqa: PLC0415

        session.get_one(Destination, "puller").format = Format.FHIR
    give(sharing)
    [event] = reader.get().json["events"]
    assert event["data"]["resourceType"] == "Consent"
    assert states(sharing) == [PublicationState.PENDING.value]
