"""A whole campaign through its pages, its text messages over Twilio's API with signed calls."""

import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from intake.accounts.model import Role
from intake.accounts.staff import add_staff
from intake.campaigns.following import follow_up
from intake.campaigns.planning import plan_due
from intake.campaigns.sending import send_due as let_go
from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_environ
from intake.demo.sample import FAMILIES, add_sample
from intake.documents.releases import publish_tree
from intake.installation import Installation, open_installation
from intake.messages.configured import transports_from
from intake.messages.sender import send_due
from intake.roster.model import Contact, Student
from intake.schema import upgrade
from intake.web.app import create_app
from tests.e2e.conftest import _free_port
from tests.e2e.phone import check_page
from tests.fakes.twilio_api import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio, fake_twilio
from tests.staff import app_code, make_ready

pytestmark = pytest.mark.browser

PASSWORD = "marble tent quick fox"
SARAH = next(family for family in FAMILIES if family.language == "en" and family.guardian)
IN_ALL = len(FAMILIES)


@dataclass
class Office:
    """The whole product in this process, with Twilio's API beside it."""

    installation: Installation
    twilio: FakeTwilio
    base: str

    def work(self, *, days: float = 0) -> None:
        """What a worker does for campaigns, so many days from now."""
        at = now() + timedelta(days=days)
        database, settings = self.installation.database, self.installation.settings
        plan_due(database, settings, at=at)
        let_go(database, settings, at=at)
        send_due(database, transports_from(settings), at=at, limit=200, in_flight=4)
        follow_up(database, settings, at=at)

    @property
    def texts(self) -> Counter[str]:
        return Counter(fields["To"] for fields in self.twilio.delivered)

    def last_text(self, phone: str) -> str:
        return next(f["Body"] for f in reversed(self.twilio.delivered) if f["To"] == phone)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    port = _free_port()
    with fake_twilio() as twilio:
        environ = demo_environ(tmp_path, port=port, at=now()) | {
            "INTAKE_DEMO": "", "INTAKE_QUIET_HOURS": "none", "INTAKE_QUIET_DAYS": "none",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_FROM": "+15005550006", "TWILIO_API_URL": twilio.url,
        }  # fmt: skip
        installation = open_installation(settings_from(environ))
        upgrade(installation.database)
        with installation.database.begin() as session:
            add_sample(session, at=now())
            publish_tree(session, at=now())
            dana = add_staff(
                session, email="dana@example.org", name="Dana Lee", password=PASSWORD,
                roles=[Role.COORDINATOR], at=now(),
            )  # fmt: skip
            make_ready(session, dana)
            _without_contact(session, FAMILIES[-1].external_id)
        server = make_server("127.0.0.1", port, create_app(installation), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        twilio.reports = ("sent", "delivered")
        yield Office(installation, twilio, f"http://127.0.0.1:{port}")
        server.shutdown()
        thread.join()
        installation.database.dispose()


def test_a_campaign_from_the_choice_to_the_reminder(office: Office, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{office.base}/desk/sign-in")
    page.fill("#email", "dana@example.org")
    page.fill("#password", PASSWORD)
    _press(page, "Sign in")
    page.fill("#code", app_code())
    with page.expect_navigation():
        page.locator("main form button").first.click()
    page.get_by_role("link", name="Campaigns").click()
    page.get_by_role("link", name="Make a campaign").click()
    _looked_at(page, "campaign-form")
    page.fill("#name", "Autumn 2026")
    _press(page, "Show what would be sent")

    numbers = page.inner_text("section[aria-labelledby=numbers]")
    assert re.search(rf"Text message\s+{IN_ALL - 1}\b", numbers)
    assert re.search(r"On paper\s+1\b", numbers)
    assert office.texts == {}, "nothing has been sent"
    _looked_at(page, "campaign-draft")
    page.check("#is_sure")
    _press(page, "Start the campaign")
    assert "Running" in page.inner_text("#far")

    office.work()
    assert set(office.texts.values()) == {1}
    assert len(office.texts) == IN_ALL - 1
    # Nobody presses anything: the page renews itself while it runs.
    arrived = page.get_by_role("row", name=f"Delivered {IN_ALL - 1}")
    expect(arrived).to_be_visible(timeout=20_000)
    _looked_at(page, "campaign-running")
    expect(page.get_by_role("button", name="Print")).to_be_visible()

    _press(page, "Pause", exact=True)
    office.work(days=5.01)
    assert set(office.texts.values()) == {1}, "paused: no reminder leaves"

    _answer(browser, office)
    _press(page, "Go on")
    office.work(days=5.01)
    assert office.texts[SARAH.phone] == 3, "the invitation, the code, the receipt: no reminder"
    others = [number for phone, number in office.texts.items() if phone != SARAH.phone]
    assert set(others) == {2}
    page.reload()
    expect(page.get_by_role("row", name="Answered 1")).to_be_visible()
    expect(page.get_by_text(f"Answered for 1 of {IN_ALL} students")).to_be_visible()
    context.close()


def _answer(browser: Browser, office: Office) -> None:
    """Sarah opens the link of her text message and says yes."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    found = re.search(r"http\S+", office.last_text(SARAH.phone))
    assert found
    assert urlsplit(found[0]).path.startswith("/en/i/")
    page.goto(found[0])
    for _ in range(3):
        _go_on(page)
    page.check("#relationship-parent")
    page.fill("#signer_name", SARAH.guardian or "")
    _go_on(page)
    page.check("#contact_kind-phone")
    page.fill("#phone", SARAH.phone.removeprefix("+1"))
    _go_on(page)
    office.work()
    code = re.search(r"\b\d{6}\b", office.last_text(SARAH.phone))
    assert code
    page.fill("#code", code[0])
    _go_on(page)
    page.check("#accept")
    _go_on(page)
    page.check("#decision-yes")
    _go_on(page)
    page.check("#method-typed")
    page.fill("#typed_name", SARAH.guardian or "")
    page.check("#typed_agree")
    _go_on(page)
    _go_on(page)
    context.close()


def _go_on(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def _press(page: Page, name: str, *, exact: bool = False) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=exact).click()


def _looked_at(page: Page, name: str) -> None:
    _picture(page, name)
    page.set_viewport_size({"width": 360, "height": 740})
    check_page(page)
    _picture(page, f"{name}-narrow")
    page.set_viewport_size({"width": 1200, "height": 900})


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _without_contact(session, external_id: str) -> None:  # type: ignore[no-untyped-def]
    query = select(Contact).join(Student, Student.id == Contact.student_id)
    for contact in session.scalars(query.where(Student.external_id == external_id)):
        session.delete(contact)
