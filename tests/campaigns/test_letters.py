"""Printed letters: a class at a time, in the family's language, with a code that opens its link."""

import io
from collections.abc import Sequence

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from intake.campaigns.control import stop
from intake.campaigns.following import follow_up
from intake.campaigns.letters import NothingToPrint, groups, print_letters
from intake.campaigns.model import Campaign, CampaignState, Way
from intake.campaigns.progress import Standing
from intake.consents.invitations import open_invitation
from intake.consents.ledger import LedgerEvent
from intake.db.base import new_id
from intake.roster.model import Enrollment, School, SchoolClass
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_school
from tests.campaigns.conftest import STAFF, Scene
from translations import languages


def test_letters_are_grouped_by_class_and_sorted_as_they_are_handed_out(scene: Scene) -> None:
    room = _class(scene, "Room 4", "Ms. Lee", is_homeroom=True)
    art = _class(scene, "Art", "Mr. Able", is_homeroom=False)
    _enrolled(scene, scene.enrol(name="Zoe"), room, art)
    _enrolled(scene, scene.enrol(name="Ana"), room)
    _enrolled(scene, scene.enrol(name="Only Art"), art)
    scene.enrol(name="No Class")
    campaign = scene.started(ways=[Way.LETTER])
    with scene.database.read() as session:
        found = groups(session, session.get_one(Campaign, campaign.id), EVERY_SCHOOL)
    assert [(one.teacher, one.title, one.to_print) for one in found] == [
        ("Mr. Able", "Art", 1),
        ("Ms. Lee", "Room 4", 2),
        ("", "", 1),
    ]
    texts = _texts(_printed(scene, campaign, room))
    assert ["Ana" in texts[0], "Zoe" in texts[2]] == [True, True], "each on a sheet of its own"
    assert texts[0].startswith("Ms. Lee · Room 4 · Ana")


@pytest.mark.parametrize("language", ["ar", "my", "ksw", None])
def test_the_code_opens_the_familys_link_in_its_language(
    scene: Scene, language: str | None
) -> None:
    student = scene.enrol(name="Yousef Haddad", language=language)
    campaign = scene.started(ways=[Way.LETTER])
    pdf = _printed(scene, campaign, None)
    [text] = _texts(pdf)
    assert "Yousef Haddad" in text
    assert "Riverside Elementary School" in text
    own_name = languages()["ksw"].endonym
    assert (own_name in text) is (language is None), "the choice of languages, where none is known"
    [link] = _codes(pdf)
    place = f"/{language}/i/" if language else "example.org/i/"
    assert place in link
    assert link in "".join(text.split())
    with scene.database.read() as session:
        invitation = open_invitation(session, link.rsplit("/", 1)[1], at=scene.at)
        assert invitation.student_id == student
        [event] = session.scalars(select(LedgerEvent))
        assert event.actor_id == STAFF
        assert event.values()["campaign"] == campaign.id


def test_what_is_printed_or_answered_is_not_printed_again_unless_asked(scene: Scene) -> None:
    answered = scene.enrol(name="Answered")
    scene.enrol(name="Silent")
    campaign = scene.started(ways=[Way.LETTER])
    scene.story.sign(answered)
    follow_up(scene.database, scene.settings, at=scene.at)
    assert scene.state(campaign) is CampaignState.RUNNING, "a letter has yet to be printed"
    assert len(_texts(_printed(scene, campaign, None))) == 1
    with pytest.raises(NothingToPrint):
        _printed(scene, campaign, None)
    assert "Silent" in _texts(_printed(scene, campaign, None, again=True))[0]
    assert scene.progress(campaign).standings == {Standing.ANSWERED: 1, Standing.PRINTED: 1}
    follow_up(scene.database, scene.settings, at=scene.at)
    assert scene.state(campaign) is CampaignState.FINISHED


def test_nothing_is_printed_of_a_campaign_that_was_stopped(scene: Scene) -> None:
    scene.enrol(name="Silent")
    campaign = scene.started(ways=[Way.LETTER])
    _printed(scene, campaign, None)
    with scene.database.begin() as session:
        found = session.get_one(Campaign, campaign.id)
        stop(session, found, staff_id=STAFF, at=scene.at)
        assert groups(session, found, EVERY_SCHOOL) == []
    with pytest.raises(NothingToPrint):
        _printed(scene, campaign, None, again=True)


def test_a_class_of_more_letters_than_a_file_holds_is_printed_again_in_turn(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.campaigns.letters.MOST_LETTERS", 1)
    scene.enrol(name="Ana")
    scene.enrol(name="Zoe")
    campaign = scene.started(ways=[Way.LETTER])
    names = []
    for again in (False, False, True, True, True):
        scene.later(minutes=1)
        names.append(_texts(_printed(scene, campaign, None, again=again))[0].partition("\n")[0])
    assert [name.strip() for name in names] == ["Ana", "Zoe", "Ana", "Zoe", "Ana"]


def test_who_has_gone_to_another_school_since_is_shown_to_that_school_alone(scene: Scene) -> None:
    mine = SchoolScope.of([scene.school.id])
    gone = scene.enrol(name="Gone Since")
    scene.enrol(name="Still Here")
    campaign = scene.started(ways=[Way.LETTER], schools=[scene.school.id])
    with scene.database.begin() as session:
        other = add_school(session, "Westview High School")
    scene.change(gone, school_id=other.id)
    with scene.database.read() as session:
        assert [
            one.to_print for one in groups(session, session.get_one(Campaign, campaign.id), mine)
        ] == [1]
        assert len(groups(session, session.get_one(Campaign, campaign.id), EVERY_SCHOOL)) == 2
    with pytest.raises(NothingToPrint):
        _printed(scene, campaign, None, school=other, scope=mine)
    assert "Still Here" in _texts(_printed(scene, campaign, None, scope=mine))[0]


def _class(scene: Scene, title: str, teacher: str, *, is_homeroom: bool) -> str:
    with scene.database.begin() as session:
        made = SchoolClass(
            school_id=scene.school.id, external_id=title, title=title,
            is_homeroom=is_homeroom, teacher=teacher,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def _enrolled(scene: Scene, student_id: str, *classes: str) -> None:
    with scene.database.begin() as session:
        for class_id in classes:
            session.add(Enrollment(external_id=new_id(), student_id=student_id, class_id=class_id))


def _printed(
    scene: Scene,
    campaign: Campaign,
    class_id: str | None,
    *,
    again: bool = False,
    school: School | None = None,
    scope: SchoolScope = EVERY_SCHOOL,
) -> bytes:
    return print_letters(
        scene.database, scene.settings, campaign.id, school_id=(school or scene.school).id,
        class_id=class_id, scope=scope, staff_id=STAFF, at=scene.at, again=again,
    )  # fmt: skip


def _texts(pdf: bytes) -> Sequence[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def _codes(pdf: bytes) -> Sequence[str]:
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        buffer = io.BytesIO()
        page.render(scale=150 / 72).to_pil().save(buffer, "PNG")
        found += [code.text for code in zxingcpp.read_barcodes(Image.open(buffer))]
    return found
