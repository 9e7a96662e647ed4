"""Taking back a part: what it takes, what stays, and what the family is told."""

from sqlalchemy import select

from intake.consents.decide import Reason, decide
from intake.consents.model import Revocation
from intake.consents.projection import differences, rebuild
from intake.consents.states import ConsentState
from intake.messages.model import OutgoingMessage
from pdf.verify import verify
from tests.web.family.conftest import START, Family, Product

PART = {"scope": "part", "elements": ["gpa"], "partner_classes": ["health_care_providers"]}


def begun(product: Product, code: str) -> Family:
    """From the receipt's page to the question what is taken back."""
    family = product.family()
    family.open(f"/en/receipt/{code}")
    family.send()
    return family.until("part")


def decisions(product: Product, partner_class: str) -> dict[str, Reason]:
    student = product.consents()[0].student_id
    with product.database.read() as session:
        found = decide(
            session,
            student,
            elements=["gpa", "grades"],
            partner_class=partner_class,
            on=START.date(),
        )
    return {one.element: one.reason for one in found}


def test_a_part_is_denied_at_once_and_the_rest_stays(product: Product) -> None:
    code = product.family().signed().receipt_code

    family = begun(product, code).until("done", **PART)

    assert "A part of your permission is taken back" in family.page.text
    assert "GPA" in family.page.text
    assert product.consents()[0].state is ConsentState.ACTIVE
    assert decisions(product, "community_organizations") == {
        "gpa": Reason.ELEMENT_NOT_COVERED,
        "grades": Reason.CONSENTED,
    }
    assert set(decisions(product, "health_care_providers").values()) == {
        Reason.PARTNER_CLASS_NOT_COVERED
    }


def test_the_letter_says_which_part_and_is_sealed(product: Product) -> None:
    code = product.family().signed().receipt_code

    family = begun(product, code).until("done", **PART)

    pdf = family.open(f"/en/receipt/{family.receipt_code}/copy.pdf").data
    report = verify(pdf, trusted=[product.installation.certificate])
    assert report.trusted
    assert (report.record or {})["taken_back"] == {
        "elements": ["gpa"],
        "partner_classes": ["health_care_providers"],
    }
    with product.database.read() as session:
        letter = session.scalars(select(Revocation)).one()
        assert (letter.elements, letter.partner_classes) == (["gpa"], ["health_care_providers"])


def test_both_receipts_say_which_part(product: Product) -> None:
    code = product.family().signed().receipt_code
    family = begun(product, code).until("done", **PART)
    letter = family.receipt_code

    assert "A part of this permission was taken back" in family.open(f"/en/receipt/{code}").text
    assert "GPA" in family.page.text
    family.open(f"/en/receipt/{letter}")
    assert "A part of your permission is taken back" in family.page.text


def test_a_part_must_be_something_and_not_everything(product: Product) -> None:
    code = product.family().signed().receipt_code
    family = begun(product, code)

    family.send(scope="part")
    assert family.page.status_code == 422
    assert "Tick what shall no longer be shared" in family.page.text

    consent = product.consents()[0]
    family.send(scope="part", elements=list(consent.elements))
    assert family.page.status_code == 422
    assert "choose “Everything”" in family.page.text

    family.send(scope="part", elements=["no_such_element"])
    assert family.page.status_code == 422
    assert product.consents()[0].elements == consent.elements


def test_everything_stays_everything_whatever_is_ticked(product: Product) -> None:
    code = product.family().signed().receipt_code

    begun(product, code).until("done", **{**PART, "scope": "everything"})

    assert product.consents()[0].state is ConsentState.REVOKED


def test_another_part_is_read_and_signed_anew(product: Product) -> None:
    code = product.family().signed().receipt_code
    family = begun(product, code).until("check", **PART)
    part_page = family.page.request.path.replace("/check", "/part")

    family.open(part_page)
    family.send(scope="everything")

    assert family.step == "letter"
    family.open(part_page.replace("/part", "/check"))
    assert family.step == "letter"


def test_a_second_part_and_then_everything(product: Product) -> None:
    code = product.family().signed().receipt_code
    begun(product, code).until("done", **PART)

    family = begun(product, code)
    assert 'value="gpa"' not in family.page.text
    family.until("done", scope="part", elements=["grades"])
    begun(product, code).until("done", scope="everything")

    consent = product.consents()[0]
    assert consent.state is ConsentState.REVOKED
    assert {"gpa", "grades"}.isdisjoint(consent.elements)
    with product.database.begin() as session:
        assert list(differences(session)) == []
        assert rebuild(session) == 0


def test_the_text_message_tells_of_the_letter_and_nothing_that_was_in_it(product: Product) -> None:
    code = product.family().signed().receipt_code

    begun(product, code).until("done", **PART)

    with product.database.read() as session:
        told = " ".join(session.scalars(select(OutgoingMessage.body)))
    assert "we have received your letter" in told
    assert "took back" not in told
