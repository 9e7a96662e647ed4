"""Documents that are only read, and what each page is called."""

import re
from html import unescape

import pytest

from forms.document import load
from intake.documents.texts import READING
from tests.web.family.conftest import Product

WORDS = {"data-use": "data_use", "privacy": "privacy_posting"}
TEXTS = [(word, code) for word, name in WORDS.items() for code in load(name).complete_languages()]


def test_every_document_that_is_only_read_has_its_address() -> None:
    assert set(WORDS.values()) == set(READING)


@pytest.mark.parametrize(("word", "code"), TEXTS)
def test_a_document_is_read_whole_with_its_english(product: Product, word: str, code: str) -> None:
    page = product.app.test_client().get(f"/{code}/read/{word}")
    assert page.status_code == 200
    shown = " ".join(unescape(re.sub("<[^>]+>", " ", page.text)).split())
    facts = re.compile(r"\{\w+\}")
    for text in (load(WORDS[word]).text(code), load(WORDS[word]).text("en")):
        for block in text.blocks:
            for part in facts.split(block.text):
                assert " ".join(part.split()) in shown
        for group in text.element_groups:
            assert group.purpose in shown
            assert all(element.label in shown for element in group.elements)


@pytest.mark.parametrize(("word", "code"), TEXTS)
def test_a_document_can_be_printed(product: Product, word: str, code: str) -> None:
    pdf = product.app.test_client().get(f"/{code}/read/{word}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")


@pytest.mark.parametrize("path", ["/en/read/nothing", "/en/read/ferpa_waiver", "/xx/read/privacy"])
def test_there_is_no_other_document_to_read(product: Product, path: str) -> None:
    assert product.app.test_client().get(path).status_code == 404


def test_every_page_links_to_what_can_be_read_in_its_language(product: Product) -> None:
    page = product.app.test_client().get("/en/").text
    for word, name in WORDS.items():
        assert f'href="/en/read/{word}"' in page
        assert load(name).text("en").title in page


def test_each_page_says_in_its_title_what_it_is(product: Product) -> None:
    client = product.app.test_client()
    titles = [
        re.search("<title>(.*?)</title>", client.get(path).text)
        for path in ("/en/", "/en/revoke/", "/en/read/data-use", "/en/read/privacy")
    ]
    assert len({title and title[1] for title in titles}) == len(titles)
