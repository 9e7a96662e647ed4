"""What every page is in a real browser: accessible, no wider than the screen; and pictures."""

import os
from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def check_accessible(page: Page) -> None:
    """Nothing that axe-core finds."""
    page.evaluate(_AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    faults = [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]
    assert faults == [], page.url


def check_width(page: Page) -> None:
    """Nothing to scroll sideways to."""
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow == 0, page.url


def picture(page: Page, name: str) -> None:
    """For people to look at, where INTAKE_SCREENSHOTS names a folder."""
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
