"""Taking permission back: from the receipt, by its code, or with the student's details."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.consents.model import Revocation
from intake.consents.states import Assurance, ConsentState
from pdf.verify import verify
from tests.web.family.conftest import Family, Product

SIGNED = {"method": "typed", "typed_name": "Sarah Johnson", "typed_agree": "y"}


def revoke_by_receipt(product: Product, code: str, language: str = "en") -> Family:
    """From the receipt's page to the end."""
    family = product.family(language)
    family.open(f"/{language}/receipt/{code}")
    family.send()
    return family.until("done")


def test_the_receipt_leads_to_a_sealed_letter_and_decisions_deny(product: Product) -> None:
    code = product.family().signed().receipt_code

    family = revoke_by_receipt(product, code)

    assert "Your permission is taken back" in family.page.text
    assert product.consents()[0].state is ConsentState.REVOKED
    letter = family.open(f"/en/receipt/{family.receipt_code}/copy.pdf").data
    assert verify(letter, trusted=[product.installation.certificate]).trusted


def test_the_receipts_code_is_enough_on_the_public_page(product: Product) -> None:
    code = product.family().signed().receipt_code
    family = product.family("es")
    family.open("/es/revoke/")

    family.send(receipt_code=f" {code.lower().replace('-', ' ')} ")
    assert code in family.page.text
    family.send()
    family.until("done")
    assert product.consents()[0].state is ConsentState.REVOKED


def test_the_letter_is_in_the_language_of_the_page(product: Product) -> None:
    code = product.family("en").signed().receipt_code

    revoke_by_receipt(product, code, "ksw")

    with product.database.read() as session:
        assert session.scalars(select(Revocation.language)).one() == "ksw"


def test_details_and_a_contact_on_record_are_enough(product: Product) -> None:
    product.family().signed()
    family = product.family()
    family.open("/en/revoke/")
    family.send(details="1")

    family.until("done")

    assert product.consents()[0].state is ConsentState.REVOKED


def test_details_and_a_strangers_phone_are_not(product: Product) -> None:
    product.family().signed()
    family = product.family()
    family.open("/en/revoke/")
    family.send(details="1")
    family.until("contact")
    family.send(contact_kind="phone", phone="801-555-0177")
    family.send(code=family.code)

    assert family.page.status_code == 403
    assert "front desk" in family.page.text
    refused_at = family.page.request.path
    for step in ("letter", "sign", "check", "done", "code"):
        assert family.open(refused_at.replace("/code", f"/{step}")).status_code == 403, step
    assert product.consents()[0].state is ConsentState.ACTIVE


def test_a_stranger_can_not_learn_from_details_whether_a_student_has_a_waiver(
    product: Product,
) -> None:
    product.family().signed()
    pages = []
    for name in ("Emma Johnson", "Nobody Known"):
        family = product.family()
        family.open("/en/revoke/")
        family.send(details="1")
        family.until("contact", student_name=name)
        family.send(contact_kind="phone", phone="801-555-0177")
        family.send(code=family.code)
        assert family.page.status_code == 403
        pages.append(family.page.text.replace(family.page.request.path.split("/")[3], "ID"))
    assert pages[0] == pages[1]


def test_a_stranger_who_signs_can_not_take_back_what_a_parent_signed(product: Product) -> None:
    parents = product.family().signed().receipt_code
    stranger = product.family()
    stranger.open("/en/")
    stranger.until("done", phone="801-555-0177")
    own = stranger.receipt_code

    page = stranger.open(f"/en/receipt/{own}")
    assert 'method="post"' not in page.text
    stranger.open("/en/revoke/")
    stranger.send_to(f"/en/receipt/{own}")
    assert stranger.page.status_code == 403
    stranger.open("/en/revoke/")
    stranger.send(details="1")
    stranger.until("contact")
    stranger.send(contact_kind="phone", phone="801-555-0177")
    stranger.send(code=stranger.code)
    assert stranger.page.status_code == 403
    assert "front desk" in stranger.page.text

    states = {consent.assurance: consent.state for consent in product.consents()}
    assert states[Assurance.ON_RECORD_CONTACT] is ConsentState.ACTIVE
    revoke_by_receipt(product, parents)
    assert {consent.state for consent in product.consents()} == {ConsentState.REVOKED}


@pytest.mark.parametrize("way", ["receipt", "details"])
def test_a_signer_whom_nobody_has_confirmed_can_take_back_their_own(
    product: Product, way: str
) -> None:
    family = product.family()
    family.open("/en/")
    family.until("done", phone="801-555-0177")
    if way == "receipt":
        revoke_by_receipt(product, family.receipt_code)
    else:
        family.open("/en/revoke/")
        family.send(details="1")
        family.until("done", phone="801-555-0177")

    assert [consent.state for consent in product.consents()] == [ConsentState.REVOKED]


