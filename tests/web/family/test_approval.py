"""In production, a yes is taken in approved languages only; reading and taking back always are."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from forms.choices import Relationship, SignatureMethod
from forms.document import load
from intake.consents.errors import LanguageNotApproved
from intake.documents.approvals import approve_text
from intake.documents.interpreters import open_requests
from intake.evidence import GivenSignature
from intake.installation import Installation
from intake.messages.contacts import Contact
from intake.signing import StudentFacts, WaiverSubmission, submit_waiver
from intake.web.app import create_app
from tests.web.family.conftest import START, Product


@pytest.fixture
def production(product: Product) -> Product:
    """The same installation, no demonstration any more."""
    found = product.installation
    real = replace(found, settings=replace(found.settings, demo=False))
    return replace(product, installation=real, app=_app(real))


def _app(installation: Installation) -> Flask:
    app = create_app(installation)
    app.testing = True
    return app


def approve(product: Product, language: str) -> None:
    with product.database.begin() as session:
        for name in ("ferpa_waiver", "revocation"):
            document = load(name)
            approve_text(
                session, document, language, sha256=document.text(language).sha256,
                approver="Lucía Ruiz", qualification="certified translator", at=START,
            )  # fmt: skip


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_draft_is_read_beside_its_english_and_not_signed(production: Product) -> None:
    client = production.app.test_client()
    about = client.get("/es/")
    assert about.status_code == 200
    blocks = re.findall(r'<p class="beside" lang="en" dir="ltr">', about.text)
    assert len(blocks) > 5

    shared = client.post("/es/", data={"csrf_token": token(about.text)})
    step = client.get(shared.headers["Location"])
    assert step.status_code == 200
    onward = client.post(
        shared.headers["Location"], data={"csrf_token": token(step.text)}, follow_redirects=True
    )
    assert "Todavía no" in onward.text or "sign in this language" in onward.text
    assert 'name="student_name"' not in onward.text
    assert 'href="/en/"' in onward.text


def test_english_can_be_signed_without_an_approval(production: Product) -> None:
    client = production.app.test_client()
    about = client.get("/en/")
    shared = client.post("/en/", data={"csrf_token": token(about.text)})
    step = client.get(shared.headers["Location"])
    student = client.post(
        shared.headers["Location"], data={"csrf_token": token(step.text)}, follow_redirects=True
    )
    assert 'name="student_name"' in student.text


def test_an_approved_language_can_be_signed_and_has_no_banner(production: Product) -> None:
    approve(production, "es")
    client = production.app.test_client()
    about = client.get("/es/")
    assert 'class="draft"' not in about.text
    assert 'class="beside"' not in about.text
    shared = client.post("/es/", data={"csrf_token": token(about.text)})
    step = client.get(shared.headers["Location"])
    student = client.post(
        shared.headers["Location"], data={"csrf_token": token(step.text)}, follow_redirects=True
    )
    assert 'name="student_name"' in student.text


def test_a_family_asks_for_an_interpreter_and_the_desk_hears_of_it(production: Product) -> None:
    client = production.app.test_client()
    page = client.get("/es/interpreter").text
    empty = client.post("/es/interpreter", data={"csrf_token": token(page), "contact": ""})
    assert empty.status_code == 422
    asked = client.post(
        "/es/interpreter",
        data={"csrf_token": token(page), "contact": "801-555-0143", "wish": "a las 6"},
    )
    assert asked.status_code == 200
    with production.database.read() as session:
        (request,) = open_requests(session)
        assert (request.language, request.contact, request.wish) == (
            "es", "801-555-0143", "a las 6",
        )  # fmt: skip


@pytest.mark.parametrize("granted", [True, False])
def test_the_domain_itself_takes_no_yes_to_a_draft(production: Product, granted: bool) -> None:
    submission = WaiverSubmission(
        signing_id="00000000-0000-4000-8000-00000000000a",
        language="es",
        student=StudentFacts(
            "Mateo Hernández Ruiz",
            date(2014, 9, 3),
            production.school("Riverside Elementary School"),
            None,
        ),
        signer_name="Lucía Ruiz Peña",
        relationship=Relationship.PARENT,
        contact=Contact.from_stored("phone:+18015550143"),
        granted=granted,
        signature=GivenSignature(SignatureMethod.TYPED, "Lucía Ruiz Peña", None, None)
        if granted
        else None,
    )
    if granted:
        with pytest.raises(LanguageNotApproved):
            submit_waiver(production.installation, submission, at=START)
        assert production.consents() == []
        approve(production, "es")
    consent = submit_waiver(production.installation, submission, at=START)
    assert consent.granted is granted
