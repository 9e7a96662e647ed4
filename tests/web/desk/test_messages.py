"""Replies, numbers to check, and what families are sent, on staff's pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forms.choices import ContactKind
from intake.accounts.model import Role, Staff
from intake.clock import now
from intake.consents.decide import decide
from intake.looks.model import Look, LookKind
from intake.messages.contacts import Contact
from intake.messages.flags import flag_contact
from intake.messages.inbound import Incoming, take_reply
from intake.messages.model import ContactFlag, FlagReason, InboundMessage, StopChannel
from intake.messages.optouts import is_stopped, stop
from tests.messages.conftest import PHONE
from tests.messages.replying import settings
from tests.web.desk.conftest import Desk
from translations import languages

OTHER_PHONE = Contact(ContactKind.PHONE, "+18015550999")
LONG_AGO = timedelta(days=1)


def reply(desk: Desk, body: str, sender: str = PHONE.value) -> str:
    with desk.database.begin() as session:
        take_reply(session, Incoming(f"SM{body}{sender}", sender, body), settings(), at=now())
        return session.scalars(
            select(InboundMessage.id).where(InboundMessage.provider_id == f"SM{body}{sender}")
        ).one()


def flag(desk: Desk, contact: Contact = PHONE) -> str:
    with desk.database.begin() as session:
        return flag_contact(
            session, contact, FlagReason.NOT_IN_USE, code="Twilio 30005", at=now() - LONG_AGO
        ).id


def only_of(desk: Desk, *schools: str) -> None:
    """Rosa is a front desk of these schools only."""
    with desk.database.begin() as session:
        staff = session.get_one(Staff, desk.staff.id)
        staff.roles, staff.schools = [Role.FRONT_DESK.value], list(schools)


def test_a_doubt_is_shown_first_and_settling_it_lets_sharing_go_on(signed_in: Desk) -> None:
    student = signed_in.enrol("Naw Paw")
    consent = signed_in.sign(student)
    reply_id = reply(signed_in, "I want to take back my permission <b>")
    reply(signed_in, "when is school")

    page = signed_in.browser.get("/desk/replies").text
    assert page.index("take back my permission &lt;b&gt;") < page.index("when is school")
    assert "Naw Paw" in page
    assert "Start the revocation" in page
    assert not permits(signed_in, consent.student_id)
    shown = signed_in.browser.get(f"/desk/students/{student.id}").text
    assert '<a href="/desk/replies">Replies</a>' in shown
    assert "Look at the paper" not in shown

    done = signed_in.post(f"/desk/replies/{reply_id}/settle", {}, shown_at="/desk/replies")
    assert done.status_code == 303
    assert permits(signed_in, consent.student_id)
    assert "take back" not in signed_in.browser.get("/desk/replies").text
    assert "take back" in signed_in.browser.get("/desk/replies?show=all").text


def permits(desk: Desk, student_id: str) -> bool:
    with desk.database.read() as session:
        found = decide(
            session, student_id, elements=("grades",), partner_class="x", on=now().date()
        )
    return any(one.permit for one in found)


def test_a_number_is_checked_and_leaves_the_list(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Naw Paw"))
    flag_id = flag(signed_in)
    assert "To be checked" in signed_in.browser.get(f"/desk/waivers/{consent.id}").text
    page = signed_in.browser.get("/desk/contacts").text
    assert PHONE.value in page
    assert "Naw Paw" in page
    signed_in.post(f"/desk/contacts/{flag_id}/settle", {}, shown_at="/desk/contacts")
    assert PHONE.value not in signed_in.browser.get("/desk/contacts").text
    with signed_in.database.read() as session:
        assert session.get_one(ContactFlag, flag_id).settled_by == signed_in.staff.id


def test_whoever_looks_is_written_down(signed_in: Desk) -> None:
    student = signed_in.enrol("Naw Paw")
    signed_in.sign(student)
    flag_id, reply_id = flag(signed_in), reply(signed_in, "hello")
    for path in ("/desk/contacts", "/desk/replies"):
        signed_in.browser.get(path)
    signed_in.post(f"/desk/contacts/{flag_id}/settle", {}, shown_at="/desk/waivers")
    signed_in.post(f"/desk/replies/{reply_id}/settle", {}, shown_at="/desk/waivers")
    with signed_in.database.read() as session:
        query = select(Look.route, Look.kind).where(Look.student_id == student.id)
        seen = {tuple(row) for row in session.execute(query)}
    assert {
        ("desk.contacts", LookKind.LISTED),
        ("desk.replies", LookKind.LISTED),
        ("desk.settle_one_contact", LookKind.CHANGED),
        ("desk.settle_one_reply", LookKind.CHANGED),
    } <= seen


def test_a_wish_is_written_down_and_shown(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Naw Paw"))
    values = {"contact": "(801) 555-0142", "wish": "stop"}
    assert signed_in.post("/desk/contacts", values, shown_at="/desk/contacts").status_code == 303
    with signed_in.database.read() as session:
        assert is_stopped(session, PHONE)
    assert "Wants no messages" in signed_in.browser.get(f"/desk/waivers/{consent.id}").text
    values["wish"] = "start"
    signed_in.post("/desk/contacts", values, shown_at="/desk/contacts")
    with signed_in.database.read() as session:
        assert not is_stopped(session, PHONE)


@pytest.mark.parametrize(
    "values", [{}, {"contact": "12"}, {"contact": "x@y", "wish": "stop"}, {"wish": "start"}]
)
def test_what_can_not_be_used_is_said_and_kept(signed_in: Desk, values: dict[str, str]) -> None:
    answer = signed_in.post("/desk/contacts", values, shown_at="/desk/contacts")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_front_desk_sees_and_changes_its_own_schools_only(signed_in: Desk) -> None:
    signed_in.sign(signed_in.enrol("Naw Paw"))
    ours, theirs = flag(signed_in), flag(signed_in, OTHER_PHONE)
    replied, elsewhere = reply(signed_in, "hello"), reply(signed_in, "hi", OTHER_PHONE.value)
    with signed_in.database.begin() as session:
        stop(session, OTHER_PHONE, channel=StopChannel.SMS, at=now())

    only_of(signed_in, signed_in.school.id)
    page = signed_in.browser.get("/desk/contacts").text
    assert PHONE.value in page
    assert OTHER_PHONE.value not in page + signed_in.browser.get("/desk/replies").text
    values = {"contact": OTHER_PHONE.value, "wish": "start"}
    assert signed_in.post("/desk/contacts", values, shown_at="/desk/contacts").status_code == 422
    for path, status in {
        f"/desk/contacts/{theirs}/settle": 404,
        f"/desk/replies/{elsewhere}/settle": 404,
        f"/desk/contacts/{ours}/settle": 303,
        f"/desk/replies/{replied}/settle": 303,
    }.items():
        assert signed_in.post(path, {}, shown_at="/desk/contacts").status_code == status

    only_of(signed_in, "another school")
    assert PHONE.value not in signed_in.browser.get("/desk/replies?show=all").text


def test_every_language_can_be_read_before_it_is_sent(signed_in: Desk) -> None:
    for code, language in languages().items():
        page = signed_in.browser.get(f"/coordinator/messages?language={code}")
        assert page.status_code == 200
        assert f'<blockquote lang="{code}" dir="{language.direction.value}">' in page.text
    assert "GSM-7" in signed_in.browser.get("/coordinator/messages").text
    assert signed_in.browser.get("/coordinator/messages?language=xx").status_code == 404
