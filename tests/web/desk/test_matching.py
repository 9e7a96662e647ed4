"""The desk settles which student a family typed: the same as one on the record, or different."""

import re
from datetime import date, timedelta

from sqlalchemy import select

from intake.consents.ledger import LedgerEvent
from intake.consents.states import ActorKind, EventKind
from intake.roster.model import Student
from tests.web.desk.conftest import Desk


def waiting(desk: Desk) -> tuple[Student, Student]:
    """A typed student, and the one of the roster in another script."""
    typed = desk.type_student("Naw Mu Htoo")
    desk.sign(typed, known=False)
    return typed, desk.enrol("နော်မူးထူ")


def test_the_list_says_who_waits_and_who_is_likeliest(signed_in: Desk) -> None:
    assert "Nobody waits." in signed_in.browser.get("/desk/matching").text
    typed = signed_in.type_student("Sam Lee")
    signed_in.enrol("Samuel Lee")
    page = signed_in.browser.get("/desk/matching").text
    assert "1 student waits." in page
    assert f"/desk/matching/{typed.id}" in page
    assert "Samuel Lee" in page
    assert "Likely" in page


def test_a_page_shows_what_speaks_for_and_against(signed_in: Desk) -> None:
    typed = signed_in.type_student("Sam Lee")
    signed_in.enrol("Sam Lee", date(2018, 5, 4))
    page = signed_in.browser.get(f"/desk/matching/{typed.id}").text
    assert re.search(r"For it: same name · same school", page)
    assert re.search(r"Against it: another date of birth", page)
    with signed_in.database.read() as session:
        [looked] = session.scalars(select(LedgerEvent).where(LedgerEvent.kind == EventKind.VIEWED))
        assert (looked.student_id, looked.values()) == (typed.id, {"what": "matching"})


def test_the_same_student(signed_in: Desk) -> None:
    typed = signed_in.type_student("Sam Lee")
    consent = signed_in.sign(typed, known=False)
    roster = signed_in.enrol("Samuel Lee")
    at = f"/desk/matching/{typed.id}"
    answer = signed_in.post(f"{at}/same", {"student": roster.id}, shown_at=at)
    assert answer.status_code == 303
    assert signed_in.consent(consent.id).student_id == roster.id
    with signed_in.database.read() as session:
        [merged] = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.STUDENTS_MERGED)
        )
        assert (merged.actor_kind, merged.actor_id) == (ActorKind.STAFF, signed_in.staff.id)
    assert "Nobody waits." in signed_in.browser.get("/desk/matching").text
    assert signed_in.browser.get(at).status_code == 404
    page = signed_in.browser.get(f"/desk/waivers/{consent.id}").text
    assert "Joined with the student on the school" in page
    assert "Confirm who signed" in page, "joining says who the student is, not who signed"


def test_different_students(signed_in: Desk) -> None:
    typed = signed_in.type_student("Sam Lee")
    roster = signed_in.enrol("Samuel Lee")
    at = f"/desk/matching/{typed.id}"
    answer = signed_in.post(f"{at}/different", {"shown": roster.id}, shown_at=at)
    assert answer.status_code == 303
    assert "No student on the record looks alike" in signed_in.browser.get(at).text


def test_another_is_found_by_searching(signed_in: Desk) -> None:
    typed, roster = waiting(signed_in)
    at = f"/desk/matching/{typed.id}"
    found = signed_in.post(f"{at}/search", {"text": "နော်"}, shown_at=at)
    assert "နော်" not in found.location, "no name in an address"
    page = signed_in.browser.get(found.location).text
    assert roster.id in page
    answer = signed_in.browser.post(
        found.location.replace("?", "/same?"),
        data={"csrf_token": _token(page), "student": roster.id},
    )
    assert answer.status_code == 303
    with signed_in.database.read() as session:
        assert session.get_one(Student, typed.id).merged_into_id == roster.id


def test_somebody_was_faster_and_nobody_was_chosen(signed_in: Desk) -> None:
    typed, _ = waiting(signed_in)
    roster = signed_in.enrol("Naw Mu Htoo")
    at = f"/desk/matching/{typed.id}"
    nobody = signed_in.post(f"{at}/same", {}, shown_at=at)
    assert nobody.status_code == 422
    assert "Choose which student it is." in nobody.text
    forged = signed_in.post(f"{at}/same", {"student": typed.id}, shown_at=at)
    assert forged.status_code == 422
    signed_in.post(f"{at}/same", {"student": roster.id}, shown_at=at)
    again = signed_in.post(f"{at}/same", {"student": roster.id}, shown_at="/desk/matching")
    assert again.status_code == 404


def test_pages_need_a_sign_in_and_forms_their_token(desk: Desk) -> None:
    typed = desk.type_student("Sam Lee")
    for path in ("/desk/matching", f"/desk/matching/{typed.id}"):
        assert desk.browser.get(path).status_code == 303
    desk.sign_in()
    for action in ("same", "different", "search"):
        answer = desk.browser.post(f"/desk/matching/{typed.id}/{action}", data={"student": "x"})
        assert answer.status_code == 400


def test_a_long_queue_has_pages(signed_in: Desk) -> None:
    for number in range(27):
        signed_in.type_student(f"Sam Lee {number}", date(2015, 1, 1) + timedelta(days=number))
    first = signed_in.browser.get("/desk/matching").text
    rest = re.search(r'rel="next" href="([^"]+)"', first)
    assert rest is not None
    second = signed_in.browser.get(rest.group(1).replace("&amp;", "&")).text
    names = {found for page in (first, second) for found in re.findall(r"Sam Lee \d+", page)}
    assert len(names) == 27


def _token(page: str) -> str:
    tokens: list[str] = re.findall(r'name="csrf_token" type="hidden" value="([^"]+)"', page)
    return tokens[-1]
