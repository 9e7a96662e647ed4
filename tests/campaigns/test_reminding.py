"""Who is reminded, and who is left alone: answered, left, of age, or said stop."""

from datetime import date

from sqlalchemy.orm import Session

from forms.choices import Relationship
from intake.campaigns.model import CampaignState, RecipientState, Way, Why
from intake.campaigns.sending import send_due
from intake.consents.holds import place_hold
from intake.consents.ledger import SYSTEM
from intake.consents.states import HoldReason
from intake.messages.inbound import Incoming, take_reply
from intake.messages.model import MessageState
from tests.campaigns.conftest import FATHER, MOTHER, OTHER, Scene


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


def test_who_may_take_permission_back_is_left_alone_until_a_person_has_read_it(
    either: Scene,
) -> None:
    scene = either
    scene.enrol([MOTHER, "mother@example.org"], name="Not Written To Yet")
    scene.enrol([OTHER, "other@example.org"], name="In The Queue")
    campaign = scene.started(ways=[Way.SMS, Way.EMAIL])
    with scene.database.begin() as session:
        _replies(session, scene, "stop sharing", MOTHER)
    send_due(scene.database, scene.settings, at=scene.at)
    with scene.database.begin() as session:
        _replies(session, scene, "I take it back", OTHER)
    for _ in range(3):
        scene.send()
        scene.later(days=6)
    asked = {message.recipient for message in scene.post.taken if message.is_campaign}
    assert asked == set(), "neither by text nor by email"
    assert {row.why for row in scene.recipients(campaign)} == {Why.OPTED_OUT}


def test_students_of_18_are_asked_themselves(scene: Scene) -> None:
    adult = scene.enrol([MOTHER], own=[OTHER], born=date(2008, 1, 1))
    scene.started()
    scene.send()
    assert scene.post.counts == {OTHER: 1}
    scene.story.sign(adult, by=Relationship.ELIGIBLE_STUDENT)
    scene.later(days=5)
    assert scene.send() == 0


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


def _replies(session: Session, scene: Scene, body: str, sender: str) -> None:
    take_reply(session, Incoming(f"SM-{sender}", sender, body), scene.settings, at=scene.at)
