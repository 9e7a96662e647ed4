"""The desk's first page: who waits for what, the most urgent first, of one's own schools."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from forms.choices import Relationship
from intake.accounts.model import Staff
from intake.clock import now
from intake.consents.holds import place_hold
from intake.consents.ledger import SYSTEM
from intake.consents.model import Revocation
from intake.consents.states import HoldReason
from intake.disclosures.copies import CopyRequest
from intake.documents.interpreters import ask_for_interpreter
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_school
from intake.web.desk.day import Day, Task, day_view
from tests.web.desk.cases import revoke
from tests.web.desk.conftest import Desk

DENVER = ZoneInfo("America/Denver")


def today(desk: Desk, *schools: str, at: datetime | None = None) -> Day:
    scope = SchoolScope.of(schools) if schools else EVERY_SCHOOL
    with desk.database.read() as session:
        return day_view(session, scope, zone=DENVER, at=at or now())


def order(day: Day) -> list[Task]:
    return [one.task for one in day.waiting]


def test_a_quiet_day_says_so(signed_in: Desk) -> None:
    assert "Nobody waits." in signed_in.browser.get("/desk/").text


def test_what_is_late_comes_first_then_what_is_due_today_then_by_kind(desk: Desk) -> None:
    late = revoke(desk, name="Late", ago=timedelta(days=10))
    waiting = desk.sign(desk.type_student("Paw Wah"), known=False)
    with desk.database.begin() as session:
        ask_for_interpreter(session, language="so", contact="801", wish="", address="x", at=now())
        for paper in ("p", "another"):
            place_hold(
                session, late.student_id, paper_id=paper, reason=HoldReason.POSSIBLE_REFUSAL,
                actor=SYSTEM, at=now(),
            )  # fmt: skip
        request = CopyRequest(
            student_id=late.student_id, relationship_kind=Relationship.PARENT,
            requester_name="Naw Mu", contact="phone:+18015550142", language="so", disclosures=[],
            requested_at=now() - timedelta(days=46),
        )  # fmt: skip
        session.add(request)
    day = today(desk)
    assert order(day) == [
        Task.REVOCATION, Task.COPY, Task.HOLD, Task.CONFIRM, Task.INTERPRETER, Task.MATCH,
    ]  # fmt: skip
    assert [one.overdue for one in day.waiting] == [1, 1, 0, 0, 0, 0]
    assert [one.count for one in day.waiting] == [1, 1, 1, 1, 1, 1]
    assert day.waiting[3].named[0].id == waiting.id
    with desk.database.begin() as session:
        case = session.get_one(Revocation, late.id)
        case.due_at = now() + timedelta(days=30)
    assert order(today(desk))[:2] == [Task.COPY, Task.REVOCATION]


def test_the_day_is_the_schools(desk: Desk) -> None:
    revocation = revoke(desk, name="Case")
    evening = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # still the 25th in Denver
    with desk.database.begin() as session:
        session.get_one(Revocation, revocation.id).due_at = evening + timedelta(hours=4)
    day = today(desk, at=evening)
    assert day.day == date(2026, 11, 25)
    assert (day.waiting[0].today, day.waiting[0].overdue) == (1, 0)
    later = today(desk, at=evening + timedelta(hours=5))
    assert (later.day, later.waiting[0].today, later.waiting[0].overdue) == (
        date(2026, 11, 26), 0, 1,
    )  # fmt: skip


def test_only_students_of_ones_own_schools_are_there(desk: Desk) -> None:
    desk.sign(desk.type_student("Paw Wah"), known=False)
    revoke(desk, name="Case")
    with desk.database.begin() as session:
        other = add_school(session, "Elsewhere High")
    assert order(today(desk, other.id)) == []
    assert today(desk, other.id).answered.yes == 0
    assert set(order(today(desk, desk.school.id))) == {
        Task.REVOCATION, Task.CONFIRM, Task.MATCH,
    }  # fmt: skip


def test_the_page_leads_to_each_list_and_to_the_first_of_each(signed_in: Desk) -> None:
    student = signed_in.type_student("Paw Wah")
    waiting = signed_in.sign(student, known=False, ago=timedelta(0))
    page = signed_in.browser.get("/desk/").text
    assert "1 signer waits to be confirmed" in page
    assert f"/desk/waivers/{waiting.id}#confirm" in page
    assert "/desk/waivers?show=waiting" in page
    assert "Answers today: 1 yes, 0 no. Taken back today: 0." in page


def test_a_student_of_another_school_is_not_there(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah")
    page = f"/desk/students/{student.id}"
    assert signed_in.browser.get(page).status_code == 200
    with signed_in.database.begin() as session:
        other = add_school(session, "Elsewhere High")
        session.get_one(Staff, signed_in.staff.id).schools = [other.id]
    for path in (page, f"{page}/sign/other", f"{page}/refusal/other", f"{page}/letter/other"):
        assert signed_in.browser.get(path).status_code == 404, path
    found = signed_in.post("/desk/find", {"text": "paw"}, shown_at="/desk/")
    assert "Nobody is found." in signed_in.browser.get(found.location).text


def test_finding_leads_to_the_student_who_is_clearly_meant_and_else_to_a_list(
    signed_in: Desk,
) -> None:
    student = signed_in.enrol("محمد علي")
    first = signed_in.enrol("Naw Paw")
    only = signed_in.post("/desk/find", {"text": "naw"}, shown_at="/desk/")
    assert only.location == f"/desk/students/{first.id}"
    listed = signed_in.post("/desk/find", {"text": "mohamed ali"}, shown_at="/desk/")
    assert "mohamed" not in listed.location
    page = signed_in.browser.get(listed.location).text
    assert f"/desk/students/{student.id}" in page
    assert "The name sounds like what you typed" in page


def test_a_receipt_code_leads_to_its_waiver(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"))
    found = signed_in.post("/desk/find", {"text": consent.receipt_code}, shown_at="/desk/")
    assert f"/desk/waivers/{consent.id}" in signed_in.browser.get(found.location).text


def test_a_students_page_says_where_permission_stands_and_looking_is_written_down(
    signed_in: Desk,
) -> None:
    student = signed_in.enrol("Paw Wah")
    path = f"/desk/students/{student.id}"
    page = signed_in.browser.get(path).text
    assert "No answer yet." in page
    assert "A letter takes it back" not in page
    signed_in.sign(student)
    page = signed_in.browser.get(path).text
    assert "The family allows sharing." in page
    assert "A letter takes it back" in page
    with signed_in.database.begin() as session:
        place_hold(
            session, student.id, paper_id="p", reason=HoldReason.POSSIBLE_REVOCATION,
            actor=SYSTEM, at=now(),
        )  # fmt: skip
    page = signed_in.browser.get(path).text
    assert "Stopped until a person has looked" in page
    assert "Look at the paper" in page
    signed_in.sign(student, granted=False, known=False)
    page = signed_in.browser.get(path).text
    assert "nobody has confirmed who" in page
    assert "A letter takes it back" in page
