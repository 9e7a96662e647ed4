"""The review queue: one question at a time, nobody in anybody's way, undo."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from intake.accounts.staff import add_staff
from intake.paper.model import ReviewItem, ScannedPaper
from intake.paper.outcomes import PaperState
from intake.roster.model import Student, StudentSource
from intake.web.desk.sessions import passwords_in_use
from tests.paper.tray import UNREAD, Tray, form, text_page
from tests.staff import EVERY_ROLE, make_ready, second_step
from tests.web.desk.conftest import PASSWORD, Desk, csrf_token
from tests.web.desk.stack import doubtful, settle, tray_of

PAGE = "/desk/review"


@pytest.fixture
def tray(signed_in: Desk) -> Tray:
    return tray_of(signed_in)


def question(browser: FlaskClient, at: str = PAGE) -> tuple[str, str]:
    """What the page asks, and the item's id."""
    page = browser.get(at).text
    asked = re.search(r'<h1 id="question">([^<]+)</h1>', page)
    item = re.search(r'action="/desk/review/([0-9a-f-]{36})"', page)
    assert asked
    assert item
    return asked[1], item[1]


def say(desk: Desk, values: dict[str, str]) -> str:
    """Answer what is asked; the address that follows."""
    _, item = question(desk.browser)
    answer = desk.post(f"{PAGE}/{item}", values, shown_at=PAGE)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def paper(desk: Desk) -> ScannedPaper:
    with desk.database.read() as session:
        return session.scalars(select(ScannedPaper)).one()


def test_the_answer_leads_to_the_next_question_and_at_last_to_a_consent(
    signed_in: Desk, tray: Tray
) -> None:
    tray.take_in(*doubtful(tray.printed(tray.student()), signature="unsure"))
    page = signed_in.browser.get(PAGE).text
    assert "Emma Johnson" in page
    assert 'value="yes" data-key="1"' in page
    assert question(signed_in.browser)[0] == "Which answer is marked?"
    say(signed_in, {"answer": "yes"})
    assert question(signed_in.browser)[0] == "Is it signed?"
    say(signed_in, {"answer": "yes"})
    assert "Nothing waits for you" in signed_in.browser.get(PAGE).text
    settle(tray)
    [consent] = tray.consents()
    assert consent.granted
    tray.check()


def test_the_navigation_says_how_many_wait(signed_in: Desk, tray: Tray) -> None:
    assert "waiting-count" not in signed_in.browser.get("/desk/").text
    for name in ("Emma Johnson", "Ali Hassan"):
        tray.take_in(*doubtful(tray.printed(tray.student(name))))

    assert '<span class="waiting-count">2<' in signed_in.browser.get("/desk/").text
    assert "2 questions wait" in signed_in.browser.get(PAGE).text


def test_the_doubtful_boxes_are_framed_and_shown_first(signed_in: Desk, tray: Tray) -> None:
    tray.take_in(*doubtful(tray.printed(tray.student()), signature="unsure", choice="yes"))
    page = signed_in.browser.get(PAGE).text

    assert page.count('class="doubtful"') == 1
    assert re.search(r'<svg id="sheet"[^>]* viewBox="[\d. ]+"', page)
    assert "/picture" in page


def test_only_doubts_that_matter_for_the_question_are_told(signed_in: Desk, tray: Tray) -> None:
    reasons = ["choice_both", "signature_unsure", "controls"]
    tray.take_in(*doubtful(tray.printed(tray.student()), choice="both", reasons=reasons))
    page = signed_in.browser.get(PAGE).text

    assert "Both boxes seem to be ticked." in page
    assert "The scan is too poor to trust what was read." in page
    assert "Whether it is signed is not clear." not in page


def test_two_people_get_different_questions(signed_in: Desk, tray: Tray) -> None:
    for name in ("Emma Johnson", "Ali Hassan"):
        tray.take_in(*doubtful(tray.printed(tray.student(name))))
    other = _second_person(signed_in)
    _, mine = question(signed_in.browser)
    _, theirs = question(other)
    assert mine != theirs

    token = csrf_token(other.get(PAGE))
    answer = other.post(
        f"{PAGE}/{mine}", data={"csrf_token": token, "answer": "no"}, follow_redirects=True
    )
    assert "Somebody else has taken this question" in answer.text
    with signed_in.database.read() as session:
        assert session.get_one(ReviewItem, mine).answer is None


def test_an_answer_can_be_taken_back_until_it_is_filed(signed_in: Desk, tray: Tray) -> None:
    tray.take_in(*doubtful(tray.printed(tray.student())))
    _, item = question(signed_in.browser)
    say(signed_in, {"answer": "yes"})
    answer = signed_in.post(f"{PAGE}/undo", {}, shown_at=PAGE)
    assert question(signed_in.browser, answer.headers["Location"])[1] == item
    say(signed_in, {"answer": "no"})
    settle(tray)
    assert [consent.granted for consent in tray.consents()] == [False]

    answer = signed_in.post(f"{PAGE}/undo", {}, shown_at=PAGE)
    assert "nothing to take back" in signed_in.browser.get(answer.headers["Location"]).text


def test_a_skipped_question_comes_back_after_the_others(signed_in: Desk, tray: Tray) -> None:
    for name in ("Emma Johnson", "Ali Hassan"):
        tray.take_in(*doubtful(tray.printed(tray.student(name))))
    _, first = question(signed_in.browser)
    signed_in.post(f"{PAGE}/{first}/skip", {}, shown_at=PAGE)
    _, second = question(signed_in.browser)
    assert second != first
    say(signed_in, {"answer": "yes"})

    assert question(signed_in.browser)[1] == first


