"""One slow part of the world never keeps a family waiting for another."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake import clock
from intake.accounts.model import Role, Staff
from intake.accounts.staff import add_staff
from intake.config import settings_from
from intake.demo.run import demo_environ
from intake.installation import Installation, open_installation
from intake.messages.codes import request_code
from intake.messages.contacts import Contact
from intake.messages.model import MessageKind, MessageState, OutgoingMessage
from intake.messages.transport import Dispatch, Sent
from intake.partners.model import PartnerClass
from intake.partners.registry import add_partner, sign_agreement
from intake.sharing.destinations import add_destination
from intake.web.app import connect_subscribers
from intake.worker import Worker
from tests.consents.story import Story


class Outbox:
    """Takes messages at once; or breaks on some."""

    keeps_body = False

    def __init__(self, breaks_on: str = "nobody") -> None:
        self.taken: list[str] = []
        self._breaks_on = breaks_on

    def send(self, message: Dispatch) -> Sent:
        if self._breaks_on in message.recipient:
            raise RuntimeError("a bug of ours")
        self.taken.append(message.recipient)
        return Sent("id-1")


@pytest.fixture
def silent() -> Iterator[str]:
    """A sharing system that takes the connection and never says anything."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/webhook"


@pytest.fixture
def installation(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Installation]:
    settings = settings_from(demo_environ(tmp_path, port=8000, at=clock.now()))
    shutil.copy(migrated_sqlite, tmp_path / "intake.db")
    found = open_installation(settings)
    connect_subscribers(found)
    yield found
    found.database.dispose()


def ask(installation: Installation, phone: str) -> None:
    """A family asks for a code."""
    with installation.database.begin() as session:
        request_code(
            session, signing_id=f"signing-{phone}", contact=Contact.from_stored(f"phone:{phone}"),
            address="192.0.2.7", language="en", partnership="Promise", at=clock.now(),
        )  # fmt: skip


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_sharing_system_that_never_answers_delays_no_code(
    installation: Installation, silent: str
) -> None:
    with installation.database.begin() as session:
        secret = "whsec_" + "QUJD" * 11
        add_destination(session, "slow", "webhook", silent, secret, at=clock.now())
    story = Story(installation.database, installation.storage, at=clock.now())
    story.sign(story.student())
    outbox = Outbox()
    worker = Worker(installation, {MessageKind.SMS: outbox})
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    time.sleep(1)  # the publication is under way by now

    ask(installation, "+18015550142")
    until(lambda: "+18015550142" in outbox.taken)
    worker.stop()
    running.join(30)
    assert not running.is_alive()


def test_a_message_that_breaks_stops_no_other(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(breaks_on="0199")
    worker = Worker(installation, {MessageKind.SMS: outbox})
    ask(installation, "+18015550199")
    ask(installation, "+18015550142")
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()

    until(lambda: "+18015550142" in outbox.taken)
    worker.stop()
    running.join(30)
    assert "0199" not in caplog.text
    with installation.database.read() as session:
        states = set(session.scalars(select(OutgoingMessage.state)))
    assert MessageState.SENT in states


def test_a_partner_is_reminded_before_its_agreement_ends(installation: Installation) -> None:
    today = clock.local_date(clock.now(), installation.settings.time_zone)
    with installation.database.begin() as session:
        add_partner(
            session, "tutors", "Tutors", PartnerClass.COMMUNITY, at=clock.now(),
            contact="office@tutors.example",
        )  # fmt: skip
        sign_agreement(
            session, "tutors", "DPA", signed_on=today, expires_on=today + timedelta(days=5)
        )
    outbox = Outbox()
    worker = Worker(installation, {MessageKind.EMAIL: outbox})
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    until(lambda: len(outbox.taken) == 2)
    worker.stop()
    running.join(30)
    assert set(outbox.taken) == {"office@tutors.example", installation.settings.partnership_email}


def test_an_account_that_nobody_uses_is_disabled_and_its_owner_told(
    installation: Installation,
) -> None:
    with installation.database.begin() as session:
        staff = add_staff(
            session, email="rosa@example.org", name="Rosa", password="marble tent quick fox",
            roles=[Role.AUDITOR], at=clock.now() - timedelta(days=90),
        )  # fmt: skip
    outbox = Outbox()
    worker = Worker(installation, {MessageKind.EMAIL: outbox})
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    until(lambda: "rosa@example.org" in outbox.taken)
    worker.stop()
    running.join(30)
    with installation.database.read() as session:
        assert session.get_one(Staff, staff.id).disabled_at is not None
