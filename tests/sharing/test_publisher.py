"""Nothing lost, nothing out of order for a student, nothing applied twice, whatever goes wrong."""

import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select, text

from intake.clock import now
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.demo.sharing_system.store import Standing
from intake.sharing.model import Publication, PublicationState
from tests.sharing.builders import NAME, add_student, end, grant, granted, withdraw
from tests.sharing.conftest import Receiver, wait_for

Publish = Callable[..., int]
AFTER_LEASE = 61


def give(database: Database) -> str:
    """One student's consent; returns the student's id."""
    with database.begin() as session:
        student = add_student(session, at=now())
        grant(session, student, at=now())
        return student.id


def publications(database: Database) -> list[Publication]:
    with database.read() as session:
        return list(session.scalars(select(Publication).order_by(Publication.sequence)))


@contextmanager
def in_background(work: Callable[[], object]) -> Iterator[None]:
    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


def test_a_receiver_that_is_down_gets_everything_later(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    receiver.stop()
    for _ in range(3):
        give(sharing)
    assert publish() == 0
    [tried, *untried] = sorted(publications(sharing), key=lambda row: -row.attempts)
    assert (tried.attempts, tried.error) == (1, "no connection")
    # The others wait for the next call instead of each running into the same wall.
    assert [row.attempts for row in untried] == [0, 0]
    assert all(row.claimed_by is None for row in untried)

    receiver.start()
    assert publish(later=2) == 3
    assert receiver.effects() == ["applied"] * 3


def test_one_students_failure_does_not_hold_up_the_others(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    failing = give(sharing)
    give(sharing)
    receiver.misbehave("500", student_id=failing)
    assert publish() == 1
    [first, second] = publications(sharing)
    assert (first.state, first.error) == (PublicationState.PENDING, "HTTP 500")
    assert second.state is PublicationState.DELIVERED
    assert publish() == 0, "it waits before it tries again"

    receiver.misbehave("ok")
    assert publish(later=2) == 1


def test_an_event_that_was_damaged_in_the_database_does_not_hold_up_the_others(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    damaged = give(sharing)
    give(sharing)
    with sharing.begin() as session:
        session.execute(
            text("UPDATE publications SET body = :body WHERE student_id = :student"),
            {"body": b"test\0cut off", "student": damaged},
        )
    assert publish() == 1
    with sharing.read() as session:
        errors = session.scalars(select(Publication.error).order_by(Publication.sequence)).all()
    assert errors == ["unexpected CannotDecrypt", None]


def test_failures_are_repeated_ever_more_slowly_but_never_given_up(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    give(sharing)
    receiver.misbehave("500")
    for attempt in range(1, 14):
        publish(later=attempt * 200)
        with sharing.begin() as session:
            [row] = session.scalars(select(Publication)).all()
            wait = (row.next_attempt_at - now()).total_seconds() - attempt * 200
            expected = min(2 ** (attempt - 1), 600)
            assert row.attempts == attempt
            assert 0.5 - 1 <= wait <= expected
            row.next_attempt_at = now()


def test_a_later_event_waits_for_the_earlier_one(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    student, consent = granted(sharing, at=now())
    publish()
    receiver.misbehave("500")
    with sharing.begin() as session:
        end(session, session.merge(consent), EventKind.SUPERSEDED, at=now())
    publish(later=60)  # a minute ahead, so that its next attempt is not due on a slow machine
    receiver.misbehave("ok")
    with sharing.begin() as session:
        grant(session, student, at=now())
    assert publish() == 0
    assert [publish(later=90), publish(later=90)] == [2, 0]
    assert [d.type.rpartition(".")[2] for d in receiver.system.store.deliveries()] == [
        "given",
        "ended",
        "given",
    ]


def test_a_grant_that_failed_is_not_repeated_once_it_is_revoked(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    receiver.misbehave("500")
    student, consent = granted(sharing, at=now())
    publish()
    with sharing.begin() as session:
        withdraw(session, student.id, [session.merge(consent)], at=now())
    receiver.misbehave("ok")
    publish()

    [delivery] = receiver.system.store.deliveries()
    assert delivery.type.endswith("revoked")
    [known] = receiver.system.store.students()
    assert (known.name, known.standing) == (None, Standing.HIDDEN)


def test_a_revocation_while_the_grant_is_being_sent_follows_it(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    student, consent = granted(sharing, at=now())
    receiver.misbehave("slow", seconds=0.3)
    with in_background(publish):
        wait_for(lambda: receiver.effects() == ["applied"])
        with sharing.begin() as session:
            withdraw(session, student.id, [session.merge(consent)], at=now())
        assert publish(worker="worker-2") == 0
    receiver.misbehave("ok")
    publish()
    assert NAME not in receiver.page()
    assert [row.state for row in publications(sharing)] == [PublicationState.DELIVERED] * 2


def test_a_slow_receiver_does_not_get_the_same_event_from_a_second_worker(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    give(sharing)
    receiver.misbehave("slow", seconds=0.3)
    with in_background(publish):
        wait_for(lambda: receiver.effects() == ["applied"])
        assert publish(worker="worker-2") == 0
    assert receiver.effects() == ["applied"]


def test_a_worker_whose_lease_ran_out_does_not_settle_anothers_claim(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    give(sharing)
    receiver.misbehave("slow", seconds=0.3)
    first = threading.Thread(target=publish)
    first.start()
    wait_for(lambda: len(receiver.effects()) == 1)
    receiver.misbehave("slow", seconds=0.9)
    with in_background(lambda: publish(later=AFTER_LEASE, worker="worker-2")):
        wait_for(lambda: len(receiver.effects()) == 2)
        first.join()
        [row] = publications(sharing)
        assert (row.state, row.claimed_by) == (PublicationState.PENDING, "worker-2")
    [row] = publications(sharing)
    assert (row.state, row.claimed_by) == (PublicationState.DELIVERED, None)
    assert receiver.effects() == ["applied", "duplicate"]


def test_a_worker_killed_between_sending_and_marking_costs_a_duplicate_and_nothing_else(
    sharing: Database, database_url: str, receiver: Receiver, publish: Publish
) -> None:
    _, consent = granted(sharing, at=now())
    receiver.misbehave("slow", seconds=5)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.sharing.publishing_process", database_url],
        cwd=Path(__file__).parents[2],
    )
    wait_for(lambda: receiver.effects() == ["applied"])
    worker.kill()
    worker.wait()
    receiver.misbehave("ok")
    with sharing.begin() as session:
        end(session, session.merge(consent), EventKind.RIGHTS_TRANSFERRED, at=now())

    assert publish() == 0, "the dead worker's lease still holds, for the student's next event too"
    # Its grant has ended meanwhile: the name does not travel again, the ending does.
    assert publish(later=AFTER_LEASE) == 1
    assert receiver.effects() == ["applied", "applied"]
    [known] = receiver.system.store.students()
    assert known.standing == Standing.ENDED


def test_a_killed_workers_event_is_sent_again_under_the_same_id(
    sharing: Database, database_url: str, receiver: Receiver, publish: Publish
) -> None:
    give(sharing)
    receiver.misbehave("slow", seconds=5)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.sharing.publishing_process", database_url],
        cwd=Path(__file__).parents[2],
    )
    wait_for(lambda: receiver.effects() == ["applied"])
    worker.kill()
    worker.wait()
    receiver.misbehave("ok")

    assert publish(later=AFTER_LEASE) == 1
    [first, second] = receiver.system.store.deliveries()
    assert (first.effect, second.effect) == ("applied", "duplicate")
    assert first.webhook_id == second.webhook_id == publications(sharing)[0].event_id


def test_two_workers_keep_every_students_order(
    sharing: Database, receiver: Receiver, publish: Publish
) -> None:
    with sharing.begin() as session:
        students = [add_student(session, at=now()) for _ in range(12)]
        consents = [[grant(session, student, at=now()) for _ in range(3)] for student in students]
    for _ in range(3):
        publish()
    with sharing.begin() as session:
        for student, given in zip(students, consents, strict=True):
            for consent in given:
                end(session, session.merge(consent), EventKind.SUPERSEDED, at=now())
                grant(session, student, at=now())
    receiver.misbehave("500", student_id=students[0].id)

    def work(worker: str) -> None:
        for _ in range(10):
            publish(worker=worker, limit=7)

    with in_background(lambda: work("worker-1")), in_background(lambda: work("worker-2")):
        pass
    receiver.misbehave("ok")
    while any(row.state is PublicationState.PENDING for row in publications(sharing)):
        publish(later=5)

    assert receiver.effects() == ["applied"] * len(students) * 9
    arrived = defaultdict(list)
    for delivery in receiver.system.store.deliveries():
        arrived[delivery.student_id].append(delivery.sequence)
    for sequences in arrived.values():
        assert sequences == sorted(sequences)
