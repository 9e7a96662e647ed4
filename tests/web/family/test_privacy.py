"""What never leaves a family's page: in logs, addresses, headers, caches."""

import logging

import pytest

from tests.web.family.conftest import Product

PERSONAL = ("Sarah", "Johnson", "8015550142", "801-555-0142", "Emma", "2016-04-12")


def test_nothing_that_identifies_a_person_is_logged(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    family = product.family().invited().until("code")
    code = family.code
    family.send(code="000000")
    family.until("sign")
    family.send(method="drawn", signature="x" * 400_000)
    family.invited()
    family.until("done")
    receipt = family.receipt_code
    family.open("/en/receipt/wrong")
    family.open(f"/en/receipt/{receipt}/copy.pdf")
    family.open(f"/en/receipt/{receipt}")
    token = family.token()
    family.send()
    signing = family.signing_id
    family.until("done")

    secrets = (
        *PERSONAL, code, receipt, product.links["S-1001"], token, signing, family.receipt_code,
    )  # fmt: skip
    assert all(secrets)
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_nothing_that_a_family_types_without_a_link_is_logged(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    family = product.family()
    family.open("/en/")
    family.until("student").send(student_name="Emma Johnson", school_id="Sarah")
    family.until("contact").send(contact_kind="email", email="sarah.johnson@@example")
    family.until("done", contact_kind="email", email="sarah.johnson@example.org")
    family.open("/en/Emma")
    family.open("/en/receipt/Sarah/copy.pdf")

    secrets = (*PERSONAL, "sarah.johnson", family.page.request.path)
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_no_address_holds_what_a_family_typed(product: Product) -> None:
    family = product.family()
    family.open("/en/")
    addresses = []
    for step in ("student", "signer", "contact", "code", "esign", "decide", "sign", "check"):
        family.until(step)
        addresses.append(family.page.request.url)
    family.until("done")
    addresses.append(family.page.request.url)

    assert [a for a in addresses if any(word in a for word in PERSONAL)] == []


def test_an_error_of_ours_shows_no_details_and_logs_no_text(
    product: Product, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_values: object) -> None:
        raise RuntimeError("Sarah Johnson")

    monkeypatch.setattr("intake.web.family.closing_routes.submit_waiver", fail)
    family = product.family("ar").invited().until("check")

    family.send()

    assert family.page.status_code == 500
    assert '<html lang="ar"' in family.page.text
    assert "Sarah" not in family.page.text
    assert "RuntimeError" in caplog.text
    assert "Sarah" not in caplog.text


@pytest.mark.parametrize("path", ["/", "/en/", "/ar/revoke/", "/xx/", "/en/receipt/x", "/desk/"])
def test_every_page_forbids_scripts_framing_sniffing_and_caching(
    product: Product, path: str
) -> None:
    page = product.family().open(path)

    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert " onclick=" not in page.text


def test_cookies_are_kept_from_scripts_and_other_sites(product: Product) -> None:
    family = product.family().invited()
    cookie = family.http.get_cookie("intake")

    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
