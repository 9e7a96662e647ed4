"""A no that was said, a letter that came by mail: recorded by staff, with how they know."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.audit import problems
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import ActorKind, Assurance, Channel, ConsentState, EventKind
from intake.documents.store import read_document
from pdf.verify import SealReport, verify
from tests.web.family.conftest import Product
from tests.web.family.desk_hand import Rosa


@pytest.fixture
def rosa(product: Product) -> Rosa:
    return Rosa(product)


def sealed(product: Product, sha256: str | None) -> SealReport:
    with product.database.read() as session:
        pdf = read_document(session, product.installation.storage, sha256 or "")
    return verify(pdf, trusted=[product.installation.certificate])


def test_a_no_that_was_said_ends_what_was_in_force_and_says_who_recorded_it(
    rosa: Rosa, product: Product
) -> None:
    product.family().signed()
    assert rosa.press(rosa.page("refusal"), "saw:driver_license").status_code == 303
    before, no = product.consents()
    assert (before.state, no.state) == (ConsentState.REVOKED, ConsentState.DECLINED)
    assert (no.channel, no.assurance, no.unsettled) == (Channel.DESK, Assurance.IN_PERSON, False)
    assert (no.signer_name, no.contact) == ("Sarah Johnson", None)
    report = sealed(product, no.document_sha256)
    assert report.trusted
    assert report.record is not None
    assert report.record["witnessed"] == {
        "staff": rosa.id,
        "staff_name": "Rosa",
        "method": "saw_identity_document",
        "document_seen": "driver_license",
        "said": "here",
    }
    with product.database.read() as session:
        query = select(LedgerEvent).where(LedgerEvent.kind == EventKind.DECLINED)
        declined = session.scalars(query).one()
    assert (declined.actor_kind, declined.actor_id) == (ActorKind.STAFF, rosa.id)
    assert declined.values()["said"] == "here"
    page = rosa.browser.get(f"/desk/waivers/{no.id}").text
    assert "I saw their identity document" in page


def test_a_no_in_a_letter_is_on_paper_and_pressing_twice_records_once(
    rosa: Rosa, product: Product
) -> None:
    address = rosa.page("refusal")
    values = {"once": "6b0f2b5e-8d50-4c9e-9f0e-0a5d7a1b2c3d", "way": "letter"}
    for _ in range(2):
        assert rosa.post(address, values, address).status_code == 303
    (no,) = product.consents()
    assert (no.channel, no.assurance) == (Channel.PAPER, Assurance.PAPER)
    report = sealed(product, no.document_sha256)
    assert report.record is not None
    assert report.record["witnessed"]["said"] == "by_letter"
    assert "method" not in report.record["witnessed"]


def test_a_mailed_letter_revokes_at_once_with_the_day_it_came(rosa: Rosa, product: Product) -> None:
    product.family().signed()
    address = rosa.page("letter")
    recorded = rosa.press(address, "letter", received_on="2026-11-20")
    with product.database.read() as session:
        revocation = session.scalars(select(Revocation)).one()
        query = select(LedgerEvent).where(LedgerEvent.kind == EventKind.REVOCATION_RECORDED)
        entry = session.scalars(query).one()
    assert recorded.location == f"/desk/revocations/{revocation.id}"
    assert product.consents()[0].state is ConsentState.REVOKED
    assert revocation.channel is Channel.PAPER
    assert (entry.actor_id, entry.values()["received_on"]) == (rosa.id, "2026-11-20")
    report = sealed(product, revocation.document_sha256)
    assert report.trusted
    assert "Rosa" in rosa.browser.get(recorded.location).text
    again = rosa.press(address, "letter", received_on="2026-11-20")
    assert again.status_code == 409
    assert f"/desk/revocations/{revocation.id}" in again.text


def test_the_audit_finds_everything_in_order(rosa: Rosa, product: Product) -> None:
    product.family().signed()
    rosa.press(rosa.page("letter"), "letter", received_on="2026-11-20")
    rosa.press(rosa.page("refusal"), "knows")
    found = list(problems(product.database, product.installation.storage))
    # The fixture's database was made with another installation's keys: partners' head is theirs.
    assert [line for line in found if not line.startswith("partners:")] == []


def test_nothing_is_recorded_by_accident_or_for_nobody(rosa: Rosa, product: Product) -> None:
    assert rosa.press(rosa.page("refusal"), "").status_code == 422
    assert rosa.press(rosa.page("refusal"), "saw:number 123").status_code == 422
    assert rosa.press(rosa.page("letter"), "letter", received_on="2026-11-20").status_code == 409
    tomorrow = (product.clock.at + timedelta(days=30)).date().isoformat()
    assert rosa.press(rosa.page("letter"), "letter", received_on=tomorrow).status_code == 422
    assert rosa.press(rosa.page("letter"), "letter", received_on="").status_code == 422
    assert product.consents() == []


def test_a_student_of_eighteen_says_no_alone(rosa: Rosa, product: Product) -> None:
    address = rosa.page("refusal", "student", "S-1005")
    assert rosa.press(address, "knows").status_code == 303
    (no,) = product.consents()
    assert no.relationship_kind == "eligible_student"
