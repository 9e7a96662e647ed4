"""Who looked: written down by every page that shows a student, told to auditors and families."""

import csv
from collections.abc import Sequence
from io import StringIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from intake.accounts.model import Role, Staff
from intake.looks.chain import look_problems
from intake.looks.model import Look, LookBasis, LookKind, LookReason
from intake.web.desk import looking
from tests.staff import EVERY_ROLE
from tests.web.staff.conftest import NOBODY, World
from tests.web.staff.test_every_route import address_of, staffs_rules

WHY = "yearly check of revocations"
SERVING, REVIEWING, MATCHING = LookBasis.SERVING, LookBasis.REVIEWING, LookBasis.MATCHING
LISTED, READ, DOCUMENT = LookKind.LISTED, LookKind.READ, LookKind.DOCUMENT


def newest(world: World) -> int:
    with world.database.read() as session:
        return session.scalars(select(func.max(Look.sequence))).one() or 0


def looks_since(world: World, sequence: int) -> Sequence[Look]:
    with world.database.read() as session:
        query = select(Look).where(Look.sequence > sequence).order_by(Look.sequence)
        return session.scalars(query).all()


def the_auditor(world: World) -> tuple[FlaskClient, Staff]:
    staff = world.hire(Role.AUDITOR)
    browser = world.browser(staff)
    form = {"csrf_token": world.token(browser), "reason": WHY}
    assert browser.post("/desk/reason", data=form).status_code == 303
    return browser, staff


@pytest.mark.parametrize(
    ("page", "kind", "basis", "whose"),
    [
        ("/desk/waivers", LISTED, SERVING, "roster_id"),
        ("/desk/waivers/{consent_id}", READ, SERVING, "roster_id"),
        ("/desk/waivers/{consent_id}/document.pdf", DOCUMENT, SERVING, "roster_id"),
        ("/desk/waivers/{consent_id}/disclosures.pdf", LookKind.PRINTED, LookBasis.ANSWERING,
         "roster_id"),
        ("/desk/waivers/{waiting_id}", READ, SERVING, "student_id"),
        ("/desk/revocations", LISTED, LookBasis.REVOKING, "roster_id"),
        ("/desk/revocations/{revocation_id}", READ, LookBasis.REVOKING, "roster_id"),
        ("/desk/copies", READ, LookBasis.ANSWERING, "roster_id"),
        ("/desk/matching", LISTED, MATCHING, "student_id"),
        ("/desk/matching/{student_id}", READ, MATCHING, "student_id"),
        ("/desk/papers?school={school_id}", LISTED, LookBasis.PRINTING, "roster_id"),
        ("/desk/review?item={item_id}", READ, REVIEWING, "roster_id"),
        ("/desk/scans/{batch_id}", LISTED, REVIEWING, "roster_id"),
        ("/desk/scans/pages/{page_id}/picture", LookKind.PICTURE, REVIEWING, "roster_id"),
    ],
)  # fmt: skip
def test_a_page_that_shows_a_student_writes_down_who_saw_it(
    world: World, page: str, kind: LookKind, basis: LookBasis, whose: str
) -> None:
    staff = world.hire(Role.FRONT_DESK, schools=[world.ours.school_id])
    world.free_questions()
    browser, before = world.browser(staff), newest(world)
    answer = browser.get(page.format(**vars(world.ours)))
    assert answer.status_code == 200
    found = {one.student_id: one for one in looks_since(world, before)}
    look = found[getattr(world.ours, whose)]
    assert (look.kind, look.basis) == (kind, basis)
    assert (look.staff_id, look.role) == (staff.id, Role.FRONT_DESK)
    assert look.school_id == world.ours.school_id
    assert look.reason_id is None
    assert world.theirs.roster_id not in found


def test_whatever_page_shows_a_students_name_writes_it_down(world: World) -> None:
    """New pages, too: this asks every address that there is."""
    world.free_questions()
    browser, silent = world.browser(world.hire(*EVERY_ROLE)), []
    for key, rule in staffs_rules(world.app):
        if not key.startswith("GET"):
            continue
        before = newest(world)
        shows = b"Adam Ourson" in browser.get(address_of(world, rule, world.ours)).data
        seen = {look.student_id for look in looks_since(world, before)}
        if shows and not seen & {world.ours.roster_id, world.ours.student_id}:
            silent.append(key)
    assert silent == []


