"""Before a campaign's first message: who would be asked, and what is refused."""

from datetime import timedelta

import pytest

from intake.campaigns import control
from intake.campaigns.control import (
    CampaignUnknown,
    CampaignUnusable,
    NobodyToAsk,
    NumbersOutdated,
    WrongState,
)
from intake.campaigns.model import Way
from intake.campaigns.planning import plan_due
from intake.roster.scope import SchoolScope
from intake.roster.students import add_school
from tests.campaigns.conftest import FATHER, MOTHER, OTHER, Scene


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
        broken.setattr("intake.campaigns.planning.left_alone_among", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            plan_due(scene.database, scene.settings, at=scene.at, size=2)
    while plan_due(scene.database, scene.settings, at=scene.at, size=2):
        pass
    assert len(scene.recipients(campaign)) == 7
    assert scene.send() == 7
    assert set(scene.post.counts.values()) == {1}


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
