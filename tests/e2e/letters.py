"""Whether a page's letters are drawn by the font that we send for them, and none as a box."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from playwright.sync_api import Page

from translations import language as registered

FONTS = Path(__file__).parents[2] / "intake" / "web" / "static" / "fonts"
SENT = {
    "Mymr": ("Noto Sans Myanmar", "noto-sans-myanmar-core-400", (0x1000, 0x109F)),
    "Arab": ("Vazirmatn", "vazirmatn-arabic-400", (0x0600, 0x06FF)),
    "Deva": ("Noto Sans Devanagari", "noto-sans-devanagari-devanagari-400", (0x0900, 0x097F)),
}
"""Family, file and block of each script that phones may have no font for."""
_MARK = """
([first, last]) => [...document.querySelectorAll("main *")].filter(element => {
  const own = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
    .map(node => node.data).join("");
  const inside = [...own].some(c => c.codePointAt(0) >= first && c.codePointAt(0) <= last);
  const written = inside && element.checkVisibility() && !element.closest("select");
  element.toggleAttribute("data-written", written);
  return written;
}).map(element => element.textContent).join("")
"""


def check_letters(page: Page, code: str) -> None:
    """Every letter of the page's own script is in the font we send, and drawn by it."""
    script = registered(code).script
    if script not in SENT:
        return
    family, file, block = SENT[script]
    written = page.evaluate(_MARK, list(block))
    assert written
    lacking = {c for c in written if block[0] <= ord(c) <= block[1]} - _covered(file)
    assert lacking == set()
    client = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        client.send(f"{domain}.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    found = client.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-written]"})
    for node in found["nodeIds"]:
        fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        sent = [font for font in fonts if font["isCustomFont"]]
        assert [font["familyName"] for font in sent if family in font["familyName"]], fonts
    client.detach()


@cache
def _covered(file: str) -> set[str]:
    return {chr(code) for code in TTFont(FONTS / f"{file}.woff2").getBestCmap()}
