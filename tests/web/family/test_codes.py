"""One-time codes, as a family and as somebody who guesses meets them."""

from datetime import timedelta

import pytest

from tests.web.family.conftest import Product


@pytest.mark.parametrize("code", ["000000", "12345", "", "١٢٣٤٥٦x", "abcdef", "1" * 500])
def test_a_wrong_code_is_said_so(product: Product, code: str) -> None:
    family = product.family().invited().until("code")
    if code == family.code:
        code = "999999"

    family.send(code=code)

    assert family.page.status_code == 422
    assert family.step == "code"


def test_the_code_may_be_typed_in_the_familys_own_digits(product: Product) -> None:
    family = product.family("ar").invited().until("code")
    eastern = family.code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    family.send(code=f" {eastern[:3]} {eastern[3:]} ")

    assert family.step == "esign"


def test_a_code_ends_after_ten_minutes(product: Product) -> None:
    family = product.family().invited().until("code")
    product.clock.forward(timedelta(minutes=10, seconds=1))

    family.send(code=family.code)

    assert family.page.status_code == 422
    assert "too old" in family.page.text


def test_a_code_ends_after_five_wrong_tries(product: Product) -> None:
    family = product.family().invited().until("code")
    right = family.code
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        family.send(code=wrong)

    family.send(code=right)

    assert family.page.status_code == 422
    assert "tried too often" in family.page.text


def test_asking_for_codes_without_end_is_stopped_with_a_time_to_wait(product: Product) -> None:
    family = product.family().invited().until("code")
    for _ in range(12):
        product.clock.forward(timedelta(seconds=30))
        family.send(resend="1")
        if family.page.status_code == 429:
            break

    assert family.page.status_code == 429
    assert int(family.page.headers["Retry-After"]) > 0
    assert "Minutes to wait" in family.page.text


def test_known_and_unknown_contacts_get_the_same_page(product: Product) -> None:
    known = product.family().invited()
    known.until("code", phone="801-555-0142")
    unknown = product.family().invited("S-1002")
    unknown.until("code", phone="385-555-0142")

    strange = {known.signing_id: "ID", unknown.signing_id: "ID"}
    pages = []
    for family in (known, unknown):
        text = family.page.text.replace(family.token(), "TOKEN")
        for signing, word in strange.items():
            text = text.replace(signing, word)
        pages.append(text)
    assert pages[0] == pages[1]
