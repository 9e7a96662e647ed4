"""Campaigns through their pages: nothing is sent before the numbers are seen and confirmed."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from forms.choices import ContactKind, Relationship
from intake.accounts.model import Role, Staff
from intake.campaigns.answers import answer_subscriber
from intake.campaigns.model import Campaign, Recipient
from intake.campaigns.planning import plan_due
from intake.campaigns.sending import send_due
from intake.clock import now
from intake.messages.model import OutgoingMessage
from intake.roster.model import Student
from intake.roster.students import add_contact, add_guardian, add_school
from tests.web.desk.conftest import Desk

LIST = "/coordinator/campaigns"


@pytest.fixture
def office(signed_in: Desk) -> Desk:
    """Rosa's desk, in an installation that can send texts and emails."""
    settings = replace(signed_in.context.settings, demo=True)
    signed_in.context = replace(signed_in.context, settings=settings)
    signed_in.browser.application.extensions["intake"] = signed_in.context
    signed_in.database.subscribers.append(answer_subscriber(settings))
    return signed_in


def test_a_draft_shows_the_messages_their_parts_and_the_numbers_and_sends_nothing(
    office: Desk,
) -> None:
    _family(office, "+18015550142", language="ar")
    _family(office, None, name="No Contact", language="my")
    page = office.browser.get(_made(office)).text
    assert "Nothing has been sent" in page
    assert "Text messages: 1. Emails: 0. Letters to print: 1." in page
    assert re.search(r"(GSM-7|UCS-2), characters: \d+, parts: \d", page)
    assert "https://waivers.example.org/ar/i/xxxxxxxxxxxxxxxxxxxxxx" in page
    assert "Students without a phone number or email that can be used" in page
    with office.database.read() as session:
        assert session.scalars(select(Recipient)).all() == []
        assert session.scalars(select(OutgoingMessage)).all() == []


def test_start_pause_resume_and_stop(office: Desk) -> None:
    student = _family(office, "+18015550142")
    place = _made(office)
    unticked = office.post(f"{place}/start", {"counted": _counted(office)}, shown_at=place)
    assert unticked.status_code == 422
    assert "Tick the box to confirm the numbers." in unticked.text
    assert _start(office, place).status_code == 303
    _work(office)
    page = office.browser.get(place).text
    assert 'http-equiv="refresh"' in page
    assert "by=itself" in page
    assert "About to be sent" in page
    assert 'http-equiv="refresh"' not in office.browser.get(f"{place}?reload=no").text
    assert office.post(f"{place}/pause", {}, shown_at=place).status_code == 303
    page = office.browser.get(place).text
    assert "Nothing leaves until you go on." in page
    assert 'http-equiv="refresh"' not in page
    again = office.post(f"{place}/pause", {}, shown_at=place)
    assert again.status_code == 409
    assert "Somebody else has changed this campaign" in again.text
    office.post(f"{place}/resume", {}, shown_at=place)
    assert "Answered for 0 of 1 students" in office.browser.get(place).text
    office.sign(student, ago=timedelta(0))
    assert "Answered for 1 of 1 students" in office.browser.get(place).text
    office.post(f"{place}/stop", {}, shown_at=place)
    page = office.browser.get(place).text
    for done in ("Made", "Started", "Paused", "Resumed", "Stopped"):
        assert f": {done}, <bdi>Rosa</bdi>" in page
    assert "Stopped" in office.browser.get(LIST).text


def test_numbers_that_are_too_old_are_counted_anew_and_shown_again(office: Desk) -> None:
    _family(office, "+18015550142")
    place = _made(office)
    with office.database.begin() as session:
        campaign = session.scalars(select(Campaign)).one()
        campaign.counted_at = now() - timedelta(hours=2)
    _family(office, "+18015550143", name="New Here")
    answer = _start(office, place)
    assert answer.status_code == 409
    assert "The numbers have been counted anew" in answer.text
    assert "Text messages: 2." in answer.text
    assert _start(office, place).status_code == 303


def test_letters_are_printed_a_class_at_a_time(office: Desk) -> None:
    _family(office, None, name="Yousef Haddad", language="ar")
    place = _made(office)
    _start(office, place)
    _work(office)
    assert "No class" in office.browser.get(place).text
    values = {"school": office.school.id, "school_class": ""}
    pdf = office.post(f"{place}/letters", values, shown_at=place)
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")
    assert "Print again" in office.browser.get(place).text
    assert office.post(f"{place}/letters", values, shown_at=place).status_code == 409


def test_what_was_chosen_wrongly_is_said_on_the_form(office: Desk) -> None:
    form = f"{LIST}/new"
    empty = office.post(form, {"ways": "sms", "name": ""}, shown_at=form)
    assert empty.status_code == 422
    assert "Type a name, such as Autumn 2026." in empty.text
    many = office.post(form, {"ways": "sms", "name": "A", "reminders": "1, 2, 3, 4"}, shown_at=form)
    assert many.status_code == 422
    assert "up to 3 reminders" in many.text


def test_who_acts_for_another_school_finds_nothing_here(office: Desk) -> None:
    _family(office, "+18015550142")
    place = _made(office)
    with office.database.begin() as session:
        other = add_school(session, "West High School")
        session.get_one(Staff, office.staff.id).schools = [other.id]
    assert office.browser.get(place).status_code == 404
    assert "Autumn" not in office.browser.get(LIST).text
    for action in ("start", "pause", "stop", "count", "letters"):
        answer = office.post(f"{place}/{action}", {"is_sure": "y"}, shown_at=LIST)
        assert answer.status_code in (400, 404), action
    assert "Granite Park" not in office.browser.get(f"{LIST}/new").text


def test_an_auditor_reads_and_has_no_buttons(office: Desk) -> None:
    _family(office, "+18015550142")
    place = _made(office)
    with office.database.begin() as session:
        session.get_one(Staff, office.staff.id).roles = [Role.AUDITOR.value]
    page = office.browser.get(place)
    assert page.status_code == 200
    assert "Start the campaign" not in page.text
    assert office.browser.get(f"{LIST}/new").status_code == 403


def _made(office: Desk) -> str:
    """A draft of everything; its address."""
    values = {"name": "Autumn", "ways": "sms email", "letters": "y", "only_unanswered": "y",
              "reminders": "5, 12"}  # fmt: skip
    answer = office.post(f"{LIST}/new", values, shown_at=f"{LIST}/new")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def _counted(office: Desk) -> str:
    with office.database.read() as session:
        counted = session.scalars(select(Campaign.counted_at)).one()
    assert counted is not None
    return counted.isoformat()


def _start(office: Desk, place: str):  # type: ignore[no-untyped-def]
    values = {"counted": _counted(office), "is_sure": "y"}
    return office.post(f"{place}/start", values, shown_at=place)


def _work(office: Desk) -> None:
    plan_due(office.database, office.context.settings, at=now())
    send_due(office.database, office.context.settings, at=now())


def _family(
    office: Desk, phone: str | None, *, name: str = "Emma Johnson", language: str | None = "en"
) -> Student:
    student = office.enrol(name)
    with office.database.begin() as session:
        found = session.get_one(Student, student.id)
        found.language = language
        if phone is not None:
            guardian = add_guardian(
                session, student=found, name="Sarah", relationship=Relationship.PARENT
            )
            add_contact(session, found, ContactKind.PHONE, phone, guardian)
    return student
