"""A campaign from the first count to the last reminder: who hears of it, and who is left alone."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from forms.choices import Relationship
from intake.campaigns import control
from intake.campaigns.control import (
    CampaignUnknown,
    CampaignUnusable,
    NobodyToAsk,
    NumbersOutdated,
    WrongState,
)
from intake.campaigns.following import keep_outcomes
from intake.campaigns.model import CampaignState, RecipientState, Way, Why
from intake.campaigns.planning import plan_due
from intake.campaigns.progress import Standing
from intake.campaigns.sending import SPACING, send_due
from intake.consents.holds import place_hold
from intake.consents.ledger import SYSTEM, LedgerEvent
from intake.consents.states import EventKind, HoldReason
from intake.messages.model import MessageState
from intake.messages.queue import forget_old_messages
from intake.roster.model import Contact
from intake.roster.scope import SchoolScope
from intake.roster.students import add_school
from tests.campaigns.conftest import Scene

MOTHER, FATHER, OTHER = "+18015550142", "father@example.org", "+18015550143"


def test_the_numbers_say_beforehand_exactly_who_would_be_written_to(either: Scene) -> None:
    scene = either
    scene.enrol([MOTHER], [FATHER], language="ar")
    scene.enrol([OTHER, "other@example.org"], language="so_Latn", name="Amina")
    scene.enrol(name="No Contact", language="ksw")
    scene.opts_out("+18015550144")
    scene.enrol(["+18015550144"], name="Wants None")
    answered = scene.enrol(["+18015550145"], name="Has Answered")
    scene.story.sign(answered)
    left = scene.enrol(["+18015550146"], name="Has Left")
    scene.change(left, left_on=scene.at.date() - timedelta(days=1))

    numbers = scene.count(scene.draft())

    assert numbers.ways["ar"] == {"sms": 1, "email": 1}
    assert (numbers.students, numbers.answered, numbers.opted_out) == (4, 1, 1)
    assert [numbers.total(way) for way in Way] == [2, 1, 2]
    assert (numbers.no_contact, numbers.unreached) == (1, 0)
    assert numbers.language_unknown == 1, "so_Latn is no language of ours: English and the choice"

    campaign = scene.started()
    assert {way: scene.progress(campaign).by_way.get(way, 0) for way in Way} == {
        way: numbers.total(way) for way in Way
    }


def test_filters_choose_by_school_grade_and_language(scene: Scene) -> None:
    with scene.database.begin() as session:
        west = add_school(session, "West High School")
    scene.enrol([MOTHER], grade="05", language="ar")
    scene.enrol([MOTHER], grade="06", language=None)
    scene.enrol([MOTHER], grade="05", language="ne", school=west)

    def students(**plan: object) -> int:
        return scene.count(scene.draft(**plan)).students

    assert students() == 3
    assert students(schools=[west.id]) == 1
    assert students(grades=["05"]) == 2
    assert students(languages=["ar"]) == 1
    assert students(languages=["", "ne"]) == 2


def test_a_start_needs_the_numbers_that_were_counted_last(scene: Scene) -> None:
    campaign = scene.draft()
    with pytest.raises(NumbersOutdated):
        scene.act(campaign, control.start, confirmed="")
    scene.count(campaign)
    with pytest.raises(NobodyToAsk):
        scene.act(campaign, control.start, confirmed=scene.at.isoformat())
    scene.enrol([MOTHER])
    scene.count(campaign)
    confirmed = scene.at.isoformat()
    scene.later(hours=2)
    with pytest.raises(NumbersOutdated):
        scene.act(campaign, control.start, confirmed=confirmed)
    scene.count(campaign)
    scene.act(campaign, control.start, confirmed=scene.at.isoformat())
    with pytest.raises(WrongState):
        scene.act(campaign, control.start, confirmed=scene.at.isoformat())


def test_what_makes_no_campaign_is_refused(scene: Scene) -> None:
    for wrong in ({"name": " - "}, {"ways": []}, {"reminder_days": [1, 2, 3, 4]},
                  {"reminder_days": [0]}, {"reminder_days": [51]}, {"schools": []}):  # fmt: skip
        with pytest.raises(CampaignUnusable):
            scene.draft(**wrong)


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


def test_reminders_stop_at_anybodys_answer_yes_or_no(either: Scene) -> None:
    scene = either
    yes = scene.enrol([MOTHER], [FATHER])
    no = scene.enrol([OTHER], name="Somebody Else")
    scene.enrol(["+18015550147"], name="No Answer Yet")
    campaign = scene.started()
    assert scene.send() == 4
    scene.story.sign(yes, known=False)
    scene.story.sign(no, granted=False)
    scene.later(days=5)
    assert scene.send() == 1
    scene.later(days=7)
    assert scene.send() == 1
    assert scene.post.counts["+18015550147"] == 3
    scene.later(days=30)
    assert scene.send() == 0
    assert scene.state(campaign) is CampaignState.FINISHED
    far = scene.progress(campaign)
    assert (far.students, far.answered_students, far.reminders) == (3, 2, 2)


def test_an_answer_ends_a_message_that_waits_in_the_queue(either: Scene) -> None:
    scene = either
    student = scene.enrol([MOTHER])
    campaign = scene.started()
    send_due(scene.database, scene.settings, at=scene.at)
    assert [message.state for message in scene.messages()] == [MessageState.QUEUED]
    scene.story.sign(student)
    assert [message.state for message in scene.messages()] == [MessageState.STOPPED]
    assert scene.send() == 0
    assert [row.state for row in scene.recipients(campaign)] == [RecipientState.ANSWERED]


def test_an_answer_that_turns_out_to_be_a_strangers_does_not_silence_the_family(
    scene: Scene,
) -> None:
    student = scene.enrol([MOTHER])
    scene.started()
    scene.send()
    consent = scene.story.sign(student, known=False)
    scene.story.reject(consent)
    scene.later(days=5)
    assert scene.send() == 1


def test_nobody_is_reminded_while_a_paper_of_theirs_lies_before_a_person(scene: Scene) -> None:
    student = scene.enrol([MOTHER])
    scene.started()
    scene.send()
    with scene.database.begin() as session:
        place_hold(
            session, student, paper_id="paper-1", reason=HoldReason.POSSIBLE_REFUSAL,
            actor=SYSTEM, at=scene.at,
        )  # fmt: skip
    scene.later(days=5)
    assert scene.send() == 0


def test_who_left_or_came_of_age_or_said_stop_hears_no_more(scene: Scene) -> None:
    left = scene.enrol([MOTHER], name="Left")
    scene.enrol([OTHER], name="Eighteen", born=date(2008, 11, 26))
    scene.enrol(["+18015550147"], name="Stopped")
    campaign = scene.started(ways=[Way.SMS])
    assert scene.send() == 3
    scene.change(left, left_on=scene.at.date())
    scene.opts_out("+18015550147")
    scene.later(days=5)
    assert scene.send() == 0
    whys = {row.why for row in scene.recipients(campaign)}
    assert whys == {Why.LEFT, Why.CAME_OF_AGE, Why.OPTED_OUT}


def test_students_of_18_are_asked_themselves(scene: Scene) -> None:
    adult = scene.enrol([MOTHER], own=[OTHER], born=date(2008, 1, 1))
    scene.started()
    scene.send()
    assert scene.post.counts == {OTHER: 1}
    scene.story.sign(adult, by=Relationship.ELIGIBLE_STUDENT)
    scene.later(days=5)
    assert scene.send() == 0


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


def test_recipients_are_made_in_batches_and_a_batch_that_fails_is_made_again_once(
    either: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = either
    for number in range(7):
        scene.enrol([f"+1801555{number:04}"], name=f"Student {chr(65 + number)}")
    campaign = scene.draft()
    scene.count(campaign)
    scene.act(campaign, control.start, confirmed=scene.at.isoformat())
    assert plan_due(scene.database, scene.settings, at=scene.at, size=1) == 4
    with monkeypatch.context() as broken:
        broken.setattr("intake.campaigns.planning.stopped_among", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            plan_due(scene.database, scene.settings, at=scene.at, size=2)
    while plan_due(scene.database, scene.settings, at=scene.at, size=2):
        pass
    assert len(scene.recipients(campaign)) == 7
    assert scene.send() == 7
    assert set(scene.post.counts.values()) == {1}


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


def test_who_comes_of_age_is_asked_instead_of_the_parents(scene: Scene) -> None:
    scene.enrol([MOTHER], own=[OTHER], born=date(2008, 11, 26))
    scene.started()
    scene.send()
    scene.later(days=5)
    scene.send()
    scene.send()
    assert scene.post.counts == {MOTHER: 1, OTHER: 1}


def test_an_earlier_versions_answer_does_not_count_until_the_campaign_has_begun(
    scene: Scene,
) -> None:
    before, since = scene.enrol([MOTHER], name="Before"), scene.enrol([OTHER], name="Since")
    scene.story.sign(before)
    scene.later(minutes=1)
    campaign = scene.started(version="2027-1")
    assert scene.send() == 2
    scene.story.sign(since)
    scene.later(days=5)
    assert scene.send() == 1
    assert scene.progress(campaign).answered_students == 1


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


def test_who_acts_for_one_school_sees_and_makes_campaigns_of_that_school_only(
    scene: Scene,
) -> None:
    with scene.database.begin() as session:
        west = add_school(session, "West High School")
    mine, all_of_them = SchoolScope.of([west.id]), scene.draft()
    own = scene.draft(scope=mine)
    assert own.schools == [west.id]
    with pytest.raises(CampaignUnusable):
        scene.draft(scope=mine, schools=[scene.school.id])
    with scene.database.read() as session:
        assert [one.id for one in control.listed(session, mine)] == [own.id]
        with pytest.raises(CampaignUnknown):
            control.find(session, all_of_them.id, mine)
