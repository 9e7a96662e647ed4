"""Addresses, links and headers that no family sends."""

from datetime import timedelta

import pytest

from tests.web.family.conftest import Product


@pytest.mark.parametrize(
    "path",
    ["/xx/", "/tlh/", "/EN/", "/en/nowhere", "/en/waiver/x/sign", "/en/fly/x/sign", "/%00/", "/.."],
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
        {"X-Forwarded-For": "," * 3_000},
        {"X-Forwarded-Proto": "https, gopher"},
        {"Host": "evil.example"},
        {"Host": "evil.example:99999"},
        {"Host": "evil.example <script>"},
        {"Origin": "https://evil.example"},
        {"Accept-Language": "x" * 60_000},
        {"Accept": "application/json"},
        {"Content-Type": "\x01"},
        {"Transfer-Encoding": "chunked"},
        {"User-Agent": "\xe9\xff"},
        {"Cookie": ";;;=;=\x7f"},
        {"Cookie": "intake=" + "A" * 200_000},
        {"Cookie": "intake=" + "x" * 3_000},
        {"Cookie": "intake=eyJhIjoxfQ.forged.signature"},
        {"Range": "bytes=0-1"},
        {"If-None-Match": '"x"'},
    ],
)
def test_hostile_headers_change_nothing(product: Product, headers: dict[str, str]) -> None:
    family = product.family(headers=headers)

    for path in ("/", "/en/", "/en/revoke/", f"/en/i/{product.links['S-1001']}"):
        first = family.http.get(path, **family.environ)
        assert first.status_code in {200, 303}, path
        assert first.headers.get("Location", "/").startswith("/")
        assert "evil" not in first.text + str(first.headers)


@pytest.mark.parametrize("path", ["/en", "/en/revoke", "/ar"])
def test_an_address_without_its_last_slash_is_the_same_page_and_trusts_no_host(
    product: Product, path: str
) -> None:
    page = product.app.test_client().get(path, headers={"Host": "evil.example"})

    assert page.status_code == 200
    assert "evil" not in page.text + str(page.headers)


def test_a_line_break_in_an_address_adds_no_header(product: Product) -> None:
    http = product.app.test_client()

    for path in ("/en/%0d%0aSet-Cookie:x=1", "/en/i/%0d%0aSet-Cookie:x=1", "/?to=%0d%0aX-Evil:1"):
        page = http.get(path)
        assert "X-Evil" not in page.headers
        assert "x=1" not in page.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "\\evil", "i/a/b"])
def test_the_language_page_leads_only_to_pages_of_ours(product: Product, wanted: str) -> None:
    page = product.family().http.get("/", query_string={"to": wanted})

    assert page.status_code == 200
    assert wanted not in page.text


def test_a_link_keeps_its_language_and_one_without_asks_for_it(product: Product) -> None:
    token = product.links["S-1002"]
    family = product.family(headers={"Accept-Language": "ksw"})

    assert '<html lang="es"' in family.open(f"/es/i/{token}").text
    asked = family.open(f"/i/{token}")
    assert f'href="/ar/i/{token}"' in asked.text
    assert asked.request.path == f"/i/{token}"


def test_the_page_is_kept_while_the_language_is_changed(product: Product) -> None:
    family = product.family().invited().until("signer")
    address = family.page.request.path

    picker = family.open("/?to=" + address.removeprefix("/en/"))

    assert f'href="{address.replace("/en/", "/ar/")}"' in picker.text


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_a_method_that_no_form_has_gets_a_page(product: Product, method: str) -> None:
    page = getattr(product.family().http, method)("/ar/")

    assert page.status_code == 405
    assert '<html lang="ar" dir="rtl"' in page.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"signer_name": "x"}', "application/json"),
        (b"signer_name=x", "text/plain"),
        (b"xx", "multipart/form-data"),
        (b"--b\r\nbroken\r\n", "multipart/form-data; boundary=b"),
        (b"a=1&" * 20_000, "application/x-www-form-urlencoded"),
        (b"signer_name=%ff%fe%00", "application/x-www-form-urlencoded; charset=none"),
    ],
)
def test_a_body_that_is_no_form_of_ours_changes_nothing(
    product: Product, body: bytes, kind: str
) -> None:
    family = product.family().invited().until("signer")

    page = family.http.post(family.page.request.path, data=body, content_type=kind)

    assert page.status_code == 422
    assert "open for a long time" in page.text
    assert family.open(family.page.request.path).text.count(" checked") == 0


def test_too_many_parts_are_too_large(product: Product) -> None:
    family = product.family().invited().until("signer")
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'

    page = family.http.post(
        family.page.request.path,
        data=part * 2_000 + b"--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )

    assert page.status_code == 413
    assert "too large" in page.text


@pytest.mark.parametrize("path", ["%00", "..%2f..%2f..%2fetc%2fpasswd", "nothing.css"])
def test_static_files_are_only_those_that_are_there(product: Product, path: str) -> None:
    assert product.family().http.get(f"/static/{path}").status_code == 404


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
