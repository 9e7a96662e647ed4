"""Reading aloud in a browser: only by a voice of the page's own language, or by recordings."""

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Demo

pytestmark = pytest.mark.browser

_VOICES = """
window.spoken = [];
const voices = %s;
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices,
  speak: utterance => {
    window.spoken.push([utterance.voice.lang, utterance.text]);
    setTimeout(() => utterance.onend(), 1);
  },
  cancel: () => {},
  addEventListener: () => {},
} });
"""


def phone_with(browser: Browser, voices: str) -> Page:
    """A phone that has these voices."""
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.add_init_script(_VOICES % voices)
    return page


def test_a_voice_of_the_language_reads_every_block_in_order(demo: Demo, browser: Browser) -> None:
    page = phone_with(
        browser, '[{lang: "es-MX", localService: true, name: "Paulina", voiceURI: ""}]'
    )
    page.goto(f"{demo.base}/es/")
    page.click(".listen button")
    page.locator('.listen button[aria-pressed="false"]').wait_for()
    blocks = page.locator(".legal[data-language] [data-spoken]").all_inner_texts()
    assert len(blocks) > 5
    assert page.evaluate("window.spoken") == [["es-MX", text] for text in blocks]


@pytest.mark.parametrize(
    "voice",
    [
        '{lang: "en-US", localService: true, name: "Samantha", voiceURI: ""}',
        '{lang: "es-ES", localService: false, name: "Online", voiceURI: ""}',
        '{lang: "es", localService: true, name: "eSpeak Spanish", voiceURI: "espeak"}',
    ],
)
def test_no_other_voice_is_offered(demo: Demo, browser: Browser, voice: str) -> None:
    page = phone_with(browser, f"[{voice}]")
    page.goto(f"{demo.base}/es/")
    assert page.locator(".listen").is_hidden()


def test_listening_stops_at_a_press(demo: Demo, browser: Browser) -> None:
    page = phone_with(browser, '[{lang: "es", localService: true, name: "P", voiceURI: ""}]')
    page.add_init_script("window.speechSynthesis.speak = () => {};")
    page.goto(f"{demo.base}/es/")
    button = page.locator(".listen button")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator(".speaking").count() == 1
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert page.locator(".speaking").count() == 0
