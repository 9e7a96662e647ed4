"""Rosa in a real browser."""

from flask import Flask, Response
from playwright.sync_api import Page

from intake.web.app import CONTENT_SECURITY_POLICY
from tests.pages import check_accessible, check_width
from tests.staff import app_code
from tests.web.desk.conftest import EMAIL, PASSWORD


def put_under_policy(app: Flask) -> None:
    """Let the desk alone say what a browser may do, as the whole product says it."""

    @app.after_request
    def _policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response


def sign_in(page: Page, address: str) -> None:
    """Email and password, then the code of her app."""
    page.goto(f"{address}/desk/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    press_enter(page)
    page.fill("#code", app_code())
    press_enter(page)
    page.wait_for_url(f"{address}/desk/")


def press_enter(page: Page) -> None:
    """Send the form that has the focus."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def check(page: Page) -> None:
    """An English page that everybody can read and use, at this width."""
    check_shape(page, "en", "ltr")
    check_accessible(page)


def check_shape(page: Page, language: str, direction: str) -> None:
    """In this language, and no wider than the screen."""
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (language, direction)
    check_width(page)