def test_a_page_without_students_writes_nothing_down(world: World) -> None:
    browser, before = world.browser(world.hire(*EVERY_ROLE)), newest(world)
    for page in ("/desk/interpreters", "/desk/papers", "/desk/invitations/new", "/desk/nothing",
                 "/coordinator/partners", "/coordinator/translations"):  # fmt: skip
        assert browser.get(page).status_code == 200
    assert looks_since(world, before) == []


def test_what_can_not_be_written_down_is_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(looking, "record_looks", fail)
    monkeypatch.setattr(world.app, "testing", False)
    browser = world.browser(world.hire(*EVERY_ROLE))
    for page in ("/desk/", f"/desk/waivers/{world.ours.consent_id}", "/desk/matching"):
        answer = browser.get(page)
        assert answer.status_code == 500
        assert "Ourson" not in answer.text


def test_an_action_is_written_down_once_it_is_done(world: World) -> None:
    browser, before = world.browser(world.hire(Role.COORDINATOR)), newest(world)
    form = {"csrf_token": world.token(browser)}
    case = f"/desk/revocations/{world.ours.revocation_id}"
    assert browser.post(f"{case}/take", data=form).status_code == 303
    assert browser.post(f"/desk/interpreters/{world.interpreter_id}/done").status_code == 400
    assert browser.post("/desk/search", data={**form, "text": "adam"}).status_code == 303
    [look] = looks_since(world, before)
    assert (look.route, look.kind) == ("desk.take_case", LookKind.CHANGED)
    assert (look.student_id, look.revocation_id) == (
        world.ours.roster_id,
        world.ours.revocation_id,
    )
    assert (look.role, look.school_id) == (Role.COORDINATOR, None)


def test_what_an_action_without_a_student_was_about_is_written_down(world: World) -> None:
    browser, before = world.browser(world.hire(*EVERY_ROLE)), newest(world)
    form = {"csrf_token": world.token(browser)}
    page = f"/coordinator/translations/ferpa_waiver/2026-1/ar/withdraw/{NOBODY}"
    assert browser.post(page, data={**form, "reason": "wrong word"}).status_code == 303
    [look] = looks_since(world, before)
    assert (look.student_id, look.basis) == (None, LookBasis.PROGRAMME)
    assert look.thing == f"name=ferpa_waiver version=2026-1 language=ar approval_id={NOBODY}"


def test_printing_for_students_names_each(world: World) -> None:
    browser, before = world.browser(world.hire(Role.COORDINATOR)), newest(world)
    both = [world.ours.roster_id, world.theirs.roster_id]
    form = {"csrf_token": world.token(browser), "students": both, "document": "ferpa_waiver",
            "language": "en", "size": "L"}  # fmt: skip
    answer = browser.post("/desk/papers/students", data=form)
    assert answer.mimetype == "application/pdf"
    looks = looks_since(world, before)
    assert {look.student_id for look in looks} == set(both)
    assert {look.kind for look in looks} == {LookKind.PRINTED}


def test_an_auditor_says_why_once_a_session_before_seeing_students(world: World) -> None:
    staff = world.hire(Role.AUDITOR)
    browser, before = world.browser(staff), newest(world)
    address = f"/desk/waivers/{world.ours.consent_id}"
    asked = browser.get(address)
    assert "Why do you look at students?" in asked.text
    assert "Ourson" not in asked.text
    assert browser.get("/coordinator/partners").status_code == 200, "shows no student"
    form = {"csrf_token": world.token(browser)}
    assert browser.post("/desk/reason", data={**form, "reason": " short "}).status_code == 422
    assert looks_since(world, before) == []
    answer = browser.post("/desk/reason", data={**form, "reason": WHY})
    assert answer.location.endswith(address)
    assert "Ourson" in browser.get(address).text
    assert "Ourson" in browser.get("/desk/").text
    looks = looks_since(world, before)
    assert {look.basis for look in looks} == {LookBasis.OVERSIGHT}
    with world.database.read() as session:
        [reason_id] = {look.reason_id for look in looks}
        reason = session.get_one(LookReason, reason_id)
        assert (reason.text, reason.staff_id) == (WHY, staff.id)
    assert "Why do you look" in world.browser(staff).get(address).text, "a new session"


