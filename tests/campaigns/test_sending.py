"""A campaign's messages: each goes out once, when it may, or another way is taken."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from intake.campaigns import control
from intake.campaigns.control import (
    WrongState,
)
from intake.campaigns.following import keep_outcomes
from intake.campaigns.model import CampaignAction, CampaignState, RecipientState, Way
from intake.campaigns.planning import plan_due
from intake.campaigns.progress import Standing
from intake.campaigns.sending import SPACING, send_due
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.messages.queue import forget_old_messages
from intake.messages.statuses import StatusReport, take_report
from intake.roster.model import Contact
from tests.campaigns.conftest import FATHER, MOTHER, OTHER, Scene


def test_each_family_gets_its_own_link_in_its_language_and_the_link_names_nobody(
    scene: Scene,
) -> None:
    student = scene.enrol([MOTHER], [FATHER], language="ar", name="Yousef Haddad")
    scene.enrol([OTHER], language=None, name="Emma")
    campaign = scene.started()
    assert scene.send() == 3
    by_address = {message.recipient: message for message in scene.post.taken}
    assert "https://waivers.example.org/ar/i/" in by_address[MOTHER].body
    assert "https://waivers.example.org/i/" in by_address[OTHER].body, "to the choice of languages"
    assert by_address[MOTHER].body.split("/i/")[1][:22] not in by_address[FATHER].body
    for message in scene.post.taken:
        assert "Yousef" not in message.body + message.subject
        assert student not in message.body
    with scene.database.read() as session:
        kinds = session.scalars(select(LedgerEvent.kind).where(LedgerEvent.student_id == student))
        assert kinds.all() == [EventKind.INVITED] * 2
    assert scene.progress(campaign).standings == {Standing.SENT: 3}
    assert [message.body for message in scene.messages()] == [""] * 3, "links don't stay"


def test_siblings_messages_to_one_phone_are_spaced_and_kept_to_the_limit_of_a_day(
    either: Scene,
) -> None:
    scene = either
    for name in ("Ana", "Ben", "Cy"):
        scene.enrol([MOTHER], name=name)
    scene.started()
    assert scene.send() == 1
    scene.later(seconds=SPACING.total_seconds() - 1)
    assert scene.send() == 0
    scene.later(seconds=1)
    assert scene.send() == 1
    scene.later(seconds=SPACING.total_seconds())
    assert scene.send() == 0, "two a day are enough"
    scene.later(days=1)
    assert scene.send() == 1
    assert scene.post.counts == {MOTHER: 3}


def test_nothing_leaves_in_quiet_hours(scene: Scene) -> None:
    scene.enrol([MOTHER])
    scene.started()
    scene.later(hours=7)  # 21:00 at the school
    assert scene.send() == 0
    assert scene.messages() == []
    scene.later(hours=11)
    assert scene.send() == 1


def test_a_pause_holds_back_even_what_is_queued_and_resuming_sends_it_once(either: Scene) -> None:
    scene = either
    scene.enrol([MOTHER])
    campaign = scene.started()
    send_due(scene.database, scene.settings, at=scene.at)
    scene.act(campaign, control.pause)
    scene.enrol([OTHER], name="Later")
    assert scene.send() == 0
    scene.later(days=3)
    assert scene.send() == 0
    scene.act(campaign, control.resume)
    assert scene.send() == 1
    scene.later(days=4)
    assert scene.send() == 0, "five days after the message, not after it was to go"
    scene.later(days=1, minutes=1)
    assert scene.send() == 1
    assert scene.post.counts == {MOTHER: 2}


def test_a_paused_campaign_keeps_no_other_waiting(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.campaigns.sending.IN_QUEUE", 1)
    scene.enrol([MOTHER], language="ar")
    scene.enrol([OTHER], language="ne", name="Other")
    paused = scene.started(languages=["ar"])
    send_due(scene.database, scene.settings, at=scene.at)
    scene.act(paused, control.pause)
    scene.started(languages=["ne"])
    assert scene.send() == 1
    assert scene.post.counts == {OTHER: 1}


def test_a_stop_is_for_good(scene: Scene) -> None:
    scene.enrol([MOTHER])
    scene.enrol(name="For a Letter")
    campaign = scene.started()
    send_due(scene.database, scene.settings, at=scene.at)
    scene.act(campaign, control.stop)
    assert scene.send() == 0
    with pytest.raises(WrongState):
        scene.act(campaign, control.resume)
    assert set(scene.progress(campaign).standings) == {Standing.CANCELLED}


def test_a_number_that_can_t_be_reached_becomes_an_email_or_a_letter(either: Scene) -> None:
    scene = either
    scene.enrol([MOTHER])
    scene.enrol([OTHER], [FATHER], name="Two Parents")
    scene.enrol(["+18015550147", "third@example.org"], name="Two Ways")
    scene.post.refuses = {MOTHER, OTHER, "+18015550147"}
    campaign = scene.started()
    scene.send()
    scene.send()
    states = [(row.way, row.state) for row in scene.recipients(campaign)]
    assert sorted(states) == [
        (Way.EMAIL, RecipientState.SENT),
        (Way.EMAIL, RecipientState.SENT),
        (Way.LETTER, RecipientState.TO_PRINT),
        (Way.SMS, RecipientState.UNREACHED),
        (Way.SMS, RecipientState.UNREACHED),
        (Way.SMS, RecipientState.UNREACHED),
    ], "the other parent of the second is reached, and the third by email"
    assert set(scene.post.counts) == {FATHER, "third@example.org"}


def test_what_turns_out_undelivered_after_the_end_goes_another_way(either: Scene) -> None:
    scene = either
    scene.enrol([MOTHER, "mother@example.org"])
    scene.enrol([OTHER], name="For a Letter")
    campaign = scene.started(reminder_days=[])
    scene.send()
    assert scene.state(campaign) is CampaignState.FINISHED
    scene.later(minutes=2)
    with scene.database.begin() as session:
        for provider_id in ("SM1", "SM2"):
            take_report(session, StatusReport(provider_id, None, "undelivered", 30005), at=scene.at)
    scene.send()
    assert scene.state(campaign) is CampaignState.RUNNING
    assert scene.send() == 1
    assert scene.post.counts == {MOTHER: 1, OTHER: 1, "mother@example.org": 1}
    assert scene.progress(campaign).standings[Standing.TO_PRINT] == 1
    with scene.database.read() as session:
        last = control.changes(session, campaign.id)[-1]
    assert (last.action, last.staff_id) == (CampaignAction.RESUMED, None)


def test_a_lost_answer_is_shown_as_unknown_and_not_sent_again(either: Scene) -> None:
    scene = either
    scene.enrol([MOTHER])
    campaign = scene.started()
    scene.post.loses = {MOTHER}
    scene.send()
    scene.later(hours=1)
    scene.send()
    assert scene.post.counts == {MOTHER: 1}
    assert scene.progress(campaign).standings == {Standing.UNKNOWN: 1}


def test_how_messages_fared_outlives_them(either: Scene) -> None:
    scene = either
    scene.enrol([MOTHER])
    campaign = scene.started(reminder_days=[])
    scene.send()
    before = scene.progress(campaign).standings
    with scene.database.begin() as session:
        keep_outcomes(session, before=scene.at + timedelta(days=1))
        forget_old_messages(session, before=scene.at + timedelta(days=1))
    assert scene.messages() == []
    assert scene.progress(campaign).standings == before == {Standing.SENT: 1}


def test_a_contact_that_was_taken_off_the_record_meanwhile_is_not_written_to(scene: Scene) -> None:
    scene.enrol([MOTHER])
    campaign = scene.started()
    with scene.database.begin() as session:
        session.execute(delete(Contact))
    assert scene.send() == 0
    assert {row.state for row in scene.recipients(campaign)} == {
        RecipientState.UNREACHED, RecipientState.TO_PRINT,
    }  # fmt: skip


def test_a_number_known_to_be_somebody_elses_is_not_tried(scene: Scene) -> None:
    scene.enrol([MOTHER, "mother@example.org"])
    scene.enrol([OTHER], name="Flagged Meanwhile")
    scene.wrong_number(MOTHER)
    campaign = scene.started()
    scene.wrong_number(OTHER)
    scene.send()
    assert scene.post.counts == {"mother@example.org": 1}
    assert scene.progress(campaign).standings[Standing.TO_PRINT] == 1


def test_many_workers_at_once_make_and_send_everything_once(either: Scene) -> None:
    scene = either
    phones = [f"+1801555{number:04}" for number in range(40)]
    for number, phone in enumerate(phones):
        scene.enrol([phone], name=f"Student {chr(65 + number % 26)}{number}")
    campaign = scene.draft()
    scene.count(campaign)
    scene.act(campaign, control.start, confirmed=scene.at.isoformat())

    def work() -> None:
        for _ in range(6):
            plan_due(scene.database, scene.settings, at=scene.at, size=7)
            send_due(scene.database, scene.settings, at=scene.at)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for student in scene.recipients(campaign)[:5]:
        scene.story.sign(student.student_id)
    for worker in workers:
        worker.join()
    while plan_due(scene.database, scene.settings, at=scene.at):
        pass
    scene.send()
    assert len(scene.recipients(campaign)) == 40
    assert set(scene.post.counts.values()) == {1}
    assert scene.progress(campaign).standings[Standing.WAITING] == 0
