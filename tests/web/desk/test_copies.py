"""Copies that families asked for, and the printed list: at the desk, and on the ledger."""

import re

import pytest
from sqlalchemy import select

from forms.choices import Relationship
from intake.accounts.model import ApiClient
from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.disclosures.copies import CopyAnswer, CopyRequest, request_copies
from intake.disclosures.model import Disclosure
from intake.partners.model import PartnerClass
from intake.partners.registry import add_partner, add_person
from tests.pdf.samples import pdftotext, squeezed
from tests.web.desk.conftest import Desk, csrf_token


@pytest.fixture
def asked(signed_in: Desk) -> tuple[Desk, str]:
    """Naw Mu asked for a copy; the id of her waiver."""
    student = signed_in.enrol("Eh Doh")
    consent = signed_in.sign(student, language="my")
    with signed_in.database.begin() as session:
        session.add(
            ApiClient(id="clienttrack", scopes=["decide"], schools=None, partners=None,
                      created_at=now(), revoked_at=None)
        )  # fmt: skip
        add_partner(session, "tutors", "Tutors West", PartnerClass.COMMUNITY, at=now())
        add_person(session, "ana", "Ana Ortiz", partner_id="tutors", at=now())
        session.flush()
        disclosure = Disclosure(
            client_id="clienttrack", idempotency_key="1", request_sha256="a" * 64,
            student_id=student.id, consent_id=consent.id, waiver_version="2026-1",
            partner_id="tutors", person_id="ana", role="tutor", purpose="academic_support",
            elements=["grades"], at=now(),
        )  # fmt: skip
        session.add(disclosure)
        session.flush()
        request_copies(
            session, student.id, [disclosure.id], relationship=Relationship.PARENT,
            requester_name="Naw Mu", contact="phone:+18015550142", language="my", at=now(),
        )  # fmt: skip
    return signed_in, consent.id


def kinds(desk: Desk) -> list[EventKind]:
    with desk.database.read() as session:
        return list(session.scalars(select(LedgerEvent.kind).order_by(LedgerEvent.sequence)))


def test_an_open_request_has_what_a_person_needs_to_answer_it(asked: tuple[Desk, str]) -> None:
    desk, _ = asked
    page = desk.browser.get("/desk/copies").text
    for said in ("Eh Doh", "Granite Park", "Tutors West", "Grades, now and before", "Naw Mu",
                 "+18015550142", "0 days ago", "does not keep the records themselves"):  # fmt: skip
        assert said in page
    assert kinds(desk)[-2:] == [EventKind.COPY_REQUESTED, EventKind.VIEWED]


def test_it_is_answered_once_with_how(asked: tuple[Desk, str]) -> None:
    desk, _ = asked
    shown = desk.browser.get("/desk/copies")
    action = re.search(r'action="([^"]+/answered)"', shown.text)
    assert action is not None
    token = csrf_token(shown)
    desk.browser.post(action[1], data={"csrf_token": token})
    assert "Choose how the family got the copy." in desk.browser.get("/desk/copies").text
    for _ in range(2):
        desk.browser.post(action[1], data={"csrf_token": token, "method": "handed_over"})
    page = desk.browser.get("/desk/copies").text
    assert "Somebody has answered this request already." in page
    assert "Nobody is waiting." in page
    with desk.database.read() as session:
        [request] = session.scalars(select(CopyRequest)).all()
        assert (request.answer, request.answered_by) == (CopyAnswer.HANDED_OVER, desk.staff.id)
    assert kinds(desk).count(EventKind.COPY_ANSWERED) == 1


def test_staff_print_the_list_in_the_familys_language_and_the_ledger_has_it(
    asked: tuple[Desk, str],
) -> None:
    desk, consent_id = asked
    path = f"/desk/waivers/{consent_id}/disclosures.pdf"
    assert path in desk.browser.get(f"/desk/waivers/{consent_id}").text
    response = desk.browser.get(path)
    assert response.content_type == "application/pdf"
    text = squeezed(" ".join(pdftotext(response.data)))
    assert "TutorsWest" in text
    assert "Gradesnowandbefore" not in text, "elements are in Burmese"
    with desk.database.read() as session:
        event = session.scalars(
            select(LedgerEvent).order_by(LedgerEvent.sequence.desc()).limit(1)
        ).one()
    assert (event.kind, event.actor_id) == (EventKind.VIEWED, desk.staff.id)
    assert (event.consent_id, event.values()) == (consent_id, {"what": "disclosures"})


def test_a_waiver_that_is_not_there_has_no_list(signed_in: Desk) -> None:
    path = "/desk/waivers/00000000-0000-0000-0000-000000000000/disclosures.pdf"
    assert signed_in.browser.get(path).status_code == 404
