"""From the invitation to a sign-in with a passkey, in a real browser with a virtual device."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from intake.accounts.model import Role
from intake.accounts.staff import find_staff
from intake.accounts.trainings import record_training
from intake.clock import now
from intake.consents.ledger import SYSTEM
from intake.staffing.inviting import invite
from tests.pages import check_accessible, check_width, picture
from tests.serving import serving
from tests.web.desk.conftest import Desk
from tests.web.desk.in_a_browser import put_under_policy

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The desk on a host with a name, as passkeys need it, as strictly as in production."""
    app = desk.browser.application
    put_under_policy(app)
    with serving(app, host="localhost") as server:
        base = f"http://localhost:{server.port}"
        settings = replace(desk.context.settings, base_url=base)
        desk.context = replace(desk.context, settings=settings)
        app.extensions["intake"] = desk.context
        yield base


def test_an_invited_person_signs_in_with_a_passkey(
    desk: Desk, address: str, browser: Browser
) -> None:
    with desk.database.begin() as session:
        _, link = invite(
            session, desk.context.settings, email="omar@example.org", name="Omar",
            roles=list(Role), schools=None, by=SYSTEM, at=now(),
        )  # fmt: skip
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    page.goto(link)
    _look(page, "invitation")
    page.fill("#password", "seven green lamps sing")
    page.fill("#again", "seven green lamps sing")
    _press(page, "Go on")
    _look(page, "set-up")
    page.goto(f"{address}/desk/set-up/app")
    _look(page, "set-up-app")
    page.goto(f"{address}/desk/set-up/passkey")
    _look(page, "set-up-passkey")
    page.fill("#name", "My phone")
    _press(page, "Make the passkey")
    assert page.locator("code").count() == 10
    _look(page, "recovery-codes")
    page.get_by_role("link", name="I have them on paper").click()
    _look(page, "agreement")
    page.check("#agrees")
    _press(page, "Accept")
    assert page.get_by_role("heading", name="Training is missing").is_visible()
    _look(page, "training")
    with desk.database.begin() as session:
        omar = find_staff(session, "omar@example.org")
        record_training(session, omar, now().date(), today=now().date(), by=SYSTEM, at=now())
    page.goto(f"{address}/desk/account")
    assert page.get_by_text("My phone").first.is_visible()
    _look(page, "account")
    _press(page, "Sign out")

    _look(page, "sign-in")
    page.get_by_role("link", name="Sign in with a passkey").click()
    _look(page, "passkey")
    _press(page, "Use a passkey")
    assert page.url == f"{address}/desk/"
    _press(page, "Sign out")
    page.fill("#email", "omar@example.org")
    page.fill("#password", "seven green lamps sing")
    _press(page, "Sign in")
    _look(page, "second-step")
    _press(page, "Use a passkey")
    assert page.url == f"{address}/desk/"
    for path in ("accounts", "accounts/new", f"accounts/{omar.id}"):
        page.goto(f"{address}/coordinator/{path}")
        _look(page, path.replace("/", "-")[:12])
    context.close()


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def _look(page: Page, name: str) -> None:
    picture(page, f"accounts-{name}")
    check_width(page)
    check_accessible(page)
