"""A Karen family asks at a phone; the desk answers in Karen without knowing it."""

import time

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Demo
from tests.e2e.desk import picture, signed_in
from tests.e2e.phone import Family, check_page

pytestmark = pytest.mark.browser
CODE = "ksw"
PHONE = "801-555-0145"
TEXT = "သရၣ်၊ ယကွဲးနီၣ်လီၤအီၤသ့ဧါ"


def test_a_family_asks_in_karen_and_is_answered_in_karen(demo: Demo, browser: Browser) -> None:
    phone = browser.new_context(viewport={"width": 360, "height": 740})
    page = phone.new_page()
    family = Family(page, CODE, demo)
    page.goto(f"{demo.base}/{CODE}/questions")
    check_page(page)
    picture(page, "questions-ksw")
    family.go_on()
    assert page.locator("#errors li").count() >= 3
    check_page(page)
    page.check("#concern-question")
    page.fill("#text", TEXT)
    page.check("#answer_by-text")
    page.fill("#phone", PHONE)
    family.go_on()
    number = page.inner_text(".code")
    check_page(page)
    picture(page, "question-received-ksw")
    phone.close()

    desk = signed_in(browser, demo)
    desk.goto(f"{demo.base}/coordinator/questions")
    check_page(desk)
    picture(desk, "coordinator-questions")
    desk.get_by_role("link", name=number).click()
    assert TEXT in desk.inner_text("main")
    check_page(desk)
    desk.locator("summary", has_text="How can we take it back?").click()
    picture(desk, "coordinator-question")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Send this answer How can we take it back?").click()
    _until_sent(desk, f"{demo.base}/{CODE}/revoke/")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Close the question").click()
    assert desk.get_by_text("Choose how it ended.").is_visible()
    check_page(desk)
    desk.check("input[value=answered]")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Close the question").click()
    assert "No question is open." in desk.inner_text("main")

    desk.goto(f"{demo.base}/desk/violations/new")
    check_page(desk)
    desk.fill("#report-text", "A class list lay on the bus")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Report it").click()
    desk.goto(f"{demo.base}/coordinator/violations")
    check_page(desk)
    desk.locator("table a").first.click()
    check_page(desk)
    picture(desk, "coordinator-violation")
    desk.context.close()


def _until_sent(desk: Page, link: str) -> None:
    """The demonstration's worker has sent the answer."""
    outbox = desk.context.new_page()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        outbox.goto(f"{desk.url.split('/coordinator')[0]}/demo/outbox")
        if link in outbox.inner_text("main"):
            outbox.close()
            return
        time.sleep(0.3)
    raise AssertionError("the answer was not sent")
