"""One-time codes, as a family and as somebody who guesses meets them."""

from datetime import timedelta

import pytest

from intake.messages.model import StopChannel
from intake.messages.optouts import stop
from tests.messages.conftest import PHONE
from tests.web.family.conftest import Family, Product


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


def test_a_phone_that_has_sent_stop_is_told_why_no_code_comes(product: Product) -> None:
    family = product.family("ksw").invited().until("contact")
    with product.database.begin() as session:
        stop(session, PHONE, channel=StopChannel.SMS, word="stop", at=product.clock.at)

    family.until("code")

    assert "STOP" in family.page.text
    assert "START" in family.page.text
    assert product.installation.settings.partnership_phone in family.page.text


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


def pages_alike(*families: Family) -> bool:
    """Byte by byte, but for each browser's own token and each session's own address."""
    bare = {
        family.page.text.replace(family.token(), "TOKEN").replace(family.signing_id, "ID")
        for family in families
    }
    statuses = {family.page.status_code for family in families}
    return len(bare) == len(statuses) == 1


def test_known_and_unknown_contacts_get_the_same_pages(product: Product) -> None:
    known = product.family().invited().until("contact")
    unknown = product.family().invited("S-1002").until("contact")
    families = (known, unknown)

    known.send(contact_kind="phone", phone="801-555-0142")
    unknown.send(contact_kind="phone", phone="385-555-0142")
    assert pages_alike(*families)
    for family in families:
        wrong = "111111" if family.code != "111111" else "222222"
        family.send(code=wrong)
    assert pages_alike(*families)
    for family in families:
        product.clock.forward(timedelta(seconds=11))
        family.send(resend="1")
    assert pages_alike(*families)
    for family in families:
        family.answer()
    assert pages_alike(*families)


def test_a_contact_gets_no_more_codes_however_many_browsers_ask(product: Product) -> None:
    for _ in range(5):
        product.family().invited().until("code", phone="801-555-0177")

    family = product.family().invited().until("contact")
    family.send(contact_kind="phone", phone="801 555 0177")
    assert family.page.status_code == 429
    assert int(family.page.headers["Retry-After"]) > 0

    product.clock.forward(timedelta(hours=1, seconds=1))
    family.invited().until("done")
    assert len(product.consents()) == 1


def test_a_code_proves_nothing_in_another_browser_or_for_another_contact(
    product: Product,
) -> None:
    mother = product.family().invited().until("code")
    stranger = product.family().invited().until("code")
    code = mother.code

    if code != stranger.code:
        stranger.send(code=code)
        assert stranger.page.status_code == 422
        assert stranger.step == "code"
    mother.open(mother.page.request.path.replace("/code", "/contact"))
    mother.send(contact_kind="phone", phone="801-555-0199")
    mother.send(code=code)
    assert mother.step == "code"


def test_a_code_is_right_once_and_going_back_asks_for_no_other(product: Product) -> None:
    family = product.family().invited().until("code")
    page, code = family.page.request.path, family.code
    family.send(code=code)
    assert family.step == "esign"

    assert family.open(page).request.path.endswith("/esign")
    family.open(page.replace("/code", "/contact"))
    family.send(contact_kind="phone", phone="801-555-0142")
    assert family.step == "esign"


def test_a_second_tap_sends_no_second_code(product: Product) -> None:
    family = product.family().invited().until("code")
    first = family.code

    family.send(resend="1")
    assert family.code == first
    product.clock.forward(timedelta(seconds=11))
    family.send(resend="1")
    family.send(code=family.code)
    assert family.step == "esign"
