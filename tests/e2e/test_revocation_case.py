"""A revocation seen through in a browser, although one receiver answers 200 and never confirms."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_settings
from intake.installation import open_database
from intake.sharing.destinations import add_destination
from intake.sharing.model import Destination
from intake.sharing.standard_webhooks import new_secret
from tests.e2e.conftest import Demo
from tests.e2e.phone import Family, TypedAnswers, check_page
from tests.sharing.conftest import wait_for

pytestmark = pytest.mark.browser
SILENT = "silent"


class _Silent(BaseHTTPRequestHandler):
    """Takes everything, and says nothing more."""

    taken: list[bytes]

    def do_POST(self) -> None:
        type(self).taken.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Into the air."""


@contextmanager
def _silent_receiver(demo: Demo) -> Iterator[list[bytes]]:
    """A second destination, for as long as this test signs."""
    handler = type("Silent", (_Silent,), {"taken": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    database = open_database(settings_from(demo_settings(demo.folder, port=8000)))
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    with database.begin() as session:
        add_destination(session, SILENT, "webhook", url, new_secret(), at=now())
    try:
        yield handler.taken  # type: ignore[attr-defined]
    finally:
        with database.begin() as session:
            session.get_one(Destination, SILENT).active = False
        database.dispose()
        server.shutdown()


def test_a_case_from_the_desk_to_closed_with_a_coordinators_evidence(
    demo: Demo, browser: Browser
) -> None:
    with _silent_receiver(demo) as taken:
        phone = browser.new_context(viewport={"width": 360, "height": 740})
        _sign(phone.new_page(), demo)
        wait_for(lambda: len(taken) == 1)
        phone.close()

        desk = browser.new_context(viewport={"width": 360, "height": 740})
        page = desk.new_page()
        _sign_in(page, demo)
        link = _settle_who_is_here(page)
        _sign_on_the_tablet(browser, link)
        wait_for(lambda: len(taken) == 2)
        _see_it_through(page, demo)
        desk.close()


def _sign(page: Page, demo: Demo) -> None:
    """Amani's mother, with an email on the school's record."""
    amani = TypedAnswers(
        student="Amani Mwamba", day="30", month="8", year="2012",
        school="Riverside Elementary School", relationship="parent", signer="Furaha Bahati",
        email="furaha.bahati@example.org",
    )  # fmt: skip
    Family(page, "en", demo).answer_without_a_link(amani)


def _sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.base}/desk/")
    page.fill("#email", "desk@example.org")
    page.fill("#password", demo.password)
    page.locator("main form button").click()
    page.get_by_role("link", name="Menu").click()  # on a phone
    page.get_by_role("link", name="Revocations", exact=True).click()
    _look(page, "revocations-none")


def _settle_who_is_here(page: Page) -> str:
    """The father stands at the desk; the tablet's link."""
    page.get_by_role("link", name="Somebody is here to revoke").click()
    page.fill("#search-text", "Amani")
    page.get_by_role("button", name="Search").click()
    page.check("#student-1")
    page.check("#relationship-1")
    page.fill("#signer_name", "Jean Mwamba")
    page.check("#method-1")
    page.select_option("#language", "en")
    _look(page, "revocation-new")
    page.get_by_role("button", name="Open the letter").click()
    _look(page, "revocation-link")
    return page.input_value("#link")


def _sign_on_the_tablet(browser: Browser, link: str) -> None:
    tablet = browser.new_context(viewport={"width": 768, "height": 1024})
    page = tablet.new_page()
    page.goto(link)
    go_on = page.locator("main form button[type=submit]").first
    page.check("#scope-everything")
    go_on.click()
    expect(page.locator("#scope-everything")).to_have_count(0)  # the letter is there
    go_on.click()
    page.check("#method-typed")
    page.fill("#typed_name", "Jean Mwamba")
    page.check("#typed_agree")
    go_on.click()
    _look(page, "revocation-tablet-check")
    go_on.click()
    expect(page.locator("h1")).to_contain_text("Your permission is taken back")
    tablet.close()


def _see_it_through(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.base}/desk/revocations")
    # The newest: another test may have left one of hers.
    row = page.locator("tbody tr", has_text="Amani Mwamba").last
    expect(row).to_contain_text("Nobody yet")
    _look(page, "revocations")
    link = row.get_by_role("link", name="Amani Mwamba")
    address = link.get_attribute("href")
    link.click()
    facts = page.locator("section[aria-labelledby=facts]")
    wait_for(lambda: _reloaded(page, "by the sharing system"))
    expect(facts).to_contain_text("silent: told; not confirmed yet")
    page.get_by_role("button", name="Take it over").click()
    expect(facts).to_contain_text("Dana Lee")
    _look(page, "revocation-case")

    page.fill("#reason", "They showed me the record, name hidden")
    picture = {"name": "screen.png", "mimeType": "image/png", "buffer": page.screenshot()}
    page.set_input_files("#file", picture)  # type: ignore[arg-type]
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.locator(".state")).to_have_text("Confirmed everywhere; the family must be told")
    _look(page, "revocation-tell")
    page.check("#how-1")
    page.get_by_role("button", name="Note it, and close the case").click()
    expect(page.locator(".state")).to_have_text("Closed")
    expect(page.locator("section[aria-labelledby=events]")).to_contain_text("Save the evidence")
    _look(page, "revocation-closed")
    page.goto(f"{demo.base}/desk/revocations")
    expect(page.locator(f"main a[href='{address}']")).to_have_count(0)


def _reloaded(page: Page, text: str) -> bool:
    page.reload()
    return text in page.inner_text("main")


def _look(page: Page, name: str) -> None:
    """What a checker sees, and a person where screenshots are wanted."""
    check_page(page)
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.screenshot(path=f"{folder}/{name}-wide.png", full_page=True)
        page.set_viewport_size({"width": 360, "height": 740})
