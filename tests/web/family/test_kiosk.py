"""A tablet handed to a family: locked to its session, cleared after, staff's PIN to leave."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.kiosks import LONGEST, Kiosk, forget_kiosks
from intake.accounts.model import Staff
from intake.accounts.staff import end_sessions
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation, SigningSession
from intake.consents.states import Assurance, Channel, ConsentState, EventKind
from intake.documents.store import read_document
from pdf.verify import verify
from tests.web.family.conftest import Family, Product
from tests.web.family.desk_hand import PIN, Rosa

OUTSIDE = [
    "/", "/en/", "/es/", "/xx/", "/nothing/at/all", "/en/paper.pdf", "/en/revoke/", "/en/partners",
    "/en/disclosures/", "/en/read/data_use", "/en/receipt/7K3M-Q2XV-9T4B-HD8R", "/demo/outbox",
    "/desk/", "/desk/sign-in", "/desk/students?search=x", "/coordinator/translations",
    "/api/v1/openapi.json", "/healthz", "/en/waiver/00000000-0000-0000-0000-000000000000/about",
]  # fmt: skip


@pytest.fixture
def rosa(product: Product) -> Rosa:
    return Rosa(product)


@pytest.fixture
def family(rosa: Rosa, product: Product) -> Family:
    """At the tablet that Rosa has handed over: her own browser."""
    assert rosa.hand_over().location == "/kiosk/"
    return Family(product, rosa.browser, "es")


def test_a_family_signs_on_the_tablet_and_the_record_says_who_knew_them(
    family: Family, product: Product, rosa: Rosa
) -> None:
    assert "Español" in family.open("/kiosk/").text
    family.open("/es/kiosk/")
    assert family.step == "about"
    family.until("done", typed_name="Sarah Johnson")
    assert "/copy.pdf" not in family.page.text
    assert "<svg" in family.page.text

    (consent,) = product.consents()
    assert (consent.state, consent.channel) == (ConsentState.ACTIVE, Channel.DESK)
    assert (consent.assurance, consent.contact) == (Assurance.IN_PERSON, None)
    assert (consent.signer_name, consent.language) == ("Sarah Johnson", "es")
    with product.database.read() as session:
        query = select(LedgerEvent).where(LedgerEvent.kind == EventKind.IDENTITY_CHECKED)
        checked = session.scalars(query).one()
        pdf = read_document(session, product.installation.storage, consent.document_sha256)
    assert checked.actor_id == rosa.id
    assert checked.values() == {
        "method": "saw_identity_document",
        "document_seen": "passport",
        "signing": consent.signing_id,
        "relationship": "parent",
    }
    assert verify(pdf, trusted=[product.installation.certificate]).trusted


def test_the_square_for_the_familys_phone_leads_to_the_public_address(
    family: Family, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    links: list[str] = []
    monkeypatch.setattr("intake.web.family.kiosk.qr_code", lambda link: links.append(link) or "")
    family.open("/es/kiosk/")
    family.until("done", typed_name="Sarah Johnson")
    (consent,) = product.consents()
    base_url = product.installation.settings.base_url
    assert base_url not in family.page.request.url, "the tablet is at another one"
    assert links == [f"{base_url}/es/receipt/{consent.receipt_code}"]


def test_every_other_address_leads_back_and_staff_are_gone_from_the_browser(
    family: Family,
) -> None:
    family.open("/en/kiosk/")
    for path in OUTSIDE:
        for answer in (family.http.get(path), family.http.post(path)):
            assert answer.status_code == 303, path
            assert answer.location in {"/kiosk/", "/en/kiosk/", "/es/kiosk/"}, path
    assert family.open("/desk/").request.path == "/kiosk/"


def test_without_the_cookie_there_is_no_staff_either(family: Family) -> None:
    family.http.delete_cookie("intake")
    assert family.http.get("/desk/").location.startswith("/desk/sign-in")
    assert family.http.get("/kiosk/").status_code == 404
    assert family.open("/").status_code == 200


def test_the_signing_session_is_no_other_browsers(family: Family, product: Product) -> None:
    family.open("/en/kiosk/")
    address = family.page.request.path
    assert product.family().open(address).status_code == 404


def test_when_the_family_is_done_nothing_of_it_stays(family: Family, product: Product) -> None:
    family.open("/es/kiosk/")
    family.until("done", typed_name="Sarah Johnson")
    done = family.page.request.path
    family.send_to("/es/kiosk/finish")
    assert family.page.request.path == "/es/kiosk/over"
    assert "Sarah" not in family.page.text
    assert "storage" in family.page.headers["Clear-Site-Data"]
    for path in (done, "/es/kiosk/", "/kiosk/", "/desk/"):
        assert family.open(path).request.path.endswith("/kiosk/over"), path
        assert "no-store" in family.page.headers["Cache-Control"]


def test_idle_minutes_clear_it_and_forget_what_was_not_sent(
    family: Family, product: Product
) -> None:
    family.open("/es/kiosk/")
    family.until("sign")
    signing_id = family.signing_id
    product.clock.forward(timedelta(minutes=4))
    assert family.http.post("/kiosk/alive").status_code == 204
    product.clock.forward(timedelta(minutes=4))
    family.open(family.page.request.path)
    assert family.step == "sign"
    product.clock.forward(timedelta(minutes=5))
    assert family.open(family.page.request.path).request.path == "/es/kiosk/over"
    with product.database.read() as session:
        assert session.get_one(SigningSession, signing_id).answers == {}
    assert product.consents() == []


def test_the_pin_brings_staff_back_to_where_they_were(family: Family, rosa: Rosa) -> None:
    back = rosa.post("/kiosk/leave", {"pin": "٤٨٢ ٩١٣"}, "/kiosk/leave")
    assert back.location == f"/desk/students/{rosa.student_id()}"
    assert "Emma Johnson" in rosa.browser.get(back.location).text
    assert rosa.browser.get("/kiosk/").status_code == 404


def test_wrong_pins_open_nothing_and_five_of_them_close_the_way(
    family: Family, rosa: Rosa, product: Product
) -> None:
    for wrong in ("", "1", "482914", "482913482913", "abc", "482912"):
        refused = rosa.post("/kiosk/leave", {"pin": wrong}, "/kiosk/leave")
        assert refused.status_code == 422
    right = rosa.post("/kiosk/leave", {"pin": PIN}, "/kiosk/leave")
    assert right.status_code == 429
    assert family.open("/desk/").request.path == "/kiosk/"
    product.clock.forward(timedelta(minutes=16))
    assert rosa.post("/kiosk/leave", {"pin": PIN}, "/kiosk/leave").status_code == 303


def test_a_forgotten_pin_is_changed_on_another_device(
    family: Family, rosa: Rosa, product: Product
) -> None:
    tablet, rosa.browser = rosa.browser, product.app.test_client()
    rosa.sign_in()
    changed = rosa.post("/desk/pin", {"pin": "739204", "pin_again": "739204"}, "/desk/pin")
    assert changed.status_code == 303
    rosa.browser = tablet
    assert rosa.post("/kiosk/leave", {"pin": PIN}, "/kiosk/leave").status_code == 422
    assert rosa.post("/kiosk/leave", {"pin": "739204"}, "/kiosk/leave").status_code == 303


def test_no_page_of_the_tablet_lets_a_browser_fill_in_a_password(family: Family) -> None:
    for path in ("/kiosk/", "/kiosk/leave", "/en/kiosk/"):
        assert 'type="password"' not in family.open(path).text


def test_a_page_that_nobody_touches_does_not_keep_itself_open(
    family: Family, product: Product
) -> None:
    family.open("/es/kiosk/")
    product.clock.forward(timedelta(minutes=4))
    assert family.open("/es/kiosk/over").request.path == "/kiosk/"
    product.clock.forward(timedelta(minutes=1))
    assert family.open("/es/kiosk/over").request.path == "/es/kiosk/over"


@pytest.mark.parametrize("ended", ["elsewhere", "too late", "working day"])
def test_where_the_session_has_ended_the_pin_leads_to_signing_in(
    family: Family, rosa: Rosa, product: Product, ended: str
) -> None:
    if ended == "elsewhere":
        with product.database.begin() as session:
            end_sessions(session, session.get_one(Staff, rosa.id))
    elif ended == "too late":
        product.clock.forward(LONGEST)
    else:
        with product.database.begin() as session:
            kiosk = session.scalars(select(Kiosk)).one()
            kiosk.session_began_at = product.clock.at - timedelta(hours=12)
    left = rosa.post("/kiosk/leave", {"pin": PIN}, "/kiosk/leave")
    assert left.status_code == 303
    assert rosa.browser.get("/desk/").location.startswith("/desk/sign-in")
    assert rosa.browser.get("/kiosk/").status_code == 404


def test_a_second_hand_over_needs_no_new_pin_and_an_easy_one_is_refused(
    rosa: Rosa, product: Product
) -> None:
    address = rosa.page("sign")
    for pin, again in (("123456", "123456"), ("48291", "48291"), (PIN, "482914"), ("", "")):
        assert rosa.press(address, "knows", pin=pin, pin_again=again).status_code == 422
        assert not rosa.has_pin()
    assert rosa.hand_over().status_code == 303
    rosa.post("/kiosk/leave", {"pin": PIN}, "/kiosk/leave")
    assert "Choose a PIN" not in rosa.browser.get(address).text
    assert rosa.press(address, "knows").location == "/kiosk/"


def test_permission_is_taken_back_on_the_tablet(rosa: Rosa, product: Product) -> None:
    product.family().signed()
    assert rosa.hand_over("revoke").location == "/kiosk/"
    family = Family(product, rosa.browser, "en")
    family.open("/en/kiosk/")
    assert family.step == "part"
    family.until("done", typed_name="Sarah Johnson")
    with product.database.read() as session:
        revocation = session.scalars(select(Revocation)).one()
    assert revocation.channel is Channel.DESK


def test_who_may_not_sign_or_is_nobody_on_record_gets_no_tablet(rosa: Rosa) -> None:
    somebody = rosa.page("sign", "other")
    for values in (
        {"signer_name": "", "relationship": "parent"},
        {"signer_name": "Anna", "relationship": ""},
        {"signer_name": "Anna", "relationship": "eligible_student"},
    ):
        answer = rosa.press(somebody, "knows", pin=PIN, pin_again=PIN, **values)
        assert answer.status_code == 422
    assert rosa.press(rosa.page("sign"), "", pin=PIN, pin_again=PIN).status_code == 422
    assert rosa.press(rosa.page("revoke"), "knows", pin=PIN, pin_again=PIN).status_code == 409
    assert (
        rosa.browser.get(rosa.page("sign", "00000000-0000-0000-0000-000000000000")).status_code
        == 404
    )
    assert rosa.browser.get(rosa.page("sign", "student")).status_code == 404
    values = {"signer_name": "Anna Johnson", "relationship": "guardian"}
    assert rosa.press(somebody, "knows", pin=PIN, pin_again=PIN, **values).location == "/kiosk/"


def test_the_pages_of_the_tablet_offer_nothing_that_leads_out(family: Family) -> None:
    family.open("/en/kiosk/")
    links = set(re.findall(r'href="(/[^"]*)"', family.page.text))
    assert {link for link in links if not link.startswith("/static/")} == {
        "/kiosk/", "/kiosk/leave",
    }  # fmt: skip


def test_a_tablet_that_nobody_took_back_is_an_ordinary_one_the_next_day(
    family: Family, product: Product
) -> None:
    with product.database.begin() as session:
        forget_kiosks(session, before=product.clock.at + timedelta(seconds=1))
    assert family.http.get("/desk/").location == "/"
    assert family.http.get("/desk/").location.startswith("/desk/sign-in")
