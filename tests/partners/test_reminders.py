"""Reminders before something of a partner lapses: once, the newest only, and a lapse denies."""

import threading
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from intake.config import Settings
from intake.db.engine import Database
from intake.messages.model import MessageKind, OutgoingMessage
from intake.partners.model import Agreement, PartnerClass
from intake.partners.registry import change_partner, end_agreement, sign_agreement
from intake.reminders import remind_of_lapses
from tests.consents.story import ZONE
from tests.disclosures.scene import AGREEMENT_ENDS, DAY, TRAINING_ENDS, Scene, set_scene
from tests.web.desk.conftest import _settings as settings

SETTINGS: Settings = replace(
    settings(), partner_reminder_days=(60, 30, 7), coordinator_emails=("dana@example.org",)
)
ASSIGNMENT_ENDS = date(2027, 5, 31)


@pytest.fixture
def scene(database: Database) -> Scene:
    """The tutors have an office that is reminded too."""
    scene = set_scene(database)
    with database.begin() as session:
        change_partner(
            session, "tutors", name="Tutors West", partner_class=PartnerClass.COMMUNITY,
            contact="office@tutors.example",
        )  # fmt: skip
    return scene


def on(day: date) -> datetime:
    """Noon at the schools."""
    return datetime.combine(day, time(12), tzinfo=ZONE)


def remind(scene: Scene, day: date) -> int:
    return remind_of_lapses(scene.database, SETTINGS, at=on(day))


def sent(scene: Scene) -> list[OutgoingMessage]:
    with scene.database.read() as session:
        return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.created_at)))


def test_60_30_and_7_days_before_and_on_the_day_and_never_twice(scene: Scene) -> None:
    told = [
        left
        for left in range(70, -20, -1)
        for _ in range(2)
        if remind(scene, TRAINING_ENDS - left * DAY)
    ]
    assert told == [60, 30, 7, 0]


def test_coordinators_and_the_partner_are_told_by_email_each_once(scene: Scene) -> None:
    assert remind(scene, TRAINING_ENDS - 30 * DAY) == 1
    to = {message.recipient: message for message in sent(scene)}
    assert set(to) == {"dana@example.org", "office@tutors.example"}
    assert len(sent(scene)) == 2
    for message in to.values():
        assert message.kind is MessageKind.EMAIL
        line = "Tutors West: the training of Ana Ortiz counts until March 1, 2027."
        assert line in message.body
        assert "%(" not in message.subject + message.body
    assert "/coordinator/partners" in to["dana@example.org"].body
    assert "/coordinator/partners" not in to["office@tutors.example"].body


def test_after_downtime_only_the_newest_is_sent(scene: Scene) -> None:
    assert remind(scene, TRAINING_ENDS - 5 * DAY) == 1
    assert remind(scene, TRAINING_ENDS - 4 * DAY) == 0
    assert remind(scene, TRAINING_ENDS + 3 * DAY) == 1
    assert "the training of Ana Ortiz ended on March 1, 2027" in sent(scene)[-1].body
    assert remind(scene, TRAINING_ENDS + 4 * DAY) == 0


def test_a_long_past_lapse_is_not_told_any_more(scene: Scene) -> None:
    assert remind(scene, TRAINING_ENDS + 15 * DAY) == 0


def test_what_is_renewed_needs_no_reminder_and_what_is_ended_early_is_told(scene: Scene) -> None:
    with scene.database.begin() as session:
        sign_agreement(
            session, "tutors", "DPA 2", signed_on=AGREEMENT_ENDS,
            expires_on=AGREEMENT_ENDS + 365 * DAY,
        )  # fmt: skip
    assert remind(scene, AGREEMENT_ENDS - 7 * DAY) == 0
    with scene.database.begin() as session:
        for agreement in session.scalars(select(Agreement.id)).all():
            end_agreement(session, agreement, last_day=AGREEMENT_ENDS - 7 * DAY)
    assert remind(scene, AGREEMENT_ENDS - 7 * DAY) == 1
    assert "the agreement" in sent(scene)[-1].body


def test_an_assignment_names_its_school(scene: Scene) -> None:
    remind(scene, ASSIGNMENT_ENDS)
    assert "the work at Riverside Elementary School ends on May 31, 2027." in sent(scene)[-1].body


def test_many_workers_at_once_send_each_once(scene: Scene) -> None:
    told: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        told.append(remind(scene, TRAINING_ENDS))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 0, 0, 1]
    assert len(sent(scene)) == 2


def test_a_lapse_denies_by_itself_whether_or_not_anybody_was_reminded(scene: Scene) -> None:
    assert scene.reasons(now=on(TRAINING_ENDS)) == set()
    assert scene.reasons(now=on(TRAINING_ENDS + DAY)) == {"training_expired"}


@pytest.mark.parametrize("kept", [timedelta(), 4 * DAY])
def test_nothing_is_due_where_all_is_far_off(scene: Scene, kept: timedelta) -> None:
    assert remind(scene, TRAINING_ENDS - 61 * DAY - kept) == 0
    assert sent(scene) == []
