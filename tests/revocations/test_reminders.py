"""Reminders and escalation: when, to whom, and once."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.calendar.closed import import_closed_days
from intake.consents.states import EventKind
from intake.revocations.actions import tell_family
from intake.revocations.model import ToldHow
from intake.revocations.owners import set_usual_owner
from intake.revocations.reminders import newest_step, remind_due
from tests.revocations.conftest import COORDINATOR, Scene

DENVER = ZoneInfo("America/Denver")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DENVER).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        ("2026-11-23 14:01", 0),
        ("2026-11-24 13:59", 0),
        ("2026-11-24 14:00", 1),
        ("2026-11-25 13:59", 1),
        ("2026-11-25 14:00", 2),
        ("2026-11-26 13:59", 2),
        ("2026-11-26 14:00", 3),
        ("2026-11-29 14:00", 4),  # Sunday: Friday was the last working day
        ("2026-11-30 14:00", 5),
    ],
)
def test_half_the_time_the_deadline_and_each_working_day_after(moment: str, step: int) -> None:
    signed, due = at("2026-11-23 14:00"), at("2026-11-25 14:00")
    assert newest_step(signed, due, at=at(moment), zone=DENVER) == step


def test_half_the_time_is_put_off_to_a_working_day() -> None:
    signed, due = at("2026-11-20 14:00"), at("2026-11-24 14:00")  # Friday to Tuesday
    steps = [
        newest_step(signed, due, at=at(f"2026-11-{day} 14:00"), zone=DENVER) for day in (22, 23, 24)
    ]
    assert steps == [0, 1, 2]


def test_the_owner_is_reminded_then_coordinators_too_and_no_email_names_anybody(
    scene: Scene,
) -> None:
    with scene.database.begin() as session:
        set_usual_owner(session, scene.rosa)
    revocation = scene.revoked()
    assert _remind(scene, hours=23) == 0
    assert _remind(scene, hours=2) == 1
    assert _remind(scene, hours=1) == 0
    [email] = scene.emails()
    assert email.recipient == "rosa@example.org"
    assert f"/desk/revocations/{revocation.id}" in email.body
    for name in ("Emma", "Johnson", "Sarah", "Riverside"):
        assert name not in email.subject + email.body

    assert _remind(scene, hours=23) == 1
    assert [one.recipient for one in scene.emails()[1:]] == [COORDINATOR, "rosa@example.org"]
    assert "overdue" in scene.emails()[1].subject
    steps = [one.values() for one in scene.events(revocation, EventKind.CASE_REMINDED)]
    assert [(one["step"], one["coordinators"]) for one in steps] == [(1, False), (2, True)]
    assert not any("@" in str(one) for one in steps)


def test_without_an_owner_coordinators_hear_from_the_beginning(scene: Scene) -> None:
    scene.revoked()
    assert _remind(scene, hours=25) == 1
    assert [one.recipient for one in scene.emails()] == [COORDINATOR]


def test_after_downtime_only_the_newest_is_told(scene: Scene) -> None:
    with scene.database.begin() as session:
        set_usual_owner(session, scene.rosa)
    revocation = scene.revoked()
    assert _remind(scene, days=30) == 1
    assert len(scene.emails()) == 2
    assert len(scene.events(revocation, EventKind.CASE_REMINDED)) == 1
    assert _remind(scene, hours=1) == 0


def test_on_days_off_nobody_is_reminded(scene: Scene) -> None:
    scene.revoked()
    assert _remind(scene, days=2, hours=1) == 1  # Wednesday, the deadline
    with scene.database.begin() as session:
        import_closed_days(session, "day,last_day,name\n2026-11-26,2026-11-27,Thanksgiving\n")
    assert [_remind(scene, days=1) for _ in range(5)] == [0, 0, 0, 0, 1]  # on Monday


def test_a_closed_case_reminds_nobody(scene: Scene) -> None:
    revocation = scene.revoked(contact=None)
    scene.calls_back(revocation, "clienttrack", "other")
    assert _remind(scene, days=3) == 1  # hidden, and the family does not know
    with scene.database.begin() as session:
        tell_family(
            session, revocation.id, ToldHow.BY_PHONE, note="", staff_id=scene.rosa.id, at=scene.at
        )
    assert _remind(scene, days=3) == 0


def test_many_workers_at_once_remind_once(scene: Scene) -> None:
    revocation = scene.revoked()
    due = scene.later(hours=25)
    workers = [
        threading.Thread(
            target=remind_due, args=(scene.database, scene.settings), kwargs={"at": due}
        )
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(scene.emails()) == 1
    assert len(scene.events(revocation, EventKind.CASE_REMINDED)) == 1


def test_a_worker_killed_before_its_mark_leaves_nothing_and_the_next_reminds_once(
    scene: Scene,
) -> None:
    revocation = scene.revoked()
    due = scene.later(hours=25)
    url = scene.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.revocations.reminding_process", url, due.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "queued\n"
        killed.kill()
    assert scene.emails() == []
    assert remind_due(scene.database, scene.settings, at=due + timedelta(minutes=1)) == 1
    assert len(scene.emails()) == 1
    assert len(scene.events(revocation, EventKind.CASE_REMINDED)) == 1


def _remind(scene: Scene, **later: float) -> int:
    return remind_due(scene.database, scene.settings, at=scene.later(**later))
