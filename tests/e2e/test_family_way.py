"""From a link on a phone to a confirmed revocation, in every language that is complete."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from intake.demo.sample import FAMILIES as SAMPLE
from intake.documents.texts import offered_languages
from tests.e2e.conftest import INTAKE, Demo
from tests.e2e.phone import Family, TypedAnswers, check_page
from translations import language as registered

FAMILIES = {family.language: family for family in reversed(SAMPLE)}
"""The first sample family of each language."""
LANGUAGES = [language.code for language in offered_languages()]
EVERY_WAY = LANGUAGES if os.environ.get("INTAKE_EVERY_LANGUAGE") else ["ar", "ksw", "my"]
"""Each language takes 20 seconds of two cores: the whole way in three scripts on every run, in all
ten with ``INTAKE_EVERY_LANGUAGE=1``. What each page says in every language is tested without a
browser, in tests/web/family."""
PARTLY = {"my"}
"""Languages in which a part is taken back before everything is."""
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("code", EVERY_WAY)
def test_a_family_signs_keeps_its_copy_and_takes_it_back(
    code: str, demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, accept_downloads=True)
    page = context.new_page()
    family = Family(page, code, demo)
    signer = FAMILIES[code].guardian or FAMILIES[code].name

    page.goto(demo.links[code])
    family.look("about")
    family.go_on()
    family.look("shared")
    family.go_on()
    family.look("student")
    family.go_on()
    page.check("#relationship-parent")
    page.fill("#signer_name", signer)
    family.look("signer")
    family.go_on()
    page.check("#contact_kind-phone")
    page.fill("#phone", FAMILIES[code].phone.removeprefix("+1"))
    family.look("contact")
    family.go_on()
    family.look("code")
    page.fill("#code", family.code())
    family.go_on()
    family.look("esign")
    page.check("#accept")
    family.go_on()
    family.look("decide")
    page.check("#decision-yes")
    family.go_on()
    family.draw()
    family.look("sign")
    family.go_on()
    family.look("check")
    family.go_on()
    family.look("done")
    receipt = page.url
    receipt_code = page.inner_text(".code")

    pdf = family.download(tmp_path / f"{code}.pdf")
    report = _verified(pdf, demo)
    assert report["trusted"]
    assert report["record_matches"]
    assert report["record"]["notice"]["language"] == code
    assert _pdfsig_says_valid(pdf)

    _wait_until(lambda: _sharing_shows(page, demo, code), "published")

    if code in PARTLY:
        _take_back_a_part(family, receipt_code, signer, tmp_path)
    page.goto(receipt)
    page.goto(f"{demo.base}/{code}/receipt/{receipt_code}")
    family.look("receipt")
    family.go_on()
    page.check("#relationship-parent")
    page.fill("#signer_name", signer)
    family.go_on()
    page.check("#scope-everything")
    family.look("part")
    family.go_on()
    family.look("letter")
    family.go_on()
    page.check("#method-typed")
    page.fill("#typed_name", signer)
    page.check("#typed_agree")
    family.go_on()
    family.look("check-revoke")
    family.go_on()
    family.look("revoked")
    letter = family.download(tmp_path / f"{code}-revocation.pdf")
    assert _verified(letter, demo)["trusted"]

    revocation_code = page.inner_text(".code")
    status = f"{demo.base}/{code}/receipt/{revocation_code}"
    _wait_until(lambda: _shows_hidden(page, status), "identity hidden")
    context.close()


def test_the_picker_is_light_and_shows_each_language_in_its_own_name(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{demo.base}/", wait_until="networkidle")
    check_page(page)
    assert {page.inner_text(f"a[lang={code}]") for code in LANGUAGES} == {
        registered(code).endonym for code in LANGUAGES
    }
    assert sum(sizes) <= 100 * 1024
    for code in LANGUAGES:
        sizes.clear()
        page.goto(f"{demo.base}/{code}/", wait_until="networkidle")
        assert sum(sizes) <= 100 * 1024, code
    context.close()


def test_a_family_without_javascript_can_sign_by_typing_its_name(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    noor = TypedAnswers(
        student="Noor Karim", day="٣", month="4", year="2015",
        school="Riverside Elementary School", relationship="guardian", signer="Amina Karim",
        email="amina.karim@example.org",
    )  # fmt: skip
    Family(page, "en", demo).answer_without_a_link(noor)
    assert "nothing is shared" in page.inner_text("main").lower()
    context.close()


def _take_back_a_part(family: Family, receipt_code: str, signer: str, folder: Path) -> None:
    page, code, demo = family.page, family.code_of_language, family.demo
    page.goto(f"{demo.base}/{code}/receipt/{receipt_code}")
    family.go_on()
    page.check("#relationship-parent")
    page.fill("#signer_name", signer)
    family.go_on()
    page.check("#scope-part")
    family.go_on()
    family.look("part-nothing-ticked")
    page.check("#elements-gpa")
    page.check("#partner_classes-health_care_providers")
    family.go_on()
    family.look("part-letter")
    family.go_on()
    page.check("#method-typed")
    page.fill("#typed_name", signer)
    page.check("#typed_agree")
    family.go_on()
    family.look("part-check")
    family.go_on()
    family.look("part-done")
    report = _verified(family.download(folder / f"{code}-part.pdf"), demo)
    assert report["record"]["taken_back"] == {
        "elements": ["gpa"],
        "partner_classes": ["health_care_providers"],
    }
    status = f"{demo.base}/{code}/receipt/{page.inner_text('.code')}"
    _wait_until(lambda: _shows_hidden(page, status), "confirmed")
    page.goto(f"{demo.base}/{code}/receipt/{receipt_code}")
    family.look("part-receipt")


def _sharing_shows(page: Page, demo: Demo, code: str) -> bool:
    other = page.context.new_page()
    other.goto(demo.sharing)
    shown = FAMILIES[code].name in other.inner_text("body")
    other.close()
    return shown


def _shows_hidden(page: Page, url: str) -> bool:
    page.goto(url)
    return page.locator(".status bdi").count() == 1


def _wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.5)
    raise AssertionError(f"never: {what}")


def _verified(pdf: Path, demo: Demo) -> dict[str, Any]:
    """What ``intake pdf verify`` says of an intact document."""
    certificate = demo.folder / "seal-certificate.pem"
    result = subprocess.run(
        [*INTAKE, "pdf", "verify", str(pdf), "--certificate", str(certificate), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["intact"]
    return report


def _pdfsig_says_valid(pdf: Path) -> bool:
    result = subprocess.run(
        [shutil.which("pdfsig") or "pdfsig", str(pdf)], capture_output=True, text=True, check=False
    )
    return "Signature is Valid" in result.stdout
