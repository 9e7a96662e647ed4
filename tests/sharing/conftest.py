"""Both ends of publication, on loopback: the callback of ours and the reference system."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from flask import Flask

from intake.clock import now
from intake.db.engine import Database
from intake.demo.sharing_system import SharingSystem, create_sharing_system
from intake.sharing.destinations import add_destination
from intake.sharing.outbox import publication_subscriber
from intake.sharing.publisher import publish_due
from intake.sharing.standard_webhooks import new_secret
from intake.web.api.confirmations import blueprint
from tests.conftest import ZONE
from tests.serving import serving

BASE_URL = "https://waivers.example.org"
SECRET = new_secret()


def wait_for(happened: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Until it is true; the test fails when it takes too long."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def intake_api(database: Database) -> Flask:
    """The application with nothing but the callback."""
    app = Flask("intake_api")
    app.extensions["intake"] = SimpleNamespace(
        database=database, settings=SimpleNamespace(time_zone=ZONE)
    )
    app.register_blueprint(blueprint)
    return app


class Receiver:
    """The reference sharing system: its application, and a server that can be taken down."""

    def __init__(self, app: Flask) -> None:
        self.system: SharingSystem = app.extensions["sharing_system"]
        self._app = app
        self._running = ExitStack()
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve, after the first time on the same port again."""
        self._port = self._running.enter_context(serving(self._app, self._port)).port

    def stop(self) -> None:
        self._running.close()

    def misbehave(self, mode: str, **more: object) -> None:
        answer = httpx.post(f"{self.url}/faults", json={"mode": mode, **more})
        assert answer.status_code == 200

    def page(self) -> str:
        return httpx.get(self.url).text

    def effects(self) -> list[str]:
        return [delivery.effect for delivery in self.system.store.deliveries()]


@pytest.fixture
def sharing(database: Database) -> Database:
    """A database whose ledger is published."""
    database.subscribers.append(publication_subscriber(BASE_URL))
    return database


@pytest.fixture
def receiver(sharing: Database, tmp_path: Path) -> Iterator[Receiver]:
    """The reference system, registered as destination ``reference``."""
    with receiving(sharing, tmp_path) as receiver:
        yield receiver


@contextmanager
def receiving(sharing: Database, tmp_path: Path) -> Iterator[Receiver]:
    """The same, for a database of the test's own."""
    with serving(intake_api(sharing)) as intake:
        app = create_sharing_system(
            tmp_path / "sharing.db",
            SECRET,
            f"http://127.0.0.1:{intake.port}/api/v1/confirmations",
            allow_faults=True,
        )
        receiver = Receiver(app)
        receiver.start()
        with sharing.begin() as session:
            add_destination(
                session, "reference", "webhook", f"{receiver.url}/webhook", SECRET, at=now()
            )
        yield receiver
        receiver.stop()
        receiver.system.sender.stop()


@pytest.fixture
def publish(sharing: Database) -> Callable[..., int]:
    """Publish what is due, now or so many seconds later."""

    def run(*, later: float = 0, worker: str = "worker-1", limit: int = 50) -> int:
        at = now() + timedelta(seconds=later)
        return publish_due(
            sharing, at=at, zone=ZONE, worker=worker, limit=limit, allow_private=True
        )

    return run
