"""Reporting and closing suspected violations, through the pages."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from intake.accounts.model import Role, Staff
from intake.concerns.model import Violation
from intake.concerns.states import ViolationOutcome
from intake.concerns.violations import Viewer, proposal_of, propose, refuse
from intake.partners.model import PartnerClass
from intake.partners.registry import add_partner
from intake.roster.scope import EVERY_SCHOOL
from tests.web.desk.conftest import Desk

NEW, LIST = "/desk/violations/new", "/coordinator/violations"
AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def colleague(signed_in: Desk) -> Staff:
    """A second coordinator, who never signs in here."""
    with signed_in.database.begin() as session:
        sam = Staff(
            email="sam@example.org", name="Sam", password_hash="-", session_key="-",
            roles=[Role.COORDINATOR], created_at=AT,
        )  # fmt: skip
        session.add(sam)
        session.flush()
        return sam


def report(desk: Desk, address: str = NEW, **facts: str) -> Violation:
    given = {"text": "A list lay on the bus", "partner": "", "disclosure": "", **facts}
    assert desk.post(address, given, shown_at=address).status_code == 303
    with desk.database.read() as session:
        return session.scalars(select(Violation)).one()


def test_a_report_is_closed_when_a_second_person_agrees(signed_in: Desk, colleague: Staff) -> None:
    with signed_in.database.begin() as session:
        add_partner(session, "tutors", "Tutors West", PartnerClass.COMMUNITY, at=AT)
    found = report(signed_in, partner="tutors")
    page = f"{LIST}/{found.id}"
    assert found.number in signed_in.browser.get(NEW).text
    assert found.number in signed_in.browser.get(LIST).text
    shown = signed_in.browser.get(page).text
    assert "A list lay on the bus" in shown
    assert "Tutors West" in shown
    settled = {"outcome": "violation", "note": "Talked to the driver"}
    assert signed_in.post(f"{page}/propose", settled, shown_at=page).status_code == 303
    assert signed_in.post(f"{page}/agree", {}, shown_at=page).status_code == 409
    with signed_in.database.begin() as session:
        sam = Viewer(colleague.id, EVERY_SCHOOL)
        seen = proposal_of(session, session.get_one(Violation, found.id))
        refuse(session, found.id, proposal=seen, by=sam, at=AT)
        propose(session, found.id, ViolationOutcome.VIOLATION, "Talked to him", by=sam, at=AT)
    assert signed_in.post(f"{page}/agree", {}, shown_at=page).status_code == 409, "of another one"
    (shown_proposal,) = set(
        re.findall(r'name="proposal" value="(\d+)"', signed_in.browser.get(page).text)
    )
    agreed = {"proposal": shown_proposal}
    assert signed_in.post(f"{page}/agree", agreed, shown_at=page).status_code == 303
    closed = signed_in.browser.get(page).text
    assert "It was a violation" in closed
    assert "I agree" not in closed


def test_a_report_that_names_who_looks_is_nowhere(signed_in: Desk, colleague: Staff) -> None:
    found = report(signed_in, named=signed_in.staff.id)
    page = f"{LIST}/{found.id}"
    assert found.number in signed_in.browser.get(NEW).text, "told once, to who reported it"
    assert found.number not in signed_in.browser.get(LIST).text
    assert signed_in.browser.get(page).status_code == 404
    settled = {"outcome": "violation", "note": "Nothing"}
    for act in ("propose", "agree", "refuse", "name"):
        posted = signed_in.post(f"{page}/{act}", settled, shown_at=NEW)
        assert posted.status_code == 404, act


def test_naming_oneself_ends_ones_sight_of_it(signed_in: Desk, colleague: Staff) -> None:
    found = report(signed_in, named=colleague.id)
    page = f"{LIST}/{found.id}"
    assert "Sam" in signed_in.browser.get(page).text
    me = {"owner": signed_in.staff.id}
    assert signed_in.post(f"{page}/name", me, shown_at=page).location.endswith(LIST)
    assert signed_in.browser.get(page).status_code == 404


def test_everybody_signed_in_reports_and_few_read(signed_in: Desk, colleague: Staff) -> None:
    student = signed_in.enrol("Emma Johnson")
    about = f"{NEW}?student={student.id}"
    assert "Emma Johnson" in signed_in.browser.get(about).text
    empty = signed_in.post(about, {"text": "", "partner": "", "disclosure": ""}, shown_at=about)
    assert (empty.status_code, "Type what happened." in empty.text) == (422, True)
    _has_only(signed_in, Role.APPROVER)
    assert signed_in.browser.get(about).status_code == 404
    found = report(signed_in)
    assert signed_in.browser.get(f"{LIST}/{found.id}").status_code == 403
    _has_only(signed_in, Role.FRONT_DESK, schools=["another"])
    assert signed_in.browser.get(about).status_code == 404
    assert signed_in.browser.get(LIST).status_code == 403
    _has_only(signed_in, Role.AUDITOR)
    assert "Emma Johnson" not in signed_in.browser.get(about).text, "says why first"
    assert "A list lay" not in signed_in.browser.get(f"{LIST}/{found.id}").text, "says why first"
    signed_in.post("/desk/reason", {"reason": "yearly check"}, shown_at="/desk/reason")
    shown = signed_in.browser.get(f"{LIST}/{found.id}")
    assert "A list lay on the bus" in shown.text
    assert "Propose how it is closed" not in shown.text
    assert signed_in.browser.post(f"{LIST}/{found.id}/agree").status_code == 403


def _has_only(desk: Desk, role: Role, schools: list[str] | None = None) -> None:
    with desk.database.begin() as session:
        staff = session.get_one(Staff, desk.staff.id)
        staff.roles, staff.schools = [role], schools
