"""``intake bench publish``: events a second, beside a bare client against the same receiver."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any

import httpx
from sqlalchemy import func, insert, select

from intake.bench.decide import consent_row, student_row
from intake.bench.machine import BenchFailed, check_empty, engine_facts, machine_facts
from intake.bench.receiving import receive
from intake.clock import now
from intake.config import Settings
from intake.consents.ledger import SYSTEM, NewEvent, record_all
from intake.consents.model import Consent
from intake.consents.states import EventKind
from intake.db.base import new_id
from intake.db.engine import Database
from intake.installation import open_database
from intake.roster.model import Student
from intake.roster.students import add_school
from intake.schema import upgrade
from intake.sharing.connectors.webhook.connector import CONTENT_TYPE
from intake.sharing.destinations import add_destination
from intake.sharing.model import Publication, PublicationState
from intake.sharing.outbox import publication_subscriber
from intake.sharing.publisher import LIMIT, publish_due
from intake.sharing.standard_webhooks import new_secret

PER_STUDENT = 2
"""Events of each student, so that there is an order to keep."""
_ROWS = 200
_LONGEST = 600
"""Seconds: a worker that fails leaves the others, and us, waiting no longer than this."""
_SPAWN = multiprocessing.get_context("spawn")


def bench_publish(
    settings: Settings, *, count: int, workers: Sequence[int], rounds: int
) -> dict[str, Any]:
    """Publish ``count`` events with each number of worker processes, on an empty database.

    Each round sends the same bodies through a bare ``httpx.Client`` (keep-alive, nothing signed,
    nothing written down) just before, to the same receiver. Raises BenchFailed.
    """
    database = open_database(settings)
    check_empty(database)
    upgrade(database)
    database.subscribers.append(publication_subscriber(settings.base_url))
    with _receiver() as url:
        school_id = _prepare(database, url)
        rows = []
        for number in workers:
            found = [
                _round(database, settings, school_id, url, count, number) for _ in range(rounds)
            ]
            best = max(one["ratio"] for one in found)
            rows.append({"workers": number, "best_ratio": best, "rounds": found})
    return {
        "machine": machine_facts(),
        "database": engine_facts(database),
        "events": count,
        "workers": rows,
    }


@contextmanager
def _receiver() -> Iterator[str]:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=receive, args=(theirs,), daemon=True)
    process.start()
    try:
        if not ours.poll(30):
            raise BenchFailed("the receiver did not start")
        yield f"http://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()


def _prepare(database: Database, url: str) -> str:
    """One school, and one destination that is told of everything; the school's id."""
    with database.begin() as session:
        add_destination(session, "bench", "webhook", url, new_secret(), at=now())
        return add_school(session, "Riverside Elementary School").id


def _round(
    database: Database, settings: Settings, school_id: str, url: str, count: int, workers: int
) -> dict[str, Any]:
    _fill(database, school_id, count)
    bare = _bare(url, _bodies(database))
    _forget(url)
    ours = _publish(settings, workers)
    arrived = _forget(url)
    _check(database, arrived, count)
    measured = count - workers  # each process sent one to warm up, as the bare client did
    rate, bare_rate = measured / ours.seconds, count / bare.seconds
    cpu, bare_cpu = 1000 * ours.cpu_seconds / measured, 1000 * bare.cpu_seconds / count
    return {
        "events_per_second": round(rate, 1),
        "bare_client_per_second": round(bare_rate, 1),
        "ratio": round(rate / bare_rate, 2),
        # On a machine that does other things too, the processor's time is the steadier measure.
        "cpu_ms_per_event": round(cpu, 2),
        "bare_client_cpu_ms_per_event": round(bare_cpu, 2),
        "cpu_ratio": round(bare_cpu / cpu, 2),
        "repeated": arrived["repeated"],
        "out_of_order": arrived["out_of_order"],
    }


def _fill(database: Database, school_id: str, count: int) -> None:
    """Consents, through the ledger and its subscriber, as signing does it."""
    for first in range(0, count, _ROWS):
        with database.begin() as session:
            ids = [new_id() for _ in range(min(_ROWS, count - first + 1) // PER_STUDENT)]
            session.execute(insert(Student), [student_row(id, school_id) for id in ids])
            rows = [consent_row(id) for id in ids * PER_STUDENT]
            session.execute(insert(Consent), rows)
            record_all(
                session,
                [
                    NewEvent(EventKind.ACTIVATED, now(), SYSTEM, row["student_id"], row["id"])
                    for row in rows
                ],
            )


def _bodies(database: Database) -> list[bytes]:
    query = select(Publication.body).where(Publication.state == PublicationState.PENDING)
    with database.read() as session:
        return [body.encode() for body in session.scalars(query.order_by(Publication.sequence))]


@dataclass(frozen=True, slots=True)
class Took:
    """How long all events took, by the clock on the wall and by the sending side's processors."""

    seconds: float
    cpu_seconds: float


def _bare(url: str, bodies: Sequence[bytes]) -> Took:
    """A loop that does nothing but post."""
    headers = {"content-type": CONTENT_TYPE}
    with httpx.Client(trust_env=False) as client:
        client.post(url, content=bodies[0], headers=headers)
        start, cpu = time.perf_counter(), time.process_time()
        for body in bodies:
            client.post(url, content=body, headers=headers).raise_for_status()
        return Took(time.perf_counter() - start, time.process_time() - cpu)


def _forget(url: str) -> dict[str, int]:
    """What the receiver has had since it was asked last."""
    found: dict[str, int] = httpx.delete(url, trust_env=False).json()
    return found


def _publish(settings: Settings, workers: int) -> Took:
    """Until nothing waits any more, from the moment when all processes are up."""
    barrier, spent = _SPAWN.Barrier(workers + 1), _SPAWN.SimpleQueue()
    processes = [
        _SPAWN.Process(target=_work, args=(settings, f"bench-{number}", barrier, spent))
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    barrier.wait(timeout=60)
    start = time.perf_counter()
    barrier.wait(timeout=_LONGEST)
    seconds = time.perf_counter() - start
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise BenchFailed("a worker process failed; its message is above")
    return Took(seconds, sum(spent.get() for _ in processes))


def _work(settings: Settings, name: str, barrier: Barrier, spent: "SimpleQueue[float]") -> None:
    """One worker process: the product's own publishing, again and again."""
    database = open_database(settings)
    _publish_some(database, settings, name, limit=1)  # connected, every statement compiled
    barrier.wait(timeout=60)
    cpu = time.process_time()
    while True:
        if not _publish_some(database, settings, name, limit=LIMIT):
            if not _waiting(database):
                spent.put(time.process_time() - cpu)
                # How long it takes a process to leave is not measured.
                barrier.wait(timeout=_LONGEST)
                return
            time.sleep(0.01)


def _publish_some(database: Database, settings: Settings, name: str, *, limit: int) -> int:
    zone = settings.time_zone
    return publish_due(database, at=now(), zone=zone, worker=name, limit=limit, allow_private=True)


def _waiting(database: Database) -> int:
    query = select(func.count()).where(Publication.state == PublicationState.PENDING)
    with database.read() as session:
        return session.scalar(query) or 0


def _check(database: Database, arrived: dict[str, int], count: int) -> None:
    if arrived["events"] - arrived["repeated"] != count or _waiting(database):
        raise BenchFailed(f"of {count} events {arrived['events']} arrived")
