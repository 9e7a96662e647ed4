"""An auditor in a real browser: says why, sees a student, sees who looked, saves the list."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from intake.accounts.model import Role
from tests.pages import picture
from tests.serving import serving
from tests.web.desk.in_a_browser import check
from tests.web.staff.conftest import World

pytestmark = pytest.mark.browser


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with serving(world.app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def page(browser: Browser, world: World, address: str) -> Iterator[Page]:
    """An auditor's, signed in."""
    client = world.browser(world.hire(Role.AUDITOR))
    cookie = client.get_cookie("intake")
    assert cookie is not None
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "intake", "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


def test_an_auditor_says_why_and_sees_who_looked(world: World, address: str, page: Page) -> None:
    clerk = world.hire(Role.FRONT_DESK, schools=[world.ours.school_id])
    world.browser(clerk).get(f"/desk/waivers/{world.ours.consent_id}/document.pdf")
    page.goto(f"{address}/desk/waivers/{world.ours.consent_id}")
    _see(page, "reason")
    page.get_by_label("Reason").fill("too short")
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_text("Say why, in 10 to 200 characters.").is_visible()
    page.get_by_label("Reason").fill("yearly check of revocations")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Adam Ourson").wait_for()
    page.get_by_role("link", name="Menu").click()  # on a phone
    page.get_by_role("link", name="Who looked").click()
    _see(page, "looks")
    page.get_by_label("Student", exact=True).fill("adam")
    page.locator("form.search button", has_text="Search").click()
    page.get_by_role("main").get_by_role("link", name="Adam Ourson").first.click()
    assert page.get_by_text("desk.waiver_document").first.is_visible()
    assert page.get_by_text("yearly check of revocations").first.is_visible()
    page.set_viewport_size({"width": 1200, "height": 900})
    _see(page, "looks-wide")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save this list").click()
    assert world.ours.consent_id in Path(saved.value.path()).read_text("utf-8-sig")


def _see(page: Page, name: str) -> None:
    check(page)
    picture(page, name)
