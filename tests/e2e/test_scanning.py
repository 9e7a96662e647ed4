"""Paper at the front desk, in a browser: print, drop the stack, settle doubts by keyboard."""

import base64
import os
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from intake.demo.sample import FAMILIES
from tests.e2e.conftest import Demo
from tests.e2e.paper_scans import Pen, forms, photo, rendered, scan_file, signed, upside_down
from tests.e2e.phone import check_page

pytestmark = pytest.mark.browser

READ = 120_000
"""Milliseconds; a batch of some pages on a busy machine."""
ITEMS = 20
_DROP = """
([data, name]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type: "application/pdf"}));
  document.querySelector(".drop").dispatchEvent(
    new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture
def page(demo: Demo, browser: Browser) -> Iterator[Page]:
    """The desk's computer, with Dana signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    _sign_in(page, demo)
    yield page
    context.close()


def test_a_dropped_stack_is_read_reviewed_and_filed(demo: Demo, page: Page, tmp_path: Path) -> None:
    page.goto(f"{demo.base}/desk/papers")
    _look(page, "papers")
    page.get_by_text("Or a class list").click()
    page.fill("#names", "Emma Johnson\nMateo Hernández Ruiz\nNobody Atall")
    page.get_by_role("button", name="Find these students").click()
    expect(page.locator(".problem")).to_contain_text("Nobody Atall")
    _look(page, "papers-found")
    stack = rendered(_printed(page, "students"))
    first, second = forms(stack)
    stack[first] = upside_down(signed(stack[first], Pen(ticks=["consent_no"])))
    stack[second] = signed(stack[second], Pen(ticks=["consent_yes", "consent_no"]))
    scan = scan_file(tmp_path / "stack.pdf", stack)

    page.goto(f"{demo.base}/desk/scans")
    _look(page, "scans")
    page.evaluate(_DROP, [base64.b64encode(scan.read_bytes()).decode(), scan.name])
    expect(page.locator("#progress")).to_be_visible(timeout=READ)
    _look(page, "progress")
    expect(page.locator(".tiles")).to_be_visible(timeout=READ)
    _look(page, "batch")
    batch = page.url
    told = _counts(page)
    assert (
        told["in"] == len(stack) == sum(told[n] for n in ("filed", "review", "blank", "rejected"))
    )
    assert (told["rejected"], told["review"] > 0, told["filed"] > 0) == (0, True, True)

    _open_review(page, demo)
    expect(page.locator("h1")).to_have_text("Which answer is marked?")
    expect(page.locator(".whose")).to_contain_text("Mateo Hernández Ruiz")
    _look(page, "review")
    for key in ("+", "r", "r", "0", "n"):
        page.keyboard.press(key)
    _ready(page)
    page.set_viewport_size({"width": 800, "height": 900})
    _look(page, "review-800")
    page.keyboard.press("2")
    expect(page.locator("h1")).to_have_text("Nothing waits for you")
    _look(page, "review-empty")

    _wait_until_filed(page, batch)
    page.get_by_role("link", name="Mateo Hernández Ruiz").first.click()
    expect(page.locator("main .state").first).to_have_text("No")
    address = page.get_by_role("link", name="Open the signed PDF").get_attribute("href")
    assert page.request.get(f"{demo.base}{address}").body().startswith(b"%PDF-")


def test_twenty_questions_are_answered_by_keyboard_alone(
    demo: Demo, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{demo.base}/desk/papers")
    page.fill("#copies", str(ITEMS // 2))
    stack = rendered(_printed(page, "blank"))
    for number in forms(stack):
        stack[number] = signed(stack[number], Pen(ticks=["consent_yes", "consent_no"], names=True))
    page.goto(f"{demo.base}/desk/scans")
    page.set_input_files("#files", scan_file(tmp_path / "blank.pdf", stack))
    expect(page.locator(".tiles")).to_be_visible(timeout=READ)
    batch = page.url

    children = [family.name for family in FAMILIES if family.guardian is not None]
    _open_review(page, demo)
    took = []
    for number in range(ITEMS):
        begun = time.monotonic()
        _ready(page)
        if page.inner_text("h1") == "Which student is it about?":
            if number < 2:
                _look(page, "review-who")
            _type_and_choose(page, children[number // 2])
        else:
            with page.expect_navigation():
                page.keyboard.press("2")
        took.append(time.monotonic() - begun)
    expect(page.locator("h1")).to_have_text("Nothing waits for you")
    print(
        f"\nreview by keyboard: {ITEMS} questions, median {statistics.median(took):.2f} s, "
        f"slowest {max(took):.2f} s, without the time that a person thinks"
    )

    page.keyboard.press("Tab")
    page.get_by_role("button", name="Take my last answer back").press("Enter")
    expect(page.locator("h1")).to_have_text("Which student is it about?")
    _ready(page)
    _type_and_choose(page, children[ITEMS // 2 - 1])
    _wait_until_filed(page, batch)


def test_photos_are_brought_and_watched_without_javascript(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, demo)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo(Image.effect_noise((1000, 1300), 90)))
    page.goto(f"{demo.base}/desk/scans")
    page.set_input_files("#camera", picture)
    page.get_by_role("button", name="Send and read").click()
    expect(page.locator(".tiles")).to_be_visible(timeout=READ)

    assert _counts(page)["in"] == 1
    context.close()


def _sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.base}/desk/")
    page.fill("#email", "desk@example.org")
    page.fill("#password", demo.password)
    with page.expect_navigation():
        page.locator("main form button").click()


def _look(page: Page, name: str) -> None:
    folder = os.environ.get("INTAKE_SCREENSHOTS")
    size = page.viewport_size
    if folder:
        page.screenshot(path=f"{folder}/desk-{name}.png", full_page="review" not in name)
    check_page(page)
    if size:
        page.set_viewport_size(size)


def _printed(page: Page, form: str) -> bytes:
    """What the page's button makes; the browser would show it in a window of its own."""
    chosen = page.locator(f"form[action$='/papers/{form}']")
    values = chosen.evaluate("form => [...new FormData(form)]")
    address = page.url.split("/desk/")[0] + chosen.get_attribute("action")  # type: ignore[operator]
    answer = page.request.post(
        address,
        data=urlencode([(name, value) for name, value in values]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=READ,
    )
    assert answer.headers["content-type"] == "application/pdf", answer.text()
    return answer.body()


def _open_review(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.base}/desk/review")
    _ready(page)


def _ready(page: Page) -> None:
    page.wait_for_selector("#review[data-ready]")


def _type_and_choose(page: Page, name: str) -> None:
    """As somebody types who knows the keyboard; the field has the focus already."""
    page.keyboard.type(name, delay=40)
    expect(page.locator(".matches button").first).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _counts(page: Page) -> dict[str, int]:
    names = ("in", "filed", "review", "blank", "rejected")
    numbers = page.locator(".tiles strong").all_inner_texts()
    return dict(zip(names, map(int, numbers), strict=True))


def _wait_until_filed(page: Page, batch: str) -> None:
    """Half a minute: so long the last answer could be taken back."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        page.goto(re.sub(r"\?.*", "", batch))
        if _counts(page)["review"] == 0:
            return
        time.sleep(1)
    raise AssertionError(f"not filed: {_counts(page)}")
