"""Every page of the desk in a real browser: accessible, narrow enough, in the right language."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from intake.clock import now
from intake.messages.flags import flag_contact
from intake.messages.inbound import Incoming, take_reply
from intake.messages.model import FlagReason
from tests.messages.conftest import PHONE
from tests.messages.replying import settings
from tests.pages import picture
from tests.serving import serving
from tests.staff import app_code
from tests.web.desk.conftest import EMAIL, PASSWORD, Desk
from tests.web.desk.in_a_browser import check, check_shape, press_enter, put_under_policy, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The desk served over HTTP, under the product's own policy."""
    app = desk.browser.application
    put_under_policy(app)
    with serving(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 740})
    yield context.new_page()
    context.close()


def test_every_page_is_accessible_and_fits_a_narrow_screen(
    desk: Desk, address: str, page: Page
) -> None:
    refused: list[str] = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Policy" in message.text else None,
    )
    student = desk.enrol("Wolfeschlegelsteinhausenbergerdorff Keihanaikukauakahihuliheekahaunaele")
    desk.sign(student, ago=timedelta(hours=3))
    desk.sign(student, granted=False, ago=timedelta(hours=2))
    with desk.database.begin() as session:
        incoming = Incoming("SM1", PHONE.value, "ထုးကွံာ်က့ၤ: wrong number " + "x" * 200)
        take_reply(session, incoming, settings(), at=now())
        flag_contact(session, PHONE, FlagReason.NOT_IN_USE, code="Twilio 30005", at=now())
    waiting = desk.sign(desk.type_student("နော်ဖောဝါထူး"), known=False, signer="چوہدری")

    page.goto(f"{address}/desk/")
    check(page)
    page.fill("#email", EMAIL)
    page.fill("#password", "wrong wrong wrong")
    press_enter(page)
    assert page.title().startswith("Error")
    check(page)
    page.fill("#password", PASSWORD)
    press_enter(page)
    assert page.url == f"{address}/desk/second-step"
    check(page)
    page.fill("#code", app_code())
    press_enter(page)
    assert page.url == f"{address}/desk/"
    check(page)
    page.goto(f"{address}/desk/waivers/{waiting.id}")
    check(page)
    page.get_by_role("button", name="I know them personally").focus()
    press_enter(page)
    assert page.get_by_text("Choose which student it is.").is_visible()
    check(page)
    page.goto(f"{address}/desk/revocations")
    check(page)
    page.goto(f"{address}/desk/waivers")
    check(page)
    page.fill("#find-text", "wolf")
    press_enter(page)
    assert page.url == f"{address}/desk/students/{student.id}"
    check(page)
    page.goto(f"{address}/desk/students/{student.id}/sign/other")
    check(page)
    page.fill("#signer_name", "Somebody")
    press_enter(page)
    assert page.get_by_text("Press the button that says how you know.").is_visible()
    check(page)
    for way in ("refusal", "letter"):
        page.goto(f"{address}/desk/students/{student.id}/{way}/other")
        check(page)
    page.goto(f"{address}/desk/pin")
    check(page)
    page.goto(f"{address}/desk/keys")
    check(page)
    desk.type_student("Wolfeschlegelsteinhausenbergerdorff Keihanaikukauakahihuliheekahaunael")
    page.goto(f"{address}/desk/matching")
    check(page)
    page.get_by_role("link", name="Wolfeschlegel").click()
    check(page)
    page.get_by_role("button", name="Same student").focus()
    press_enter(page)
    assert page.get_by_text("Choose which student it is.").is_visible()
    check(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Same student").focus()
    press_enter(page)
    assert page.get_by_text("Joined.").is_visible()
    page.goto(f"{address}/desk/waivers/{student.id}")
    check(page)
    page.goto(f"{address}/desk/invitations/new")
    check(page)
    page.fill("#search-text", "wolf")
    press_enter(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Make the link").focus()
    press_enter(page)
    assert page.locator("svg").is_visible()
    check(page)
    for path in ("desk/contacts", "coordinator/messages?language=ksw"):
        page.goto(f"{address}/{path}")
        check(page)
    page.goto(f"{address}/desk/replies")
    check(page)
    page.get_by_role("button", name="I have settled it with the family").focus()
    press_enter(page)
    assert page.get_by_text("No reply is waiting.").is_visible()
    assert refused == []


def test_in_arabic_the_desk_reads_from_right_to_left_and_fits(
    desk: Desk, address: str, page: Page
) -> None:
    desk.browser.application.extensions["babel"].locale_selector = lambda: "ar"
    student = desk.enrol("محمد علي حسن")
    desk.enrol("Muhammad Ali")
    desk.sign(student, signer="فاطمة حسن", language="ar", ago=timedelta(hours=3))
    desk.sign(desk.type_student("Wolfeschlegelsteinhausenbergerdorff"), known=False)
    sign_in(page, address)
    page.fill("#find-text", "mohamed")
    press_enter(page)
    found = page.url
    paths = ["/desk/", found.removeprefix(address), "/desk/waivers"]
    paths += [f"/desk/students/{student.id}", f"/desk/students/{student.id}/sign/other"]
    for path in paths:
        page.goto(address + path)
        check_shape(page, "ar", "rtl")
        picture(page, f"ar-360-{path.split('?')[0].strip('/').replace('/', '-')}")
    page.set_viewport_size({"width": 1100, "height": 800})
    for path in paths:
        page.goto(address + path)
        check_shape(page, "ar", "rtl")
        start = page.locator("h1").bounding_box()
        box = page.locator("main").bounding_box()
        assert start is not None
        assert box is not None
        assert abs((start["x"] + start["width"]) - (box["x"] + box["width"])) < 40, path
        picture(page, f"ar-{path.split('?')[0].strip('/').replace('/', '-')}")
