"""The dashboard in a browser: drawn under the real policy, accessible, narrow enough."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from intake.clock import now as real_now
from intake.figures.answers import Standing
from tests.figures.crowd import add_crowd
from tests.pages import check_accessible
from tests.serving import serving
from tests.web.desk.conftest import Desk
from tests.web.desk.in_a_browser import put_under_policy, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The desk served over HTTP, under the product's own policy."""
    app = desk.browser.application
    put_under_policy(app)
    with serving(app) as server:
        yield f"http://127.0.0.1:{server.port}"


def test_plots_are_drawn_beside_their_tables_on_a_narrow_screen_too(
    desk: Desk, address: str, browser: Browser
) -> None:
    crowd = {("Riverside", code, one): 20 for code in ("en", "ar", "ksw") for one in Standing}
    add_crowd(desk.database, crowd, at=real_now())
    context = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda one: said.append(one.text) if "Policy" in one.text else None)
    sign_in(page, address)
    page.goto(f"{address}/coordinator/")
    page.wait_for_selector("figure.plot canvas")
    page.wait_for_function("Object.keys(Chart.instances).length === 4")
    drawn = page.evaluate(
        "Object.values(Chart.instances).map(c => c.data.datasets.map(d => d.data.join()).join('|'))"
    )
    assert drawn[0] == "|".join(["60"] * len(Standing))  # as the table beside it
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for shown in (f"{address}/coordinator/", f"{address}/coordinator/documents"):
        page.goto(shown)
        check_accessible(page)
    assert said == []
    context.close()


def test_without_script_the_tables_are_all_there_is(
    desk: Desk, address: str, browser: Browser
) -> None:
    crowd = {("Riverside", "en", one): 20 for one in Standing}
    add_crowd(desk.database, crowd, at=real_now())
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/coordinator/")
    assert not page.locator("figure.plot").first.is_visible()
    assert page.locator("table.counts").count() == 4
    context.close()
