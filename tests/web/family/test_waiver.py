"""From a personal link, or from the front page, to a receipt: every way there is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from intake.consents.ledger import LedgerEvent
from intake.consents.model import SigningSession
from intake.consents.states import Assurance, ConsentState, EventKind
from intake.documents.texts import offered_languages
from pdf.verify import verify
from tests.web.family.conftest import STROKES, Product


def test_a_link_leads_through_every_question_to_a_sealed_copy(product: Product) -> None:
    family = product.family().signed()

    assert "Your answer is saved" in family.page.text
    code = family.receipt_code
    (consent,) = product.consents()
    assert consent.state is ConsentState.ACTIVE
    assert consent.assurance is Assurance.ON_RECORD_CONTACT
    copy = family.open(f"/en/receipt/{code}/copy.pdf")
    assert copy.mimetype == "application/pdf"
    report = verify(copy.data, trusted=[product.installation.certificate])
    assert report.intact
    assert report.trusted
    assert report.record_matches


@pytest.mark.parametrize("language", [language.code for language in offered_languages()])
def test_every_offered_language_leads_to_a_consent_in_that_language(
    product: Product, language: str
) -> None:
    family = product.family(language).signed()

    assert f'<html lang="{language}"' in family.page.text
    (consent,) = product.consents()
    assert consent.language == language
    assert consent.state is ConsentState.ACTIVE


def test_a_family_without_a_link_types_the_student_and_waits_for_the_school(
    product: Product,
) -> None:
    family = product.family()
    family.open("/en/")
    family.until("done", contact_kind="email", email="new@example.org")

    (consent,) = product.consents()
    assert consent.assurance is Assurance.SELF_ASSERTED
    assert consent.state is ConsentState.PENDING_VERIFICATION
    assert "nothing is shared" in family.page.text


def test_no_is_an_answer_without_a_signature_to_draw(product: Product) -> None:
    family = product.family().signed(decision="no")

    (consent,) = product.consents()
    assert consent.state is ConsentState.DECLINED
    assert not consent.granted
    assert "can still get services" in family.page.text


def test_a_drawn_signature_is_kept_as_it_was_drawn(product: Product) -> None:
    family = product.family().signed(method="drawn", signature=STROKES)

    copy = family.open(f"/en/receipt/{family.receipt_code}/copy.pdf").data
    assert verify(copy).intact
    assert b"/Image" not in copy


def test_a_mark_needs_a_drawing_and_a_witness(product: Product) -> None:
    family = product.family().invited().until("sign")

    family.send(method="mark", mark_drawing=STROKES, witness_name="")
    assert family.page.status_code == 422
    assert "witness writes their full name" in family.page.text
    family.send(method="mark", witness_name="Ruth Paw")
    assert family.page.status_code == 422
    assert "sign in the box" in family.page.text
    assert 'value="Ruth Paw"' in family.page.text
    family.send(method="mark", mark_drawing=STROKES, witness_name="Ruth Paw")
    family.send()
    assert family.step == "done"


def test_a_student_of_eighteen_signs_alone(product: Product) -> None:
    family = product.family().invited("S-1005").until("signer")

    family.send(relationship="parent", signer_name="Cabdi Warsame")
    assert family.page.status_code == 422
    assert "18 or older" in family.page.text
    assert 'value="Cabdi Warsame"' in family.page.text
    family.until(
        "done", relationship="eligible_student", signer_name="Ayaan Cabdi Warsame",
        phone="801 555 0146", typed_name="Ayaan Cabdi Warsame",
    )  # fmt: skip
    (consent,) = product.consents()
    assert consent.state is ConsentState.ACTIVE


def test_a_child_can_not_sign_alone(product: Product) -> None:
    family = product.family().invited().until("signer")

    family.send(relationship="eligible_student", signer_name="Emma Johnson")

    assert family.page.status_code == 422
    assert "younger than 18" in family.page.text


def test_paper_is_offered_on_the_first_page_and_where_one_signs(product: Product) -> None:
    family = product.family("ar")

    assert 'href="/ar/paper.pdf"' in family.open("/ar/").text
    assert 'href="/ar/paper.pdf"' in family.invited().until("sign").page.text
    paper = family.open("/ar/paper.pdf")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF-")


def test_only_contacts_that_can_be_reached_are_asked_for(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(product.installation.settings, demo=False, smtp_url="smtp://127.0.0.1:25")
    by_email = replace(product.installation, settings=settings)
    monkeypatch.setitem(product.app.extensions, "intake", by_email)

    family = product.family().invited().until("contact", contact_kind="email")
    assert 'name="email"' in family.page.text
    assert 'name="phone"' not in family.page.text
    family.until("done", contact_kind="email")
    assert product.consents()[0].state is ConsentState.ACTIVE


def test_a_new_answer_replaces_the_old_one(product: Product) -> None:
    product.family().signed()
    product.clock.forward(timedelta(hours=1))
    family = product.family()
    family.open("/en/")
    family.until("done")

    older, newer = product.consents()
    assert older.student_id == newer.student_id
    assert older.state is ConsentState.SUPERSEDED
    assert newer.state is ConsentState.ACTIVE


def test_a_typed_birth_date_can_be_checked_and_the_schools_is_not_shown(product: Product) -> None:
    typed = product.family()
    typed.open("/en/")
    typed.until("check", **{
        "birth_date-day": "30", "birth_date-month": "12", "birth_date-year": "2072",
        "birth_date-calendar": "nepali",
    })  # fmt: skip
    assert "April 12, 2016" in typed.page.text

    assert "2016" not in product.family().invited().until("check").page.text


def test_yes_and_no_weigh_the_same(product: Product) -> None:
    text = product.family().invited().until("decide").page.text
    choices = text.split('<div class="choice">')[1:]

    def bare(choice: str, value: str, label: str) -> str:
        inside = choice.split("</div>", maxsplit=1)[0]
        return inside.replace(label, "LABEL").replace(value, "VALUE")

    assert len(choices) == 2
    assert " checked" not in text
    assert bare(choices[0], "yes", "Yes: share the information") == bare(
        choices[1], "no", "No: do not share"
    )


def test_another_browser_can_not_see_what_a_family_typed(product: Product) -> None:
    family = product.family().invited().until("check")
    address = family.page.request.path

    stranger = product.family().open(address)
    unknown = product.family().open(address.replace(family.signing_id, "0" * 36))

    assert stranger.status_code == unknown.status_code == 404
    assert stranger.text == unknown.text.replace("0" * 36, family.signing_id)
    assert "Johnson" not in stranger.text


def test_what_a_family_types_is_not_readable_in_the_database(product: Product) -> None:
    family = product.family().invited().until("sign")

    with product.database.read() as session:
        signing = session.scalars(
            select(SigningSession).where(SigningSession.id == family.signing_id)
        ).one()
        assert signing.answers["signer_name"] == "Sarah Johnson"
    file = product.installation.settings.database_url.removeprefix("sqlite:///")
    with open(file, "rb") as database, open(f"{file}-wal", "rb") as log:  # noqa: PTH123
        stored = database.read() + log.read()
    assert b"Sarah Johnson" not in stored
    assert b"8015550142" not in stored


def test_the_ledger_tells_the_waivers_story(product: Product) -> None:
    product.family().signed()

    with product.database.read() as session:
        kinds = [event.kind for event in session.scalars(select(LedgerEvent))]
    assert kinds == [EventKind.INVITED] * len(product.links) + [EventKind.ACTIVATED]
    assert product.consents()[0].valid_until == date(2027, 6, 30)


def test_a_letter_that_no_font_has_is_told_to_the_operator_and_not_whose_name_it_is_in(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    name = "Ann \U00013000 Lee"
    product.family().signed(signer_name=name, typed_name=name)

    (told,) = [record.getMessage() for record in caplog.records if "font" in record.getMessage()]
    assert "U+13000" in told
    assert "Ann" not in told
