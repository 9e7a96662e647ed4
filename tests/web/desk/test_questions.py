"""The coordinator's list of questions: nothing on it gets lost, and answers go out in writing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from intake.accounts.model import Role, Staff
from intake.clock import now
from intake.concerns.asking import Asked, ask
from intake.concerns.model import FamilyQuestion, QuestionReply, Violation
from intake.concerns.states import AnswerBy, QuestionKind, Translated
from intake.messages.contacts import Contact
from intake.messages.model import OutgoingMessage
from tests.web.desk.conftest import Desk

LIST = "/coordinator/questions"
TEXT = "<b>سؤال</b>\nسطر"


@pytest.fixture
def staffed(signed_in: Desk) -> Iterator[Desk]:
    """Rosa at the desk, where emails can be sent."""
    settings = replace(signed_in.context.settings, smtp_url="smtp://127.0.0.1")
    signed_in.context = replace(signed_in.context, settings=settings)
    signed_in.browser.application.extensions["intake"] = signed_in.context
    return signed_in


def asked(desk: Desk, text: str = TEXT, by: AnswerBy = AnswerBy.EMAIL) -> FamilyQuestion:
    stored = "phone:+18015550144" if by is AnswerBy.CALL else "email:fatima@example.org"
    given = Asked(
        kind=QuestionKind.QUESTION, text=text, answer_by=by,
        contact=Contact.from_stored(stored), language="ar", name="فاطمة",
    )  # fmt: skip
    with desk.database.begin() as session:
        return ask(session, desk.context.settings, given, address="192.0.2.7", at=now())


def question(desk: Desk, question_id: str) -> FamilyQuestion:
    with desk.database.read() as session:
        return session.get_one(FamilyQuestion, question_id)


def page_of(found: FamilyQuestion) -> str:
    return f"{LIST}/{found.id}"


def test_a_question_is_listed_taken_answered_and_closed(staffed: Desk) -> None:
    found = asked(staffed)
    page = page_of(found)
    assert found.number in staffed.browser.get(LIST).text
    shown = staffed.browser.get(page).text
    assert "&lt;b&gt;سؤال&lt;/b&gt;\nسطر" in shown
    assert "fatima@example.org" in shown
    assert staffed.post(f"{page}/take", {}, shown_at=page).status_code == 303
    own = {"text": "جواب", "translated": "interpreter", "interpreter": "Sami"}
    assert staffed.post(f"{page}/answer", own, shown_at=page).status_code == 303
    with staffed.database.read() as session:
        (reply,) = session.scalars(select(QuestionReply))
        message = session.get_one(OutgoingMessage, reply.message_id)
    assert (reply.translated, reply.interpreter) == (Translated.INTERPRETER, "Sami")
    assert (message.recipient, message.language) == ("fatima@example.org", "ar")
    assert "On its way" in staffed.browser.get(page).text
    closed = staffed.post(f"{page}/close", {"outcome": "answered", "note": ""}, shown_at=page)
    assert closed.location.endswith(LIST)
    assert "No question is open." in staffed.browser.get(LIST).text


def test_who_does_not_know_the_language_sends_a_common_answer(staffed: Desk) -> None:
    page = page_of(asked(staffed))
    sent = staffed.post(f"{page}/common-answer", {"answer": "take_it_back"}, shown_at=page)
    assert sent.status_code == 303
    with staffed.database.read() as session:
        (reply,) = session.scalars(select(QuestionReply))
    assert "https://waivers.example.org/ar/revoke/" in (reply.text or "")
    other = staffed.post(f"{page}/common-answer", {"answer": "no_such"}, shown_at=page)
    assert other.status_code == 422


def test_a_revocation_is_begun_from_the_question_and_stays_first(staffed: Desk) -> None:
    asked(staffed, "An older one")
    found = asked(staffed)
    page = page_of(found)
    begun = staffed.post(f"{page}/revocation", {}, shown_at=page)
    assert begun.location.endswith("/desk/revocations/new")
    assert question(staffed, found.id).is_revocation
    listed = staffed.browser.get(LIST).text
    assert "Wants to take permission back" in listed
    assert "Begin the revocation at the desk" in staffed.browser.get(page).text


def test_a_question_becomes_a_suspected_violation_once(staffed: Desk) -> None:
    page = page_of(asked(staffed))
    for _ in range(2):
        staffed.post(f"{page}/violation", {}, shown_at=page)
    with staffed.database.read() as session:
        assert len(session.scalars(select(Violation)).all()) == 1


def test_what_is_filled_in_wrongly_stays_on_the_page(staffed: Desk) -> None:
    page = page_of(asked(staffed))
    unsaid = staffed.post(f"{page}/answer", {"text": "جواب", "interpreter": ""}, shown_at=page)
    assert unsaid.status_code == 422
    assert "جواب</textarea>" in unsaid.text
    own = {"text": "جواب", "translated": "interpreter", "interpreter": ""}
    nameless = staffed.post(f"{page}/answer", own, shown_at=page)
    assert "Type the interpreter&#39;s name." in nameless.text
    unexplained = {"outcome": "not_reached", "note": ""}
    closed = staffed.post(f"{page}/close", unexplained, shown_at=page)
    assert (closed.status_code, "Type what was done." in closed.text) == (422, True)


def test_who_wants_a_call_is_called(staffed: Desk) -> None:
    page = page_of(asked(staffed, by=AnswerBy.CALL))
    shown = staffed.browser.get(page).text
    assert "+18015550144" in shown
    assert "Send this answer" not in shown
    common = {"answer": "take_it_back"}
    assert staffed.post(f"{page}/common-answer", common, shown_at=page).status_code == 409
    called = {"outcome": "called", "note": "With Sami"}
    assert staffed.post(f"{page}/close", called, shown_at=page).status_code == 303
    again = staffed.post(f"{page}/take", {}, shown_at="/desk/revocations/new")
    assert again.status_code == 409


def test_an_auditor_reads_and_a_front_desk_does_not(staffed: Desk) -> None:
    page = page_of(asked(staffed))
    _has_only(staffed, Role.AUDITOR)
    shown = staffed.browser.get(page)
    assert shown.status_code == 200
    assert "Close the question" not in shown.text
    assert staffed.browser.post(f"{page}/take").status_code == 403
    _has_only(staffed, Role.FRONT_DESK)
    assert staffed.browser.get(page).status_code == 403
    assert staffed.browser.get(LIST).status_code == 403


def _has_only(desk: Desk, role: Role) -> None:
    with desk.database.begin() as session:
        session.get_one(Staff, desk.staff.id).roles = [role]
