"""Every page of the desk in a real browser: accessible, narrow enough, in the right language."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Response
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from intake.clock import now
from intake.messages.flags import flag_contact
from intake.messages.inbound import Incoming, take_reply
from intake.messages.model import FlagReason
from tests.messages.conftest import PHONE
from tests.messages.replying import settings
from tests.staff import app_code
from tests.web.desk.conftest import EMAIL, PASSWORD, Desk

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "form-action 'self'; img-src 'self'"
)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The desk served over HTTP, as strictly as in production."""
    app = desk.browser.application

    @app.after_request
    def _strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = STRICT
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


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
    _check(page)
    page.fill("#email", EMAIL)
    page.fill("#password", "wrong wrong wrong")
    _press_enter(page)
    assert page.title().startswith("Error")
    _check(page)
    page.fill("#password", PASSWORD)
    _press_enter(page)
    assert page.url == f"{address}/desk/second-step"
    _check(page)
    page.fill("#code", app_code())
    _press_enter(page)
    assert page.url == f"{address}/desk/"
    _check(page)
    page.goto(f"{address}/desk/waivers/{waiting.id}")
    _check(page)
    page.get_by_role("button", name="I know them personally").focus()
    _press_enter(page)
    assert page.get_by_text("Choose which student it is.").is_visible()
    _check(page)
    page.goto(f"{address}/desk/revocations")
    _check(page)
    page.goto(f"{address}/desk/waivers")
    _check(page)
    page.fill("#find-text", "wolf")
    _press_enter(page)
    assert page.url == f"{address}/desk/students/{student.id}"
    _check(page)
    page.goto(f"{address}/desk/students/{student.id}/sign/other")
    _check(page)
    page.fill("#signer_name", "Somebody")
    _press_enter(page)
    assert page.get_by_text("Press the button that says how you know.").is_visible()
    _check(page)
    for way in ("refusal", "letter"):
        page.goto(f"{address}/desk/students/{student.id}/{way}/other")
        _check(page)
    page.goto(f"{address}/desk/pin")
    _check(page)
    page.goto(f"{address}/desk/keys")
    _check(page)
    desk.type_student("Wolfeschlegelsteinhausenbergerdorff Keihanaikukauakahihuliheekahaunael")
    page.goto(f"{address}/desk/matching")
    _check(page)
    page.get_by_role("link", name="Wolfeschlegel").click()
    _check(page)
    page.get_by_role("button", name="Same student").focus()
    _press_enter(page)
    assert page.get_by_text("Choose which student it is.").is_visible()
    _check(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Same student").focus()
    _press_enter(page)
    assert page.get_by_text("Joined.").is_visible()
    page.goto(f"{address}/desk/waivers/{student.id}")
    _check(page)
    page.goto(f"{address}/desk/invitations/new")
    _check(page)
    page.fill("#search-text", "wolf")
    _press_enter(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Make the link").focus()
    _press_enter(page)
    assert page.locator("svg").is_visible()
    _check(page)
    for path in ("desk/contacts", "coordinator/messages?language=ksw"):
        page.goto(f"{address}/{path}")
        _check(page)
    page.goto(f"{address}/desk/replies")
    _check(page)
    page.get_by_role("button", name="I have settled it with the family").focus()
    _press_enter(page)
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
    page.goto(f"{address}/desk/")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    _press_enter(page)
    page.fill("#code", app_code())
    _press_enter(page)
    page.fill("#find-text", "mohamed")
    _press_enter(page)
    found = page.url
    paths = ["/desk/", found.removeprefix(address), "/desk/waivers"]
    paths += [f"/desk/students/{student.id}", f"/desk/students/{student.id}/sign/other"]
    for path in paths:
        page.goto(address + path)
        _check_width(page, "ar", "rtl")
        _picture(page, f"ar-360-{path.split('?')[0].strip('/').replace('/', '-')}")
    page.set_viewport_size({"width": 1100, "height": 800})
    for path in paths:
        page.goto(address + path)
        _check_width(page, "ar", "rtl")
        start = page.locator("h1").bounding_box()
        box = page.locator("main").bounding_box()
        assert start is not None
        assert box is not None
        assert abs((start["x"] + start["width"]) - (box["x"] + box["width"])) < 40, path
        _picture(page, f"ar-{path.split('?')[0].strip('/').replace('/', '-')}")


def _press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _check(page: Page) -> None:
    _check_width(page, "en", "ltr")
    page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("axe.run().then(result => result.violations.map(v => v.id))")
    assert violations == [], page.url


def _check_width(page: Page, language: str, direction: str) -> None:
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (language, direction)
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow == 0, page.url


def _picture(page: Page, name: str) -> None:
    """For people to look at, where a folder is named."""
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
