"""Asking us something: in every language, nothing lost on an error, no account, no student."""

import re

import pytest
from sqlalchemy import select

from intake.concerns.asking import PER_NETWORK
from intake.concerns.model import FamilyQuestion, Violation
from intake.concerns.states import AnswerBy, QuestionKind
from intake.db.limits import count_attempt
from intake.documents.texts import offered_languages
from intake.messages.model import OutgoingMessage
from tests.web.family.conftest import Family, Product

GOOD = {
    "text": "Is my son's \u202eteacher\u202c a partner?\r\n\r\n\r\n\r\nThank you",
    "concern": "question", "language": "ar", "answer_by": "text",
    "phone": "٨٠١-555-0144", "email": "", "name": "",
}  # fmt: skip


def asked(product: Product, shown_in: str = "ar", **changes: str) -> Family:
    family = product.family(shown_in)
    family.open(f"/{shown_in}/questions")
    family.send(**{**GOOD, **changes})
    return family


def kept(product: Product) -> list[FamilyQuestion]:
    with product.database.read() as session:
        return list(session.scalars(select(FamilyQuestion)))


def test_a_family_asks_and_gets_a_number(product: Product) -> None:
    family = asked(product)
    assert family.page.request.path == "/ar/questions/received"
    (question,) = kept(product)
    assert question.number in family.page.text
    assert question.text == "Is my son's teacher a partner?\n\nThank you"
    assert (question.kind, question.answer_by) == (QuestionKind.QUESTION, AnswerBy.TEXT)
    assert (question.contact, question.language) == ("phone:+18015550144", "ar")
    with product.database.read() as session:
        (message,) = session.scalars(select(OutgoingMessage))
    assert (message.recipient, message.language) == ("+18015550144", "ar")


@pytest.mark.parametrize("language", [one.code for one in offered_languages()])
def test_the_form_is_there_in_every_language_and_says_how_to_take_it_back(
    product: Product, language: str
) -> None:
    page = product.family(language).open(f"/{language}/questions")
    assert page.status_code == 200
    notice = page.text[page.text.index('class="notice"') :]
    assert f'href="/{language}/revoke/"' in notice[:900]
    assert f'value="{language}" lang="{language}" selected' in page.text


def test_other_pages_lead_to_it_and_it_comes_back_in_another_language(product: Product) -> None:
    family = product.family("ne")
    for path in ("/ne/", "/ne/read/privacy", "/ne/partners"):
        assert 'href="/ne/questions"' in family.open(path).text
    family.open("/ne/questions")
    assert 'href="/?to=questions"' in family.page.text
    assert 'href="/my/questions"' in family.open("/?to=questions").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": " \u202e\u200b "}, "Write your question."),
        ({"text": "က" * 2001}, "2000"),
        ({"concern": ""}, "Choose what it is about."),
        ({"answer_by": ""}, "Choose how we shall answer."),
        ({"phone": ""}, "Write your mobile phone number."),
        ({"phone": "12"}, "send to this number"),
        ({"answer_by": "email", "email": "nobody"}, "looks like name@example.org"),
        ({"language": "xx"}, "Choose one from the list."),
        ({"name": "..."}, "at least one letter"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    product: Product, changes: dict[str, str], said: str
) -> None:
    family = asked(product, "en", **changes)
    assert family.page.status_code == 422
    assert said in family.page.text
    if "text" not in changes:
        assert "Thank you</textarea>" in family.page.text
    assert kept(product) == []


def test_a_busy_network_waits_with_its_words_kept(product: Product) -> None:
    with product.database.begin() as session:
        for _ in range(PER_NETWORK.count):
            count_attempt(session, PER_NETWORK, "127.0.0.1", at=product.clock.at)
    family = asked(product, "en")
    assert family.page.status_code == 429
    assert int(family.page.headers["Retry-After"]) > 0
    assert "60 minutes" in family.page.text
    assert "Thank you</textarea>" in family.page.text
    assert kept(product) == []


def test_a_forged_form_is_refused_and_a_number_is_nobody_elses(product: Product) -> None:
    family = asked(product)
    other = product.family("ar")
    other.http.post("/ar/questions", data={**GOOD, "csrf_token": "forged"})
    assert len(kept(product)) == 1
    assert other.open("/ar/questions/received").request.path == "/ar/questions"
    number = kept(product)[0].number
    assert number in family.page.text
    assert number not in other.page.text


def test_who_thinks_that_something_was_shared_wrongly_is_on_the_governance_list(
    product: Product,
) -> None:
    asked(product, concern="wrongly_shared", answer_by="call")
    with product.database.read() as session:
        (violation,) = session.scalars(select(Violation))
    assert violation.question_id == kept(product)[0].id
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", violation.number)
