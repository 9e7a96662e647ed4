"""Families are offered the version that is in force, and sign only what they have read."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from forms.document import load
from intake.consents.ledger import SYSTEM
from intake.documents.approvals import approve_text
from intake.documents.releases import publish
from intake.documents.store import read_document
from pdf.verify import verify
from tests.documents.trees import NEWER, use_tree
from tests.web.family.conftest import Product
from tests.web.family.desk_hand import Rosa

NAMES = ("ferpa_waiver", "revocation", "partial_revocation", "data_use", "privacy_posting")
TODAY = date(2026, 11, 23)


@pytest.fixture
def with_draft(product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Product:
    """The waiver has a new version in the tree; nobody has published it."""
    use_tree(monkeypatch, tmp_path, draft=True, names=NAMES)
    return product


def publish_newer(product: Product, on: date = TODAY) -> None:
    with product.database.begin() as session:
        publish(
            session, load("ferpa_waiver", NEWER), in_force_from=on, today=TODAY, by=SYSTEM,
            at=product.clock.at,
        )  # fmt: skip


def test_a_draft_is_shown_and_signed_by_nobody(with_draft: Product) -> None:
    title = load("ferpa_waiver", NEWER).text("en").title
    assert title not in with_draft.family().open("/en/").text
    with_draft.family().signed()
    assert [consent.version for consent in with_draft.consents()] == ["2026-1"]


def test_from_its_day_on_the_new_version_is_signed_and_supersedes(with_draft: Product) -> None:
    with_draft.family().signed()
    publish_newer(with_draft, TODAY + timedelta(days=3))
    with_draft.family().open("/en/")
    with_draft.clock.forward(timedelta(days=3))
    with_draft.family().invited("S-1002").until("done", signer_name="Lucía Ruiz Peña",
        phone="801-555-0143", typed_name="Lucía Ruiz Peña")  # fmt: skip
    assert [consent.version for consent in with_draft.consents()] == ["2026-1", NEWER]
    # What was signed before stays in force, until the same student's family signs anew.
    assert [consent.state.value for consent in with_draft.consents()] == ["active", "active"]


def test_who_is_on_the_way_when_a_version_changes_reads_the_new_one(with_draft: Product) -> None:
    family = with_draft.family().invited().until("check")
    publish_newer(with_draft)
    family.send()
    assert family.step == "about"
    assert with_draft.consents() == []
    family.until("done")
    assert [consent.version for consent in with_draft.consents()] == [NEWER]


def test_what_staff_record_carries_the_approval_of_the_version_in_force(
    with_draft: Product,
) -> None:
    document = load("ferpa_waiver", "2026-1")
    with with_draft.database.begin() as session:
        approve_text(
            session, document, "es", sha256=document.text("es").sha256, approver="Ana Ruiz",
            qualification="certified interpreter", at=with_draft.clock.at,
        )  # fmt: skip
    rosa = Rosa(with_draft)
    assert rosa.press(rosa.page("refusal", external_id="S-1002"), "knows").status_code == 303
    (no,) = with_draft.consents()
    with with_draft.database.read() as session:
        pdf = read_document(session, with_draft.installation.storage, no.document_sha256)
    record = verify(pdf, trusted=[with_draft.installation.certificate]).record
    assert record is not None
    assert (record["notice"]["version"], record["notice"]["language"]) == ("2026-1", "es")
    assert record["notice"]["translation"]["approver"] == "Ana Ruiz"


def test_a_language_that_was_changed_since_is_not_offered(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert product.family().open("/es/").status_code == 200
    use_tree(monkeypatch, tmp_path, changed="es", names=NAMES)
    assert product.family().open("/es/").status_code == 404
    receipt = product.family().open("/es/receipt/7K3M-Q2XV-9T4B-HD8R")
    assert receipt.status_code == 404
    assert receipt.text.count('href="/?to=receipt/7K3M-Q2XV-9T4B-HD8R"') == 2, "in another language"
    stop = product.family().open("/es/stop/6b0f2b5e-8d50-4c9e-9f0e-0a5d7a1b2c3d")
    assert stop.status_code == 200, "an email's link to get no more of them"
    assert product.family().open("/en/").status_code == 200
