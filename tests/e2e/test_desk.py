"""The school's front desk, in a browser: find a waiver in any script, and confirm who signed."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.phone import Family, TypedAnswers, check_page

pytestmark = pytest.mark.browser


def test_the_desk_finds_an_unconfirmed_waiver_and_confirms_who_signed(
    demo: Demo, browser: Browser
) -> None:
    phone = browser.new_context(viewport={"width": 360, "height": 740})
    receipt = _sign_with_an_unknown_contact(phone.new_page(), demo)
    desk = browser.new_context(viewport={"width": 360, "height": 740})
    page = desk.new_page()

    page.goto(f"{demo.base}/desk/")
    check_page(page)
    page.fill("#email", "desk@example.org")
    page.fill("#password", demo.password)
    _press(page, "main form button")
    check_page(page)
    page.get_by_role("link", name="Menu").click()  # on a phone
    page.get_by_role("link", name="Waivers", exact=True).click()
    page.fill("#search-text", "عيان")
    _press(page, "main form button")
    _press(page, "table a")
    expect(page.locator("h1")).to_contain_text("عيان ورسمه")
    check_page(page)
    page.fill(".task #search-text", "Ayaan")
    _press(page, ".task form[role=search] button")
    page.check("#student-1")
    page.get_by_role("button", name="I know them personally").click()
    expect(page.locator(".state").first).to_have_text("Yes, in force")
    check_page(page)
    address = page.get_by_role("link", name="Open the signed PDF").get_attribute("href")
    assert page.request.get(f"{demo.base}{address}").body().startswith(b"%PDF-")

    family = phone.new_page()
    family.goto(receipt)
    assert "sharing is allowed" in family.inner_text("main").lower()
    desk.close()
    phone.close()


def _press(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def _sign_with_an_unknown_contact(page: Page, demo: Demo) -> str:
    """A student of 18 whom the roster knows in another script; the receipt's address."""
    ayaan = TypedAnswers(
        student="عيان ورسمه", day="20", month="2", year="2008",
        school="Westview High School", relationship="eligible_student", signer="عيان ورسمه",
        email="ayaan.new@example.org",
    )  # fmt: skip
    Family(page, "en", demo).answer_without_a_link(ayaan)
    code = page.inner_text(".code")
    return f"{demo.base}/en/receipt/{code}"
