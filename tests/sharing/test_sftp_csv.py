"""CSV over SFTP, against a real server: nothing lost, nothing doubled, whatever goes wrong."""

import csv
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest
from sqlalchemy import select

from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.sharing.destinations import InvalidDestination, Settings, add_destination
from intake.sharing.model import Confirmation, Destination, Publication, PublicationState
from intake.sharing.receipts import collect_receipts
from intake.sharing.shipments import ship_due
from tests.conftest import ZONE
from tests.sharing.builders import NAME, add_student, end, grant, granted, withdraw
from tests.sharing.sftp_server import PASSWORD, USER, Fault, SftpSide, sftp_serving

Ship = Callable[..., int]


@pytest.fixture
def side(tmp_path: Path) -> Iterator[SftpSide]:
    with sftp_serving(tmp_path / "sftp") as side:
        yield side


def register(database: Database, side: SftpSide, **more: str) -> None:
    options = {"host_key": side.host_key, "receipts": "/receipts"} | more
    with database.begin() as session:
        add_destination(
            session,
            "clienttrack",
            "sftp_csv",
            f"sftp://{USER}@127.0.0.1:{side.port}/incoming",
            PASSWORD,
            at=now(),
            settings=Settings(options=options),
        )


@pytest.fixture
def registered(sharing: Database, side: SftpSide) -> Database:
    register(sharing, side)
    return sharing


@pytest.fixture
def ship(sharing: Database) -> Ship:
    def run(*, later: float = 0, allow_private: bool = True) -> int:
        at = now() + timedelta(seconds=later)
        return ship_due(sharing, at=at, zone=ZONE, worker="worker-1", allow_private=allow_private)

    return run


def give(database: Database, count: int = 1) -> list[str]:
    """Consents of so many students; their events' ids."""
    with database.begin() as session:
        for _ in range(count):
            grant(session, add_student(session, at=now()), at=now())
        query = select(LedgerEvent.id).order_by(LedgerEvent.sequence.desc()).limit(count)
        return list(session.scalars(query))


def rows(side: SftpSide) -> list[dict[str, str]]:
    return [row for text in side.texts() for row in csv.DictReader(io.StringIO(text, newline=""))]


def publications(database: Database) -> list[Publication]:
    with database.read() as session:
        return list(session.scalars(select(Publication).order_by(Publication.sequence)))


def states(database: Database) -> list[str]:
    return [row.state.value for row in publications(database)]


def error(database: Database) -> str | None:
    with database.read() as session:
        return session.get_one(Destination, "clienttrack").error


