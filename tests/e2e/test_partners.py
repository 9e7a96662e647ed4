"""Partners in a browser: the public list, who received what, the coordinator's page."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from intake.accounts.api_clients import EVERYTHING, ApiScope
from intake.accounts.api_tokens import add_client
from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_settings
from intake.demo.sample import FAMILIES
from intake.installation import open_database
from intake.roster.model import Student
from tests.e2e.conftest import Demo
from tests.e2e.desk import picture, signed_in
from tests.e2e.letters import check_letters
from tests.e2e.phone import Family, check_page

pytestmark = pytest.mark.browser
CODE = "ar"
YOUSEF = next(family for family in FAMILIES if family.language == CODE)


def test_the_public_list_is_light_and_reads_right_to_left(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{demo.base}/{CODE}/partners", wait_until="networkidle")
    assert sum(sizes) <= 100 * 1024
    assert page.locator("html").get_attribute("dir") == "rtl"
    listed = page.inner_text("main")
    assert "Tutors West" in listed
    assert "Westside Clinic" in listed
    assert "County Youth Services" not in listed, "its agreement has lapsed"
    assert "Ana Ortiz" not in listed
    context.close()

    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{demo.base}/{CODE}/partners")
    check_letters(page, CODE)
    check_page(page)
    picture(page, "partners-ar")
    page.get_by_role("link", name="Riverside Elementary School").click()
    assert "Tutors West" in page.inner_text("main")
    page.locator("header a").click()
    assert page.locator("a[lang=ksw]").get_attribute("href").startswith("/ksw/partners/")  # type: ignore[union-attr]
    context.close()


def test_a_family_sees_who_received_what_and_asks_for_a_copy(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    family = Family(page, CODE, demo)
    _say_yes(family)
    _disclose(page, demo)

    page.goto(f"{demo.base}/{CODE}/disclosures/")
    check_page(page)
    family.go_on()
    page.fill("#student_name", YOUSEF.name)
    for part, value in (("day", "1"), ("year", "2015")):
        page.fill(f"#birth_date-{part}", value)
    page.select_option("#birth_date-month", "1")
    page.select_option("#school_id", label="Riverside Elementary School")
    family.go_on()
    page.check("#relationship-parent")
    page.fill("#signer_name", YOUSEF.guardian or "")
    family.go_on()
    page.check("#contact_kind-phone")
    page.fill("#phone", YOUSEF.phone.removeprefix("+1"))
    check_page(page)
    family.go_on()
    page.fill("#code", family.code())
    family.go_on()

    family.look("disclosures")
    picture(page, "disclosures-ar")
    shown = page.inner_text("main")
    assert "Tutors West" in shown
    assert "Ana Ortiz" in shown
    address = page.locator("a[href$='record.pdf']").get_attribute("href")
    pdf = page.request.get(f"{demo.base}{address}").body()
    assert pdf.startswith(b"%PDF-")
    _keep("disclosures-ar.pdf", pdf)
    page.check("input[name=disclosure]")
    family.go_on()
    expect(page.locator("input[name=disclosure]")).to_have_count(0)
    check_page(page)

    desk = signed_in(browser, demo)
    desk.goto(f"{demo.base}/desk/copies")
    assert "Tutors West" in desk.inner_text("main")
    picture(desk, "desk-copies")
    check_page(desk)
    desk.check("input[value=handed_over]")
    with desk.expect_navigation():
        desk.locator("main form button").first.click()
    desk.context.close()
    page.reload()
    expect(page.locator("input[name=disclosure]")).to_have_count(1)
    with page.expect_navigation():
        page.locator("button[name=close]").click()
    assert page.url.endswith("/disclosures/")
    context.close()


def test_a_coordinator_sees_what_lapses_and_renews_it(demo: Demo, browser: Browser) -> None:
    page = signed_in(browser, demo)
    page.goto(f"{demo.base}/coordinator/partners")
    check_page(page)
    picture(page, "coordinator-partners")
    row = page.locator("tr", has_text="Westside Clinic")
    assert "Lapses soon" in row.inner_text()
    assert "Lapsed" in page.locator("tr", has_text="County Youth Services").inner_text()
    row.get_by_role("link").click()
    check_page(page)
    picture(page, "coordinator-partner")
    page.locator("section[aria-labelledby=agreements]").get_by_role("link", name="Renew").click()
    assert page.input_value("#document") == "Data Privacy Terms"
    page.fill("#signed_on", "2026-11-01")
    with page.expect_navigation():
        page.locator("main form button").click()
    assert page.locator("#expires_on-error").inner_text() == "Type its last day."
    check_page(page)
    page.fill("#expires_on", "2099-08-31")
    with page.expect_navigation():
        page.locator("main form button").click()
    agreements = page.locator("section[aria-labelledby=agreements]").inner_text()
    assert "Current" in agreements
    assert "Dana Lee" in page.locator("section[aria-labelledby=history]").inner_text()
    page.set_viewport_size({"width": 1200, "height": 800})
    picture(page, "coordinator-partner-wide")
    page.context.close()


def _say_yes(family: Family) -> None:
    """From the personal link to the receipt."""
    page = family.page
    page.goto(family.demo.links[CODE])
    for _ in range(3):
        family.go_on()
    page.check("#relationship-parent")
    page.fill("#signer_name", YOUSEF.guardian or "")
    family.go_on()
    page.check("#contact_kind-phone")
    page.fill("#phone", YOUSEF.phone.removeprefix("+1"))
    family.go_on()
    page.fill("#code", family.code())
    family.go_on()
    page.check("#accept")
    family.go_on()
    page.check("#decision-yes")
    family.go_on()
    page.check("#method-typed")
    page.fill("#typed_name", YOUSEF.guardian or "")
    page.check("#typed_agree")
    family.go_on()
    family.go_on()


def _disclose(page: Page, demo: Demo) -> None:
    """The sharing system asks, is permitted, and has the disclosure recorded."""
    settings = {**os.environ, **demo_settings(demo.folder, port=urlsplit(demo.base).port or 0)}
    database = open_database(settings_from(settings))
    with database.begin() as session:
        token = add_client(
            session,
            "clienttrack",
            scopes=[ApiScope.DECIDE, ApiScope.DISCLOSE],
            reach=EVERYTHING,
            at=now(),
        )
        query = select(Student.id).where(Student.external_id == YOUSEF.external_id)
        student_id = session.scalars(query).one()
    database.dispose()
    question = {
        "student": student_id, "partner": "tutors-west", "person": "ana", "role": "tutor",
        "purpose": "academic_support", "elements": ["grades", "test_scores"], "record": True,
        "idempotency_key": "visit-1",
    }  # fmt: skip
    answer = page.request.post(
        f"{demo.base}/api/v1/decisions", data=question,
        headers={"authorization": f"Bearer {token}"},
    ).json()  # fmt: skip
    assert answer["disclosure"], answer


def _keep(name: str, data: bytes) -> None:
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        (Path(folder) / name).write_bytes(data)
