"""Staff at a desk: signing in, and pictures for who looks at them."""

import os

from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Demo


def signed_in(browser: Browser, demo: Demo) -> Page:
    """A page of the demonstration's member of staff, on a narrow screen."""
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{demo.base}/desk/")
    page.fill("#email", "desk@example.org")
    page.fill("#password", demo.password)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    return page


def picture(page: Page, name: str) -> None:
    """Keep the page as it looks, where INTAKE_SCREENSHOTS says so."""
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