def test_details_with_nothing_signed_say_so_to_a_contact_on_record(product: Product) -> None:
    family = product.family()
    family.open("/en/revoke/")
    family.send(details="1")
    family.until("contact")
    family.send(contact_kind="phone", phone="801-555-0142")
    family.send(code=family.code)

    assert family.page.status_code == 409
    assert "no permission that could be taken back" in family.page.text


def test_a_revocations_receipt_takes_nothing_back(product: Product) -> None:
    family = revoke_by_receipt(product, product.family().signed().receipt_code)
    own = family.receipt_code

    page = family.open(f"/en/receipt/{own}")
    assert page.status_code == 200
    assert 'method="post"' not in page.text
    family.open("/en/revoke/")
    family.send_to(f"/en/receipt/{own}")
    assert family.page.status_code == 404


def test_revoking_twice_says_when_it_was_taken_back(product: Product) -> None:
    code = product.family().signed().receipt_code
    revoke_by_receipt(product, code)

    again = product.family()
    again.open(f"/en/receipt/{code}")
    assert "was taken back" in again.page.text
    assert 'method="post"' not in again.page.text

    details = product.family()
    details.open("/en/revoke/")
    details.send(details="1")
    details.until("contact")
    details.send(contact_kind="phone", phone="801-555-0142")
    details.send(code=details.code)
    assert details.page.status_code == 409
    assert "was taken back before" in details.page.text


def test_two_browsers_revoking_at_once_make_one_revocation(product: Product) -> None:
    code = product.family().signed().receipt_code
    families = [product.family(), product.family()]
    for family in families:
        family.open(f"/en/receipt/{code}")
        family.send()
        family.until("check")
    for family in families:
        family.send()

    assert families[0].step == "done"
    assert families[1].page.status_code == 409
    with product.database.read() as session:
        assert len(session.scalars(select(Revocation)).all()) == 1


def test_pressing_take_back_twice_makes_one_revocation(product: Product) -> None:
    code = product.family().signed().receipt_code
    family = product.family()
    family.open(f"/en/receipt/{code}")
    family.send()
    family.until("check")
    path, data = family.page.request.path, {"csrf_token": family.token()}

    first = family.http.post(path, data=data, follow_redirects=True)
    second = family.http.post(path, data=data, follow_redirects=True)

    assert first.text == second.text
    assert first.status_code == 200


@pytest.mark.parametrize("code", ["7K3M-Q2XV-9T4B-HD8R", "x", "0" * 400, "%F0%9F%92%A9", "..."])
def test_a_receipt_that_is_none_says_so(product: Product, code: str) -> None:
    for path in (f"/en/receipt/{code}", f"/en/receipt/{code}/copy.pdf"):
        page = product.family().open(path)
        assert page.status_code == 404
        assert "find this receipt" in page.text


def test_a_mistyped_receipt_code_stays_in_the_field(product: Product) -> None:
    family = product.family()
    family.open("/en/revoke/")

    family.send(receipt_code="7K3M-Q2XV")

    assert family.page.status_code == 422
    assert 'value="7K3M-Q2XV"' in family.page.text
    assert "16 letters and digits" in family.page.text


def test_from_eighteen_on_a_parent_can_not_take_back(product: Product) -> None:
    code = product.family().signed(
        "S-1005", relationship="eligible_student", signer_name="Ayaan Cabdi Warsame",
        phone="8015550146",
    ).receipt_code  # fmt: skip
    family = product.family()
    family.open(f"/en/receipt/{code}")
    family.send()
    family.send(relationship="parent", signer_name="Cabdi Warsame")

    assert family.page.status_code == 422
    assert "Only the student" in family.page.text
    assert product.consents()[0].state is ConsentState.ACTIVE


def test_a_refusal_after_a_yes_takes_it_back(product: Product) -> None:
    product.family().signed()
    family = product.family()
    family.open("/en/")
    family.until("done", decision="no")

    states = {consent.granted: consent.state for consent in product.consents()}
    assert states[True] is ConsentState.REVOKED
    assert states[False] is ConsentState.DECLINED


def test_a_damaged_copy_is_never_handed_out(product: Product) -> None:
    family = product.family().signed()
    root = product.installation.settings.storage_url.removeprefix("file://")
    damage(root)

    page = family.open(f"/en/receipt/{family.receipt_code}/copy.pdf")

    assert page.status_code == 500
    assert page.mimetype == "text/html"
    assert "ask the school for your copy" in page.text


def damage(root: str) -> None:
    """Turn one bit of every stored document."""
    for file in Path(root).rglob("*"):
        if file.is_file():
            data = bytearray(file.read_bytes())
            data[len(data) // 2] ^= 1
            file.chmod(0o600)
            file.write_bytes(data)


def test_a_session_that_is_too_old_says_to_begin_again(product: Product) -> None:
    family = product.family().invited().until("sign")
    address = family.page.request.path
    product.clock.forward(timedelta(days=90))

    page = family.open(address)

    assert page.status_code == 404
    assert "begin again" in page.text
