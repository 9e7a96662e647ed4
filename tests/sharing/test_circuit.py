"""The circuit breaker: a system that is down is left in peace, the others are not held up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.clock import now
from intake.db.engine import Database
from intake.sharing.circuit import FAILURES_TO_OPEN, LONGEST_PAUSE, CircuitState
from intake.sharing.destinations import add_destination
from intake.sharing.model import Destination, Publication, PublicationState
from intake.sharing.standing import standings
from tests.sharing.builders import add_student, grant
from tests.sharing.conftest import SECRET, Receiver

Publish = Callable[..., int]


def give(database: Database, count: int) -> None:
    with database.begin() as session:
        for _ in range(count):
            grant(session, add_student(session, at=now()), at=now())


def circuit(database: Database, *, later: float = 0) -> tuple[CircuitState, int]:
    with database.read() as session:
        [found] = standings(session, at=now() + timedelta(seconds=later))
        return found.circuit, found.failures


def attempts(database: Database) -> int:
    with database.read() as session:
        return sum(session.scalars(select(Publication.attempts)))


@pytest.fixture
def opened(sharing: Database, receiver: Receiver, publish: Publish) -> Database:
    """Open: enough deliveries failed in a row."""
    receiver.misbehave("500")
    give(sharing, FAILURES_TO_OPEN + 3)
    assert publish(limit=FAILURES_TO_OPEN) == 0
    assert circuit(sharing) == (CircuitState.OPEN, FAILURES_TO_OPEN)
    return sharing


def test_an_open_circuit_lets_nothing_through(opened: Database, publish: Publish) -> None:
    before = attempts(opened)
    assert publish(later=5) == 0
    assert attempts(opened) == before


def test_one_delivery_is_tried_and_closes_it(
    opened: Database, receiver: Receiver, publish: Publish
) -> None:
    receiver.misbehave("ok")
    assert circuit(opened, later=20)[0] is CircuitState.HALF_OPEN
    before = attempts(opened)
    assert publish(later=20) == 1
    assert attempts(opened) == before + 1
    assert circuit(opened) == (CircuitState.CLOSED, 0)
    assert publish(later=20) == FAILURES_TO_OPEN + 2


def test_one_delivery_that_fails_opens_it_for_longer(opened: Database, publish: Publish) -> None:
    at = 20.0
    for failures in range(FAILURES_TO_OPEN + 1, FAILURES_TO_OPEN + 5):
        before = attempts(opened)
        assert publish(later=at) == 0
        assert attempts(opened) == before + 1
        with opened.read() as session:
            until = session.get_one(Destination, "reference").open_until
        assert until is not None
        pause = until - now() - timedelta(seconds=at)
        assert timedelta(0) < pause <= LONGEST_PAUSE
        assert circuit(opened, later=at) == (CircuitState.OPEN, failures)
        at += LONGEST_PAUSE.total_seconds() + 1


def test_only_one_worker_tries(opened: Database, receiver: Receiver, publish: Publish) -> None:
    with opened.begin() as session:
        found = session.get_one(Destination, "reference")
        found.open_until = now() + timedelta(seconds=20 + 60)  # as if another had taken it
    receiver.misbehave("ok")
    assert publish(later=20) == 0
    assert publish(later=90) == 1, "it died; after its lease the next one may"


def test_an_idle_circuit_is_not_touched(opened: Database, publish: Publish) -> None:
    with opened.begin() as session:
        for row in session.scalars(select(Publication)):
            row.state = PublicationState.CANCELLED
    assert publish(later=20) == 0
    assert circuit(opened, later=20)[0] is CircuitState.HALF_OPEN


def test_another_destination_is_not_held_up(
    opened: Database, receiver: Receiver, publish: Publish
) -> None:
    receiver.misbehave("ok")
    with opened.begin() as session:
        url = f"{receiver.url}/webhook"
        add_destination(session, "second", "webhook", url, SECRET, at=now())
    give(opened, 2)
    assert publish() == 2
    with opened.read() as session:
        delivered = session.scalars(
            select(Publication.destination_id).where(
                Publication.state == PublicationState.DELIVERED
            )
        )
        assert set(delivered) == {"second"}


def test_an_event_that_is_refused_for_itself_does_not_open_it(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        found = session.get_one(Destination, "reference")
        found.url = found.url.replace("/webhook", "/faults")  # which answers 400 to an event
    give(sharing, FAILURES_TO_OPEN + 1)
    assert publish() == 0
    assert circuit(sharing) == (CircuitState.CLOSED, 0)
