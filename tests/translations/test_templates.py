"""Nothing that a family reads on a page stays outside the catalogues."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from translations import languages
from translations.catalogues import KEYWORDS

TEMPLATES = Path(__file__).parents[2] / "intake" / "web" / "templates"
PAGES = sorted([*TEMPLATES.glob("family/*.html"), *TEMPLATES.glob("*.html")])
SCRIPTS = {language.script for language in languages().values()}
ENGLISH_FOR_EVERYBODY = {
    "picker.html": {"Language", "Choose your language"},  # before any language is chosen
    "macros.html": {"English text"},  # opens the English text
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_sentence_of_a_page_can_be_translated(page: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(page.read_text())
    collected = {
        id(call.args[0])
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in KEYWORDS and call.args
    }
    loose = [
        const.value
        for const in tree.find_all(nodes.Const)
        if isinstance(const.value, str) and id(const) not in collected and _reads(const.value)
    ]
    assert loose == []
    assert _written(page.read_text()) <= ENGLISH_FOR_EVERYBODY.get(page.name, set())


def _reads(text: str) -> bool:
    return text not in SCRIPTS and re.search(r"^[A-Z][a-z]|[a-z] [a-z]", text) is not None


def _written(template: str) -> set[str]:
    """What stands between the tags of the page itself."""
    without_code = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", template, flags=re.DOTALL)
    lines = re.sub(r"<[^>]*>", "\n", without_code).splitlines()
    return {line.strip() for line in lines if re.search(r"[A-Za-z]{2,}", line) and '="' not in line}
