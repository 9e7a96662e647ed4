"""A family at a phone: what it presses, and what a person and a checker would see."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.conftest import Demo
from tests.e2e.letters import check_letters
from tests.pages import check_accessible
from translations import language as registered

_UNTRANSLATED = """
[...document.querySelectorAll("main .own")]
  .map(own => [own.innerText.trim(), own.parentElement.querySelector(".english")])
  .filter(([text, english]) => english && text === english.innerText.trim()).map(([text]) => text)
"""
"""Strings that say the same in the page's language as in English: nobody translated them."""
_SAME_AS_ENGLISH = {"fr": {"Race", "Signature"}}
_USED: set[str] = set()
"""One-time codes that a family has typed."""


@dataclass(frozen=True, slots=True)
class TypedAnswers:
    """What a family without a personal link types."""

    student: str
    day: str
    month: str
    year: str
    school: str
    relationship: str
    signer: str
    email: str


class Family:
    """One family at a phone."""

    def __init__(self, page: Page, code: str, demo: Demo) -> None:
        self.page = page
        self.code_of_language = code
        self.demo = demo

    def go_on(self) -> None:
        """Press the page's first button."""
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()

    def look(self, name: str) -> None:
        """What a person and a checker would see: language, direction, width, accessibility."""
        language = registered(self.code_of_language)
        html = self.page.locator("html")
        assert html.get_attribute("lang") == language.code
        assert html.get_attribute("dir") == language.direction.value
        untranslated = self.page.evaluate(_UNTRANSLATED)
        assert set(untranslated) <= _SAME_AS_ENGLISH.get(language.code, set())
        check_letters(self.page, language.code)
        folder = os.environ.get("INTAKE_SCREENSHOTS")
        if folder:
            self.page.screenshot(
                path=f"{folder}/{self.code_of_language}-{name}.png", full_page=True
            )
        check_page(self.page)

    def code(self) -> str:
        """The newest one-time code on the demonstration's outbox."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            other = self.page.context.new_page()
            other.goto(f"{self.demo.base}/demo/outbox")
            text = (
                other.locator("article").first.inner_text()
                if other.locator("article").count()
                else ""
            )
            other.close()
            found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
            if found and (found[0] not in _USED):
                _USED.add(found[0])
                return found[0]
            time.sleep(0.3)
        raise AssertionError("no code came")

    def draw(self) -> None:
        """Sign with a finger."""
        canvas = self.page.locator("#signature canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        mouse = self.page.mouse
        for start in (0.2, 0.5):
            mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] * 0.6)
            mouse.down()
            for step in range(1, 15):
                mouse.move(
                    box["x"] + box["width"] * (start + 0.02 * step),
                    box["y"] + box["height"] * (0.6 - 0.3 * (step % 4) / 4),
                )
            mouse.up()
        assert self.page.input_value("#signature-data")

    def answer_without_a_link(self, filled: "TypedAnswers") -> None:
        """From the first page to the receipt, everything typed, signed by typing the name."""
        page = self.page
        page.goto(f"{self.demo.base}/{self.code_of_language}/")
        self.go_on()
        self.go_on()
        page.fill("#student_name", filled.student)
        page.fill("#birth_date-day", filled.day)
        page.select_option("#birth_date-month", filled.month)
        page.fill("#birth_date-year", filled.year)
        page.select_option("#school_id", label=filled.school)
        self.go_on()
        page.check(f"#relationship-{filled.relationship}")
        page.fill("#signer_name", filled.signer)
        self.go_on()
        page.check("#contact_kind-email")
        page.fill("#email", filled.email)
        self.go_on()
        page.fill("#code", self.code())
        self.go_on()
        page.check("#accept")
        self.go_on()
        page.check("#decision-yes")
        self.go_on()
        page.check("#method-typed")
        page.fill("#typed_name", filled.signer)
        page.check("#typed_agree")
        self.go_on()
        self.go_on()

    def download(self, path: Path) -> Path:
        """The copy to keep."""
        with self.page.expect_download() as download:
            self.page.locator("a.button").first.click()
        download.value.save_as(path)
        return path


def check_page(page: Page) -> None:
    """No sideways scrolling at 320 px, and nothing that axe-core finds."""
    width = page.viewport_size["width"]  # type: ignore[index]
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "scrolls sideways"
    page.set_viewport_size({"width": width, "height": 740})
    check_accessible(page)
