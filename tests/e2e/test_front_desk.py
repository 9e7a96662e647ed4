"""The front desk's five tasks in a browser: each in three clicks or fewer, and by keyboard alone.

A click is a press on a link or a button; typing, with Enter at its end, is none.
"""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.phone import Family, TypedAnswers, check_page

pytestmark = pytest.mark.browser

PIN = "482913"
MOST_CLICKS = 3


class Desk:
    """Somebody at the desk, whose clicks are counted from today's page on."""

    def __init__(self, context: BrowserContext, demo: Demo) -> None:
        self.page: Page = context.new_page()
        self.base = demo.base
        self.clicks = 0
        self.page.goto(f"{demo.base}/desk/sign-in")
        self.page.fill("#email", "desk@example.org")
        self.page.fill("#password", demo.password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("h1")).to_contain_text("Today")

    def begin(self) -> None:
        """From today's page."""
        self.page.goto(f"{self.base}/desk/")
        self.clicks = 0

    def find(self, typed: str) -> None:
        """The shortcut, a name, Enter: no click, and no mouse."""
        self.page.keyboard.press("/")
        expect(self.page.locator("#find-text")).to_be_focused()
        self.page.keyboard.type(typed)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def tab_to(self, name: str) -> None:
        """Move the focus to a link or button and press Enter: no mouse at all."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if name in self.page.evaluate("document.activeElement.textContent"):
                break
        assert self.page.evaluate("document.activeElement.matches(':focus-visible')"), name
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def look(self, name: str) -> None:
        """As a person and a checker would."""
        picture(self.page, name)
        check_page(self.page)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    yield context
    context.close()


def test_the_five_tasks_take_three_clicks_at_most(demo: Demo, context: BrowserContext) -> None:
    _sign_unknown(context, demo)
    desk = Desk(context, demo)
    check_page(desk.page)

    _confirm(desk)
    _print(desk, demo)
    _hand_over(desk)
    _record_a_no(desk)
    _record_a_letter(desk)
    desk.begin()
    # Other tests of this process may have left theirs open.
    open_ones = desk.page.get_by_role("heading", name=re.compile(r"\d+ revocations? (is|are) open"))
    expect(open_ones).to_be_visible()
    picture(desk.page, "day")


def _confirm(desk: Desk) -> None:
    desk.begin()
    desk.click("link", "Suman Rai")
    desk.page.check("#student-1")
    desk.clicks += 1
    desk.click("button", "I know them personally")
    expect(desk.page.locator(".state").first).to_have_text("Yes, in force")
    assert desk.clicks == 3


def _print(desk: Desk, demo: Demo) -> None:
    desk.begin()
    desk.find("suman rai")  # of the roster in Devanagari: सुमन राई
    picture(desk.page, "found")
    desk.click("link", "सुमन राई")
    desk.look("student")
    form = desk.page.locator("form[action$='/papers/students']")
    expect(form.get_by_role("button")).to_contain_text("नेपाली")
    # The second click; the browser would show the file in a window of its own.
    values = form.evaluate("form => Object.fromEntries(new FormData(form))")
    pdf = desk.page.request.post(f"{demo.base}/desk/papers/students", form=values)
    assert pdf.body().startswith(b"%PDF-")
    assert desk.clicks + 1 == 2


def _hand_over(desk: Desk) -> None:
    page = desk.page
    desk.begin()
    desk.find("mateo")
    desk.click("link", "Hand over the tablet (Lucía Ruiz Peña)")
    page.fill("#pin", PIN)
    page.fill("#pin_again", PIN)
    picture(page, "hand-over")
    desk.click("button", "Passport")
    assert desk.clicks == 2
    expect(page.locator("h1")).to_have_text("Choose your language")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Choose your language")
    page.set_viewport_size({"width": 768, "height": 1024})
    desk.look("kiosk-languages")
    _sign_on_the_tablet(desk)
    page.set_viewport_size({"width": 1100, "height": 800})
    expect(page.locator("h1")).to_have_text("Mateo Hernández Ruiz")
    expect(page.locator(".state").first).to_have_text("Yes. The family allows sharing.")


def _sign_on_the_tablet(desk: Desk) -> None:
    """The family answers in Spanish, can go nowhere else, and nothing of it stays."""
    page = desk.page
    page.get_by_role("link", name="Español").click()
    for address in ("/desk/", "/en/", "/"):
        page.goto(desk.base + address)
        assert re.search(r"/kiosk/|/waiver/", page.url), page.url
    page.goto(f"{desk.base}/es/kiosk/")
    go_on = page.locator("main form button[type=submit]").first
    go_on.click()
    go_on.click()
    page.check("#accept")
    go_on.click()
    page.check("#decision-yes")
    go_on.click()
    page.check("#method-typed")
    page.fill("#typed_name", "Lucía Ruiz Peña")
    page.check("#typed_agree")
    desk.look("kiosk-sign")
    go_on.click()
    go_on.click()
    expect(page.locator("svg.qr")).to_be_visible()
    desk.look("kiosk-done")
    page.locator("footer form button").click()
    expect(page.locator("h1")).to_contain_text("Please give the tablet back")
    desk.look("kiosk-over")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Please give the tablet back")
    assert "Mateo" not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.goto(f"{desk.base}/kiosk/leave")
    page.fill("#pin", "000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This PIN is not right.")).to_be_visible()
    desk.look("kiosk-leave")
    page.fill("#pin", PIN)
    page.keyboard.press("Enter")


def _record_a_no(desk: Desk) -> None:
    desk.begin()
    desk.find("emma")
    desk.tab_to("Record a no (Sarah Johnson)")
    picture(desk.page, "refusal")
    desk.tab_to("Driver license or state identity card")
    expect(desk.page.locator(".state").first).to_contain_text("The family said no.")
    assert desk.clicks == 2


def _record_a_letter(desk: Desk) -> None:
    desk.begin()
    desk.find("mateo")
    desk.click("link", re.compile("A letter takes it back .Lucía"))
    picture(desk.page, "letter")
    desk.click("button", "Record the letter: stop sharing now")
    expect(desk.page.get_by_text("nothing may be shared from now on")).to_be_visible()
    assert desk.clicks == 2


def test_the_keys_are_listed_and_can_be_turned_off(demo: Demo, context: BrowserContext) -> None:
    desk = Desk(context, demo)
    page = desk.page
    with page.expect_navigation():
        page.keyboard.press("?")
    expect(page.locator("h1")).to_have_text("Keyboard")
    picture(page, "keys")
    page.get_by_role("button", name="Turn the shortcuts off").click()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#find-text")).not_to_be_focused()


def _sign_unknown(context: BrowserContext, demo: Demo) -> None:
    """A family whose email the school doesn't know, and who writes the name in Latin letters."""
    suman = TypedAnswers(
        student="Suman Rai", day="14", month="2", year="2014",
        school="Riverside Elementary School", relationship="parent", signer="Manmaya Rai",
        email="manmaya.new@example.org",
    )  # fmt: skip
    page = context.new_page()
    Family(page, "en", demo).answer_without_a_link(suman)
    page.close()


def picture(page: Page, name: str) -> None:
    """For people to look at, where a folder is named."""
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/front-{name}.png", full_page=True)
