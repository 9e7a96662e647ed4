"""The JSONL file: whole lines, each event once, whatever was interrupted."""

import errno
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from intake.clock import now
from intake.db.engine import Database
from intake.sharing.connectors import DeliveryFailed, Letter, Target
from intake.sharing.connectors.file import JsonLines
from intake.sharing.destinations import InvalidDestination, add_destination
from intake.sharing.shipments import ship_due
from tests.conftest import ZONE
from tests.sharing.builders import NAME, add_student, grant, withdraw


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def letter(number: int, *, is_repeated: bool = False) -> Letter:
    body = f'{{"specversion":"1.0","id":"event-{number}","data":{{"name":"{NAME}"}}}}'
    return Letter(f"event-{number}", body, is_repeated=is_repeated)


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def write(path: Path, *letters: Letter) -> None:
    with JsonLines(Target(f"file://{path}", ""), allow_private=False) as connector:
        connector.ship("shipment", letters)


def test_events_are_appended_and_only_we_can_read_them(path: Path) -> None:
    write(path, letter(1), letter(2))
    write(path, letter(3))
    assert ids(path) == ["event-1", "event-2", "event-3"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert NAME in path.read_text(encoding="utf-8")


def test_a_repeat_is_written_once(path: Path) -> None:
    write(path, letter(1), letter(2))
    write(path, letter(2, is_repeated=True), letter(3, is_repeated=True))
    assert ids(path) == ["event-1", "event-2", "event-3"]


def test_half_a_line_that_a_crash_left_is_cut_off(path: Path) -> None:
    write(path, letter(1))
    with path.open("ab") as file:
        file.write(letter(2).body.encode()[:40])
    write(path, letter(2, is_repeated=True))
    assert ids(path) == ["event-1", "event-2"]


def test_a_full_disk_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, letter(1))
    real = os.pwrite

    def full(file: int, content: bytes, offset: int) -> int:
        if len(content) < 100:
            raise OSError(errno.ENOSPC, "no space")
        return real(file, content[:-50], offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(DeliveryFailed) as failed:
        write(path, letter(2), letter(3))
    assert (failed.value.reason, failed.value.temporary) == ("file: ENOSPC", True)
    assert ids(path) == ["event-1"]


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeliveryFailed) as failed:
        write(path, letter(1))
    assert (failed.value.reason, failed.value.temporary) == ("file: ELOOP", False)


@pytest.mark.parametrize("url", ["events.jsonl", "file://host/x", "file:///no/such/folder/x", "x:"])
def test_a_file_that_could_never_work_is_refused(sharing: Database, url: str) -> None:
    with sharing.begin() as session, pytest.raises(InvalidDestination):
        add_destination(session, "file", "file", url, "", at=now())


def ship(database: Database, *, later: float = 0) -> int:
    return ship_due(database, at=now() + timedelta(seconds=later), zone=ZONE, worker="worker-1")


def test_a_worker_killed_between_writing_and_marking_writes_nothing_twice(
    sharing: Database, database_url: str, path: Path
) -> None:
    with sharing.begin() as session:
        add_destination(session, "file", "file", f"file://{path}", "", at=now())
        student = add_student(session, at=now())
        consent = grant(session, student, at=now())
        grant(session, add_student(session, at=now()), at=now())
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
    with sharing.begin() as session:
        withdraw(session, student.id, [session.merge(consent)], at=now())

    assert ship(sharing) == 0, "the dead worker's lease still holds"
    assert ship(sharing, later=61) + ship(sharing, later=62) == 2
    kinds = [json.loads(line)["type"] for line in path.read_text("utf-8").splitlines()]
    assert [kind.rpartition(".")[2] for kind in kinds] == ["given", "given", "revoked"]
    assert len(set(ids(path))) == 3