def test_who_serves_families_is_not_asked_why(world: World) -> None:
    browser = world.browser(world.hire(Role.AUDITOR, Role.COORDINATOR))
    assert "Ourson" in browser.get(f"/desk/waivers/{world.ours.consent_id}").text


def test_the_page_tells_who_what_when_and_why(world: World) -> None:
    clerk = world.hire(Role.FRONT_DESK, schools=[world.ours.school_id])
    world.browser(clerk).get(f"/desk/waivers/{world.ours.consent_id}/document.pdf")
    browser, _ = the_auditor(world)
    page = browser.get("/coordinator/looks", query_string={"person": clerk.id}).text
    for said in ("Ann &lt;A&gt;", "Front desk", "Ours Elementary", "Adam Ourson",
                 "Document opened", "desk.waiver_document", "To serve the family"):  # fmt: skip
        assert said in page, said
    assert page.count("<tr>") == 2
    others = browser.get("/coordinator/looks", query_string={"student": world.theirs.roster_id})
    assert "Adam Ourson" not in others.text
    long_ago = browser.get("/coordinator/looks", query_string={"day": "2020-01-01"})
    assert "Nobody has looked." in long_ago.text


def test_seeing_who_looked_is_a_look_too(world: World) -> None:
    browser, staff = the_auditor(world)
    browser.get("/desk/")
    before = newest(world)
    browser.get("/coordinator/looks", query_string={"person": staff.id})
    looks = looks_since(world, before)
    assert world.ours.roster_id in {look.student_id for look in looks}
    assert {(look.route, look.kind) for look in looks} == {("coordinator.looks", LISTED)}
    assert any(WHY in page for page in [browser.get("/coordinator/looks").text])


def test_an_administrator_sees_who_looked_and_no_students_name(world: World) -> None:
    world.browser(world.hire(*EVERY_ROLE)).get("/desk/")
    browser = world.browser(world.hire(Role.ADMINISTRATOR))
    page = browser.get("/coordinator/looks")
    assert page.status_code == 200
    assert world.ours.roster_id in page.text
    assert "Ourson" not in page.text
    form = {"csrf_token": world.token(browser), "text": "adam"}
    searched = browser.post("/coordinator/looks/search", data=form, follow_redirects=True)
    assert "Ourson" not in searched.text


@pytest.mark.parametrize(
    "query",
    [
        "person=x",
        "student=x",
        "day=x",
        "day=9999-12-31",
        "day=0001-01-01",
        "before=x",
        "before=9999999999999999",
        "search=x",
    ],
)
def test_nonsense_in_the_address_is_no_error(world: World, query: str) -> None:
    browser = world.browser(world.hire(Role.ADMINISTRATOR))
    assert browser.get(f"/coordinator/looks?{query}").status_code == 200


def test_the_file_runs_no_formula_and_names_no_student(world: World) -> None:
    staff = world.hire(*EVERY_ROLE)
    with world.database.begin() as session:
        session.get_one(Staff, staff.id).name = '=HYPERLINK("http://x")'
    browser = world.browser(staff)
    browser.get(f"/desk/waivers/{world.ours.consent_id}")
    before = newest(world)
    answer = browser.get("/coordinator/looks.csv", query_string={"person": staff.id})
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["staff"] for row in rows} == {'\'=HYPERLINK("http://x")'}
    assert world.ours.consent_id in {row["consent_id"] for row in rows}
    assert "Ourson" not in answer.text
    saved = looks_since(world, before)
    assert {look.kind for look in saved} == {LookKind.EXPORTED}
    assert world.ours.roster_id in {look.student_id for look in saved}


def test_the_record_is_whole_after_all_of_this(world: World) -> None:
    with world.database.read() as session:
        assert list(look_problems(session)) == []