def test_what_is_due_goes_in_one_file_in_every_script(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    events = give(registered, 3)
    assert ship() == 3
    [name] = side.files()
    assert name.endswith(".csv")
    assert (side.folder / "incoming" / name).read_bytes().startswith(b"\xef\xbb\xbf")
    found = rows(side)
    assert {row["EventID"] for row in found} == set(events)
    assert {row["StudentName"] for row in found} == {NAME}
    assert {row["Action"] for row in found} == {"Grant"}
    assert {row["BirthDate"] for row in found} == {"05/04/2012"}
    assert states(registered) == ["delivered"] * 3
    assert ship(later=100) == 0


def test_one_student_s_events_come_in_order_in_files_of_their_own(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    student, consent = granted(registered, at=now())
    assert ship() == 1
    with registered.begin() as session:
        end(session, session.merge(consent), EventKind.EXPIRED, at=now())
        grant(session, student, at=now())
    assert [ship(later=2), ship(later=4)] == [1, 1]
    assert [row["Action"] for row in rows(side)] == ["Grant", "End", "Grant"]
    assert rows(side)[1]["StudentName"] == ""


def test_a_private_key_lets_us_in(sharing: Database, tmp_path: Path, ship: Ship) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    public = key.export_public_key().decode().strip()
    with sftp_serving(tmp_path / "keyed", keys=[public]) as side:
        with sharing.begin() as session:
            add_destination(
                session,
                "clienttrack",
                "sftp_csv",
                f"sftp://{USER}@127.0.0.1:{side.port}/incoming",
                key.export_private_key("openssh").decode(),
                at=now(),
                settings=Settings(options={"host_key": side.host_key}),
            )
        give(sharing)
        assert ship() == 1


def test_a_server_with_another_key_gets_nothing(
    sharing: Database, side: SftpSide, ship: Ship
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    register(sharing, side, host_key=other)
    give(sharing)
    assert ship() == 0
    assert side.files() == []
    assert states(sharing) == ["pending"]
    assert error(sharing) == "the server shows another key than the one pinned"


def test_a_wrong_password_is_said_and_not_repeated_in_the_error(
    sharing: Database, side: SftpSide, ship: Ship
) -> None:
    register(sharing, side)
    with sharing.begin() as session:
        session.get_one(Destination, "clienttrack").secret = "wrong secret"
    give(sharing)
    assert ship() == 0
    assert (states(sharing), error(sharing)) == (["pending"], "not let in")


def test_private_addresses_are_not_contacted_unless_allowed(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    give(registered)
    assert ship(allow_private=False) == 0
    assert error(registered) == "the address is in a private network"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.DISK_FULL, "the server could not write"),
        (Fault.READ_ONLY, "permission denied there"),
        (Fault.CUT_WHILE_WRITING, "the connection broke off"),
    ],
)
def test_what_goes_wrong_while_writing_leaves_no_file_and_loses_nothing(
    registered: Database, side: SftpSide, ship: Ship, fault: Fault, reason: str
) -> None:
    events = give(registered, 2)
    side.fault = fault
    assert ship() == 0
    assert [name for name in side.files() if name.endswith(".csv")] == []
    assert states(registered) == ["pending"] * 2
    assert error(registered) == reason
    assert ship() == 0, "it waits before it tries again"

    side.fault = None
    assert ship(later=30) == 2
    assert side.files() == [name for name in side.files() if name.endswith(".csv")]
    assert sorted(row["EventID"] for row in rows(side)) == sorted(events)


def test_an_answer_that_got_lost_makes_no_second_file(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    events = give(registered, 2)
    side.fault = Fault.CUT_AFTER_RENAME
    assert ship() == 0
    give(registered)  # comes in between; it must not change what the repeat is called
    side.fault = None
    assert ship(later=30) == 3
    assert len(side.files()) == 2
    assert len(rows(side)) == 3
    assert {row["EventID"] for row in rows(side)} > set(events)


def test_a_file_that_was_taken_away_with_a_receipt_is_not_sent_again(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    [event] = give(registered)
    side.fault = Fault.CUT_AFTER_RENAME
    ship()
    side.fault = None
    [name] = side.files()
    (side.folder / "incoming" / name).unlink()
    side.receipt(name, (event, "Imported"))
    assert ship(later=30) == 1
    assert side.files() == []


def test_a_grant_that_ended_before_its_repeat_is_not_sent_and_the_others_are(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    [other] = give(registered)
    student, consent = granted(registered, at=now())
    side.fault = Fault.DISK_FULL
    ship()
    with registered.begin() as session:
        withdraw(session, student.id, [session.merge(consent)], at=now())
    side.fault = None
    ship(later=30)
    ship(later=60)
    assert [(row["Action"], row["EventID"] == other) for row in rows(side)] in (
        [("Grant", True), ("RevokeAndHide", False)],
        [("RevokeAndHide", False), ("Grant", True)],
    )
    assert [row["StudentName"] for row in rows(side)].count(NAME) == 1


def test_a_worker_killed_between_upload_and_mark_costs_no_second_file(
    registered: Database, database_url: str, side: SftpSide, ship: Ship
) -> None:
    events = give(registered, 2)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.sharing.shipping_process", database_url],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"uploaded\n"
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert states(registered) == ["pending"] * 2
    assert ship() == 0, "the dead worker's lease still holds"
    assert ship(later=61) == 2
    assert len(side.files()) == 1
    assert sorted(row["EventID"] for row in rows(side)) == sorted(events)


def test_receipts_accept_reject_and_confirm_that_an_identity_is_hidden(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    [bad] = give(registered)
    student, consent = granted(registered, at=now())
    ship()
    with registered.begin() as session:
        withdrawal = withdraw(session, student.id, [session.merge(consent)], at=now())
    ship()
    first, second = side.files()
    revoked = withdrawal.events[0].id
    side.receipt(first, (bad, "Error"), ("no-such-event", "Imported"))
    side.receipt(second, (revoked, "Imported"))
    assert collect_receipts(registered, at=now(), allow_private=True) == 2
    by_event = {row.event_id: row for row in publications(registered)}
    assert by_event[bad].state is PublicationState.DEAD
    assert by_event[bad].error == "rejected in a receipt"
    assert by_event[revoked].accepted_at is not None
    with registered.read() as session:
        assert session.scalars(select(Confirmation)).all() == [], "imported is not hidden"

    side.receipt(second, (revoked, "IdentityHidden"))
    for _ in range(2):
        collect_receipts(registered, at=now(), allow_private=True)
    with registered.read() as session:
        [confirmation] = session.scalars(select(Confirmation)).all()
        assert confirmation.webhook_id == f"receipt {second}.receipt.csv"
        assert session.scalars(select(Revocation.completed_at)).one() is not None
    assert all(name.endswith(".done") for name in side.files("receipts"))


def test_a_strange_receipt_is_put_aside_and_confirms_nothing(
    registered: Database, side: SftpSide, ship: Ship
) -> None:
    [event] = give(registered)
    ship()
    [name] = side.files()
    side.receipt(name, (event, "Perhaps"))
    assert collect_receipts(registered, at=now(), allow_private=True) == 0
    assert side.files("receipts") == [f"{name}.receipt.csv.unreadable"]
    assert publications(registered)[0].accepted_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "sftp://host/folder"},
        {"url": "sftp://user:password@host/folder"},
        {"url": "https://user@host/folder"},
        {"secret": ""},
        {"secret": "-----BEGIN OPENSSH PRIVATE KEY-----\nbm8=\n-----END OPENSSH PRIVATE KEY-----"},
        {"host_key": ""},
        {"host_key": "ssh-ed25519 bm8="},
        {"mapping": "no-such-mapping"},
    ],
)
def test_an_account_that_could_never_work_is_refused(
    sharing: Database, wrong: dict[str, str]
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    good = {"url": "sftp://user@host/folder", "secret": "s3cret", "host_key": key}
    values = good | wrong
    options = {name: values[name] for name in ("host_key", "mapping") if name in values}
    with sharing.begin() as session, pytest.raises(InvalidDestination) as refused:
        add_destination(
            session,
            "clienttrack",
            "sftp_csv",
            values["url"],
            values["secret"],
            at=now(),
            settings=Settings(options=options),
        )
    assert "s3cret" not in str(refused.value)
