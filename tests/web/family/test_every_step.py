"""What holds on each page: errors, reloads, old forms, and the language of the address."""

import pytest

from forms.messages import Message
from intake.documents.texts import offered_languages
from intake.web.wording import both
from tests.web.family.conftest import Family, Product

STEPS = (
    "shared", "student", "signer", "contact", "code", "esign", "decide", "sign", "check",
)  # fmt: skip
STALE = "open for a long time"
ENGLISH_ERRORS = {
    "student": ("Write the full name.", "Write the day, the month and the year.",
                "Choose the school from the list."),
    "signer": ("Choose who you are.", "Write the full name."),
    "contact": ("Choose text message or email.",),
    "code": ("Write the 6 digits of the code.",),
    "esign": ("To sign here, tick the box. To sign on paper instead, print the waiver.",),
    "decide": ("Choose yes or no. Either answer is fine.",),
    "sign": ("Choose how you want to sign.",),
}  # fmt: skip


def typed(product: Product, language: str = "en") -> Family:
    """A family without a personal link, after the first page: it meets every question."""
    family = product.family(language)
    family.open(f"/{language}/")
    return family.answer()


LANGUAGES = [language.code for language in offered_languages()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_question_left_open_is_said_in_the_familys_language_and_in_english(
    product: Product, language: str
) -> None:
    family = typed(product, language)

    for step, errors in ENGLISH_ERRORS.items():
        family.until(step).send()
        assert family.page.status_code == 422, step
        assert family.step == step
        assert f'<html lang="{language}"' in family.page.text
        for error in errors:
            assert (
                in_both_languages(product, family.page.request.path, error) in family.page.text
            ), step


def in_both_languages(product: Product, path: str, english: str) -> str:
    """How the page says it: in its language, with English under it."""
    with product.app.test_request_context(path):
        product.app.preprocess_request()
        return str(both(Message(english)))


def test_each_page_can_be_loaded_again(product: Product) -> None:
    family = typed(product)

    for step in (*STEPS, "done"):
        address = family.until(step).page.request.path
        first = family.open(address)
        second = family.open(address)
        assert first.status_code == second.status_code == 200, step
        assert first.text == second.text, step
    assert len(product.consents()) == 1


def test_each_answer_is_still_there_when_one_goes_back(product: Product) -> None:
    family = typed(product).until("check")
    check = family.page.request.path
    kept = {
        "student": ('value="Emma Johnson"', 'value="12"', 'value="4" selected', 'value="2016"'),
        "signer": ('value="parent" checked', 'value="Sarah Johnson"'),
        "contact": ('value="phone" checked', 'value="801-555-0142"'),
        "esign": ('value="y" checked',),
        "decide": ('value="yes" checked',),
        "sign": ('value="typed" checked', 'value="Sarah Johnson"'),
    }

    for step, fields in kept.items():
        page = family.open(check.replace("/check", f"/{step}"))
        assert page.status_code == 200, step
        assert [field for field in fields if field not in page.text] == [], step
    assert family.open(check).request.path == check


@pytest.mark.parametrize("token", ["", "forged", "##" + "0" * 40])
def test_a_form_with_a_wrong_token_changes_nothing_and_can_be_sent_again(
    product: Product, token: str
) -> None:
    family = typed(product)

    for step in STEPS:
        family.until(step).send(csrf_token=token)
        assert family.page.status_code == 422, step
        assert STALE in family.page.text, step
        assert family.step == step
    assert product.consents() == []
    family.until("done")
    assert len(product.consents()) == 1


def test_a_form_with_a_wrong_token_keeps_what_was_typed(product: Product) -> None:
    family = product.family().invited().until("signer")

    family.send(relationship="guardian", signer_name="Naw Mu", csrf_token="forged")

    assert STALE in family.page.text
    assert 'value="Naw Mu"' in family.page.text
    assert 'value="guardian" checked' in family.page.text


def test_a_form_of_another_browser_changes_nothing(product: Product) -> None:
    stranger = product.family().invited("S-1002")
    family = product.family().invited().until("check")

    family.send(csrf_token=stranger.token())

    assert family.page.status_code == 422
    assert product.consents() == []


def test_the_confirmation_of_the_student_asks_again_when_its_token_is_old(
    product: Product,
) -> None:
    family = product.family().invited().until("student")

    family.send(csrf_token="")

    assert family.page.status_code == 422
    assert STALE in family.page.text
    assert "E••• J•••" in family.page.text
    assert "Johnson" not in family.page.text, "a stranger may have the link"


@pytest.mark.parametrize("press", [{"resend": "1"}, {}])
def test_an_old_form_of_the_code_page_sends_nothing(
    product: Product, press: dict[str, str]
) -> None:
    family = product.family().invited().until("code")
    before = product.last_message(family.signing_id)

    family.send(csrf_token="", **press)

    assert family.page.status_code == 422
    assert STALE in family.page.text
    assert product.last_message(family.signing_id) == before


def test_old_forms_of_the_public_pages_ask_again(product: Product) -> None:
    code = product.family().signed().receipt_code
    family = product.family()

    for path, values in (
        ("/en/", {}),
        ("/en/revoke/", {"details": "1"}),
        ("/en/revoke/", {"receipt_code": code}),
        (f"/en/receipt/{code}", {}),
    ):
        family.open(path)
        family.send(csrf_token="", **values)
        assert family.page.status_code == 422, path
        assert family.page.request.path == path
        assert STALE in family.page.text, path


def test_a_form_that_is_sent_again_after_signing_leads_to_the_receipt(product: Product) -> None:
    family = typed(product).until("decide")
    path, token = family.page.request.path, family.token()
    receipt = family.until("done").page

    for step in STEPS:
        again = family.http.post(
            path.replace("/decide", f"/{step}"),
            data={"csrf_token": token, "decision": "no"},
            follow_redirects=True,
        )
        assert again.request.path == receipt.request.path, step
        assert again.text == receipt.text, step
    assert [consent.granted for consent in product.consents()] == [True]