def test_a_student_is_found_by_typing_without_a_script(signed_in: Desk, tray: Tray) -> None:
    student = tray.student("Ali Hassan")
    tray.take_in(*doubtful(tray.printed(None), choice="yes"))
    asked, item = question(signed_in.browser)
    assert asked == "Which student is it about?"
    page = signed_in.post(f"{PAGE}/{item}", {"name": "ali", "search": "1"}, shown_at=PAGE).text
    assert f'name="student" value="{student}"' in page
    say(signed_in, {"student": student, "signer_name": "Amina Hassan"})
    settle(tray)

    [consent] = tray.consents()
    assert (consent.student_id, consent.signer_name) == (student, "Amina Hassan")


def test_suggestions_come_while_typing_and_need_the_pages_token(
    signed_in: Desk, tray: Tray
) -> None:
    student = tray.student("Ali Hassan")
    tray.take_in(*doubtful(tray.printed(None)))
    address = f"{PAGE}/suggestions.json"
    token = csrf_token(signed_in.browser.get(PAGE))
    sent = {"csrf_token": token, "name": "has", "birth_date": "2016-04-12"}
    [found] = signed_in.browser.post(address, data=sent).get_json()

    assert (found["id"], found["name"]) == (student, "Ali Hassan")
    assert "same date of birth" in found["details"]
    assert signed_in.browser.post(address, data={"name": "has"}).status_code == 400
    nobody = signed_in.browser.post(address, data={"csrf_token": token, "name": "zzz"})
    assert nobody.get_json() == []


def test_a_student_who_is_not_on_the_roster_is_taken_as_it_was_read(
    signed_in: Desk, tray: Tray
) -> None:
    tray.take_in(*doubtful(tray.printed(None), choice="yes"))
    _, item = question(signed_in.browser)
    typed = {"not_on_roster": "1", "name": "New Here", "birth_date": "2016-01-31"}
    again = signed_in.post(f"{PAGE}/{item}", typed, shown_at=PAGE)
    assert again.status_code == 422
    assert 'value="New Here"' in again.text
    say(signed_in, {**typed, "school": tray.school_id})

    with signed_in.database.read() as session:
        student = session.get_one(Student, paper(signed_in).student_id)
    assert (student.name, student.source) == ("New Here", StudentSource.TYPED)


def test_a_waiver_whose_codes_cant_be_read_needs_its_language(signed_in: Desk, tray: Tray) -> None:
    tray.take_in({**UNREAD, "kind": "waiver"})
    asked, item = question(signed_in.browser)
    assert asked == "What is this page?"
    again = signed_in.post(f"{PAGE}/{item}", {"answer": "waiver"}, shown_at=PAGE)
    assert again.status_code == 422
    assert "Choose the language of the paper first." in again.text
    assert "its codes can&#39;t be read" in again.text
    say(signed_in, {"answer": "waiver", "language": "so"})
    assert question(signed_in.browser)[0] != asked


def test_an_answer_that_the_question_doesnt_have_is_refused(signed_in: Desk, tray: Tray) -> None:
    tray.take_in(*doubtful(tray.printed(tray.student())))
    _, item = question(signed_in.browser)

    assert signed_in.post(f"{PAGE}/{item}", {"answer": "x"}, shown_at=PAGE).status_code == 422
    assert paper(signed_in).state is PaperState.REVIEW


def test_a_question_that_is_answered_leads_to_the_next_one(signed_in: Desk, tray: Tray) -> None:
    tray.take_in(*doubtful(tray.printed(tray.student())))
    _, item = question(signed_in.browser)
    say(signed_in, {"answer": "yes"})
    answer = signed_in.post(f"{PAGE}/{item}", {"answer": "no"}, shown_at=PAGE)

    assert "answered already" in signed_in.browser.get(answer.headers["Location"]).text
    assert signed_in.browser.get(f"{PAGE}?item={item}").status_code == 200


def test_when_permission_was_refused_is_told_where_that_is_the_question(
    signed_in: Desk, tray: Tray
) -> None:
    student = tray.student()
    tray.take_in(*doubtful(tray.printed(student), choice="no"))
    tray.take_in(*doubtful(tray.printed(student), choice="yes"))

    page = signed_in.browser.get(PAGE).text
    assert "Was this signed after that?" in page
    assert "Permission was taken back or refused on" in page


def test_papers_of_one_student_can_be_compared(signed_in: Desk, tray: Tray) -> None:
    student = tray.student()
    both = (tray.printed(student), tray.printed(student))
    said = {"signature": "present", "date": "present"}
    tray.take_in(
        text_page(both[0]), form(both[0], choice="yes", **said),
        text_page(both[1]), form(both[1], choice="no", **said),
    )  # fmt: skip

    page = signed_in.browser.get(PAGE).text
    assert "Does this one count?" in page
    assert "The other papers:" in page
    # The second page of a paper is one key away.
    assert "page=2" in page
    item = question(signed_in.browser)[1]
    assert "page=1" in signed_in.browser.get(f"{PAGE}?item={item}&page=2").text


def _second_person(desk: Desk) -> FlaskClient:
    app = desk.browser.application
    with app.app_context(), desk.database.begin() as session:
        omar = add_staff(
            session, roles=EVERY_ROLE, email="omar@example.org", name="Omar", password=PASSWORD,
            at=datetime(2026, 11, 1, tzinfo=UTC), passwords=passwords_in_use(),
        )  # fmt: skip
        make_ready(session, omar)
    browser = app.test_client()
    token = csrf_token(browser.get("/desk/sign-in"))
    asked = browser.post(
        "/desk/sign-in",
        data={"csrf_token": token, "email": "omar@example.org", "password": PASSWORD},
    )
    second_step(desk.database, browser, asked)
    return browser
