"""Addresses, links and headers that no family sends."""

from datetime import timedelta

import pytest

from tests.web.family.conftest import Product


@pytest.mark.parametrize(
    "path",
    ["/xx/", "/fa/", "/EN/", "/en/nowhere", "/en/waiver/x/sign", "/en/fly/x/sign", "/%00/", "/.."],
)
def test_an_address_that_is_no_page_says_so(product: Product, path: str) -> None:
    page = product.family().open(path)

    assert page.status_code == 404
    assert "<h1>" in page.text
    assert "Choose a language" in page.text or "begin again" in page.text


def test_a_missing_page_is_said_in_the_language_of_its_address(product: Product) -> None:
    assert '<html lang="ar" dir="rtl"' in product.family().open("/ar/nowhere").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "ar;q=0.8, *;q=" + "9" * 5_000},
        {"Accept-Language": "\x7f;;;q=q,,en-"},
        {"X-Forwarded-For": "1.2.3.4, <script>"},
        {"X-Forwarded-Host": "evil.example"},
        {"Cookie": "intake=" + "x" * 3_000},
        {"Cookie": "intake=eyJhIjoxfQ.forged.signature"},
        {"Range": "bytes=0-1"},
        {"If-None-Match": '"x"'},
    ],
)
def test_hostile_headers_change_nothing(product: Product, headers: dict[str, str]) -> None:
    family = product.family(headers=headers)

    assert family.open("/en/").status_code == 200
    assert "evil.example" not in family.page.text


def test_the_browsers_language_only_marks_a_choice(product: Product) -> None:
    page = product.family(headers={"Accept-Language": "ksw,ar;q=0.5"}).open("/")

    assert page.request.path == "/"
    marked = page.text.split('aria-current="true"')
    assert len(marked) == 2
    assert 'lang="ksw"' in marked[0].rsplit("<li>", 1)[1]


def test_an_expired_link_says_to_ask_for_a_new_one(product: Product) -> None:
    product.clock.forward(timedelta(days=61))

    page = product.family().invited().page

    assert page.status_code == 410
    assert "too old" in page.text


@pytest.mark.parametrize("token", ["x", "A" * 22, "../../etc", "%27%20OR%201", "a" * 900])
def test_a_forged_link_says_to_check_it(product: Product, token: str) -> None:
    page = product.family().open(f"/en/i/{token}")

    assert page.status_code == 404
    assert product.consents() == []
