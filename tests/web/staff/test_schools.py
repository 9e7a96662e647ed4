"""Lists, searches, forms and counts keep to the schools of whoever asks."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.accounts.model import Role
from intake.paper.model import ReviewItem, ReviewState, ScannedPaper
from tests.staff import EVERY_ROLE
from tests.web.staff.conftest import BringUnread, World
from tests.web.staff.test_every_route import staffs_rules

THEIRS, OURS = "Zebedee", "Adam Ourson"


@pytest.fixture
def ours(world: World) -> FlaskClient:
    """Somebody who may do everything, at our school."""
    return world.browser(world.hire(*EVERY_ROLE, schools=[world.ours.school_id]))


def test_no_list_shows_another_schools_student(world: World, ours: FlaskClient) -> None:
    showing = set()
    for key, rule in staffs_rules(world.app):
        if key.startswith("GET") and not rule.arguments and rule.endpoint != "desk.sign_in":
            page = ours.get(rule.rule).text
            assert THEIRS not in page, key
            showing |= {key} if OURS in page else set()
    assert showing >= {f"GET /desk/{page}" for page in ("", "revocations", "matching", "copies")}


def test_whoever_works_for_every_school_sees_both(world: World) -> None:
    browser = world.browser(world.hire(Role.COORDINATOR))
    for page in ("", "revocations", "matching", "copies"):
        told = browser.get(f"/desk/{page}").text
        assert THEIRS in told
        assert OURS in told


@pytest.mark.parametrize(
    "search",
    [
        "/desk/search",
        "/desk/invitations/search",
        "/desk/revocations/search",
        "/desk/papers/search",
        "/coordinator/looks/search",
    ],
)
def test_no_search_finds_another_schools_student(
    world: World, ours: FlaskClient, search: str
) -> None:
    form = {"csrf_token": world.token(ours)}
    page = ours.post(search, data={**form, "text": "zebedee"}, follow_redirects=True).text
    assert "Theirson" not in page
    assert OURS in ours.post(search, data={**form, "text": "ourson"}, follow_redirects=True).text


def test_no_name_that_is_typed_for_a_paper_finds_one(world: World, ours: FlaskClient) -> None:
    form = {"csrf_token": world.token(ours)}
    told = ours.post("/desk/review/suggestions.json", data={**form, "name": "Zebedee"})
    assert told.json == []
    told = ours.post("/desk/review/suggestions.json", data={**form, "name": "Adam"})
    assert [one["name"] for one in told.json or []] == [OURS]
    page = ours.post("/desk/papers/names", data={**form, "names": f"Zebedee Theirson\n{OURS}"})
    assert "Ours Elementary" in page.text
    assert world.theirs.roster_id not in page.text


def test_a_student_of_another_school_in_a_form_is_no_choice(
    world: World, ours: FlaskClient
) -> None:
    form, theirs = {"csrf_token": world.token(ours)}, world.theirs.roster_id
    asked = {
        "/desk/invitations/new": {"student": theirs},
        "/desk/papers/students": {"students": theirs, "listed": theirs, "document": "ferpa_waiver",
                                  "language": "en", "size": "L"},
        "/desk/revocations/new": {"student": theirs, "signer_name": "Ann Lee",
                                  "relationship": "parent", "language": "en",
                                  "method": "saw_identity_document"},
        f"/desk/matching/{world.ours.student_id}/same": {"student": theirs},
        f"/desk/waivers/{world.ours.waiting_id}/confirm": {"student": theirs,
                                                           "method": "knows_the_person"},
    }  # fmt: skip
    shown = ("looks", "looks_head", "ledger_events", "ledger_head")
    before = world.state(without=shown)
    for address, values in asked.items():
        answer = ours.post(address, data={**form, **values})
        assert answer.status_code == 422, address
        assert THEIRS not in answer.text, address
    assert world.state(without=shown) == before


def test_a_paper_cannot_be_said_to_be_another_schools_students(
    world: World, unread: BringUnread
) -> None:
    staff = world.hire(Role.FRONT_DESK, schools=[world.ours.school_id])
    browser, paper = world.browser(staff), unread(staff.id)
    form = {"csrf_token": world.token(browser)}
    _answer(world, browser, paper, {**form, "answer": "waiver", "language": "en"})
    said = _answer(world, browser, paper, {**form, "student": world.theirs.roster_id})
    assert said.status_code == 422
    assert THEIRS not in said.text
    typed = {"name": "Some Body", "birth_date": "2016-04-12", "not_on_roster": "1"}
    said = _answer(world, browser, paper, {**form, **typed, "school": world.theirs.school_id})
    assert said.status_code == 422
    assert "Theirs Junior" not in said.text


def test_a_school_in_the_address_or_a_form_is_one_of_theirs(
    world: World, ours: FlaskClient
) -> None:
    page = ours.get("/desk/papers", query_string={"school": world.theirs.school_id}).text
    assert THEIRS not in page
    assert "Theirs Junior" not in page
    assert OURS in ours.get("/desk/papers", query_string={"school": world.ours.school_id}).text


def test_a_case_is_given_only_to_somebody_who_may_see_its_student(world: World) -> None:
    browser = world.browser(world.hire(Role.COORDINATOR))
    form = {"csrf_token": world.token(browser)}
    case = f"/desk/revocations/{world.ours.revocation_id}/assign"
    ours, theirs = [world.ours.school_id], [world.theirs.school_id]
    for role, schools, status in (
        (Role.FRONT_DESK, theirs, 422),
        (Role.APPROVER, None, 422),
        (Role.FRONT_DESK, ours, 303),
    ):
        owner = world.hire(role, schools=schools)
        assert browser.post(case, data={**form, "owner": owner.id}).status_code == status


def test_the_count_of_questions_is_that_of_the_own_schools(
    world: World, unread: BringUnread
) -> None:
    everybody = world.browser(world.hire(*EVERY_ROLE))
    ours = world.browser(world.hire(Role.FRONT_DESK, schools=[world.ours.school_id]))
    assert _waiting(everybody) == _waiting(ours) + 1


def test_a_question_of_another_school_is_never_next(world: World) -> None:
    world.free_questions()
    theirs = world.browser(world.hire(Role.FRONT_DESK, schools=[world.theirs.school_id]))
    assert world.theirs.item_id in theirs.get("/desk/review").text
    asked = theirs.get("/desk/review", query_string={"item": world.ours.item_id}).text
    assert world.ours.item_id not in asked
    assert "Ourson" not in asked


def test_a_paper_of_nobody_known_belongs_to_the_schools_of_whoever_brought_it(
    world: World, unread: BringUnread
) -> None:
    ours, theirs = [world.ours.school_id], [world.theirs.school_id]
    one, both = world.hire(Role.FRONT_DESK, schools=ours), [*ours, *theirs]
    of_both, of_one = unread(world.hire(Role.FRONT_DESK, schools=both).id), unread(one.id)
    of_nobody = unread(None)

    def seen(*roles: Role, schools: list[str] | None) -> list[int]:
        browser = world.browser(world.hire(*roles, schools=schools))
        papers = (of_one, of_both, of_nobody)
        return [browser.get(f"/desk/scans/{paper.batch_id}").status_code for paper in papers]

    assert seen(Role.FRONT_DESK, schools=ours) == [200, 404, 404]
    assert seen(Role.FRONT_DESK, schools=theirs) == [404, 404, 404]
    assert seen(Role.FRONT_DESK, schools=both) == [200, 200, 404]
    assert seen(Role.COORDINATOR, schools=None) == [200, 200, 200]
    listed = world.browser(one).get("/desk/scans").text
    assert of_one.batch_id in listed
    assert of_both.batch_id not in listed


def _answer(
    world: World, browser: FlaskClient, paper: ScannedPaper, form: dict[str, str]
) -> TestResponse:
    """Answer the open question about this paper."""
    with world.database.read() as session:
        is_open = (ReviewItem.paper_id == paper.id, ReviewItem.state == ReviewState.OPEN)
        item = session.scalars(select(ReviewItem.id).where(*is_open)).one()
    browser.get("/desk/review", query_string={"item": item})
    return browser.post(f"/desk/review/{item}", data=form)


def _waiting(browser: FlaskClient) -> int:
    found = re.search(r'class="waiting-count">(\d+)', browser.get("/desk/interpreters").text)
    return int(found[1]) if found else 0
