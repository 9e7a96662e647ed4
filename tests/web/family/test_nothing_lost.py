"""Reloads, second taps, tabs, phones and second thoughts: nothing lost, never two consents."""

from concurrent.futures import ThreadPoolExecutor

from intake.consents.states import ConsentState
from tests.web.family.conftest import Product


def test_two_taps_at_the_same_moment_make_one_consent(product: Product) -> None:
    family = product.family().invited().until("check")
    path, token = family.page.request.path, family.token()
    cookie = family.http.get_cookie("intake")
    assert cookie is not None

    def tap(_: int) -> tuple[int, str]:
        http = product.app.test_client()
        http.set_cookie("intake", cookie.value)
        answer = http.post(path, data={"csrf_token": token})
        return answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(4) as taps:
        answers = set(taps.map(tap, range(4)))

    assert answers == {(303, path.replace("/check", "/done"))}
    assert len(product.consents()) == 1


def test_pressing_send_twice_makes_one_consent_and_shows_one_receipt(product: Product) -> None:
    family = product.family().invited().until("check")
    path, token = family.page.request.path, family.token()

    first = family.http.post(path, data={"csrf_token": token}, follow_redirects=True)
    second = family.http.post(path, data={"csrf_token": token}, follow_redirects=True)

    assert first.request.path == second.request.path
    assert first.text == second.text
    assert len(product.consents()) == 1


def test_two_tabs_on_one_link_make_one_consent(product: Product) -> None:
    family = product.family()
    family.invited().until("check")
    check = family.page.request.path
    family.invited()  # the second tab
    assert family.signing_id == check.split("/")[3]
    family.until("done")

    family.open(check)
    assert family.step == "done"
    assert len(product.consents()) == 1


def test_two_phones_on_one_link_make_one_consent(product: Product) -> None:
    mother, father = product.family(), product.family()
    mother.invited().until("check")
    father.invited().until("check")
    mother.send()
    father.send()

    assert mother.step == "done"
    assert father.page.status_code == 409
    assert "answered already" in father.page.text
    assert len(product.consents()) == 1


def test_a_reload_and_a_dropped_line_lose_nothing(product: Product) -> None:
    family = product.family().invited().until("decide")
    address = family.page.request.path

    assert family.open(address).status_code == 200
    assert family.invited().step == "about"
    assert family.signing_id == address.split("/")[3]
    assert family.open(address).status_code == 200
    family.open(address.replace("/decide", "/signer"))
    assert 'value="Sarah Johnson"' in family.page.text


def test_jumping_ahead_leads_back_to_the_first_open_question(product: Product) -> None:
    family = product.family().invited().until("signer")
    address = family.page.request.path

    for step in ("decide", "sign", "check", "done"):
        family.open(address.replace("/signer", f"/{step}"))
        assert family.step == "signer", step


def test_going_back_changes_an_answer_and_keeps_the_others(product: Product) -> None:
    family = product.family().invited().until("check")
    check = family.page.request.path
    family.open(check.replace("/check", "/decide"))
    assert 'value="yes" checked' in family.page.text
    family.send(decision="no")

    assert family.page.request.path == check
    assert "No: do not share" in family.page.text
    assert "Sarah Johnson" in family.page.text
    family.until("done")
    assert product.consents()[0].state is ConsentState.DECLINED


def test_a_signature_is_forgotten_when_somebody_else_signs(product: Product) -> None:
    family = product.family().invited().until("check")
    check = family.page.request.path
    family.open(check.replace("/check", "/signer"))
    family.send(relationship="guardian", signer_name="Grandmother Johnson")

    family.open(check)
    assert family.step == "sign"
    assert 'value="Sarah Johnson"' not in family.page.text
    family.until("done", typed_name="Grandmother Johnson")
    assert product.consents()[0].signer_name == "Grandmother Johnson"


def test_what_is_sent_has_been_shown_in_the_language_it_is_signed_in(product: Product) -> None:
    family = product.family("en").invited().until("check")
    check = family.page.request.path.replace("/en/", "/es/")

    family.open(check)
    shown = []
    while family.step != "check":
        shown.append(family.step)
        assert '<html lang="es"' in family.page.text
        family.answer()
    assert shown == ["about", "shared", "esign", "decide", "sign"]
    family.until("done")
    assert product.consents()[0].language == "es"


def test_a_form_that_is_sent_in_another_language_than_was_read_signs_nothing(
    product: Product,
) -> None:
    family = product.family("en").invited().until("check")

    family.send_to(family.page.request.path.replace("/en/", "/ar/"))

    assert family.step == "about"
    assert product.consents() == []


def test_brothers_and_sisters_sign_side_by_side_on_one_phone(product: Product) -> None:
    family = product.family().invited("S-1001").until("sign")
    first = family.page.request.path
    family.invited("S-1002").until("done", signer_name="Lucía Ruiz Peña", phone="801-555-0143")

    family.open(first)
    assert family.step == "sign"
    family.until("done")
    assert len({consent.student_id for consent in product.consents()}) == 2


def test_another_phone_number_must_be_proven_again(product: Product) -> None:
    family = product.family().invited().until("esign")
    family.open(family.page.request.path.replace("/esign", "/contact"))
    family.send(contact_kind="phone", phone="801-555-0199")
    family.open(family.page.request.path.rsplit("/", 1)[0] + "/check")

    assert family.step == "code"


def test_a_used_link_says_that_it_was_answered(product: Product) -> None:
    family = product.family().signed()
    token = product.links["S-1001"]

    again = product.family().open(f"/en/i/{token}")

    assert again.status_code == 409
    assert "answered already" in again.text
    assert family.receipt_code not in again.text
