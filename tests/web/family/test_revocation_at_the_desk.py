"""Somebody without the phone that signed takes permission back at the desk, on a tablet."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from intake.accounts.staff import add_staff
from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import Channel, ConsentState, EventKind
from intake.documents.store import read_document
from intake.roster.model import Student
from pdf.verify import verify
from tests.staff import EVERY_ROLE
from tests.web.family.conftest import Family, Product

EMAIL, PASSWORD = "rosa@example.org", "marble tent quick fox"


class Rosa:
    """At the front desk."""

    def __init__(self, product: Product) -> None:
        with product.database.begin() as session:
            add_staff(
                session,
                roles=EVERY_ROLE,
                email=EMAIL,
                name="Rosa",
                password=PASSWORD,
                at=product.clock.at,
            )
        self.product = product
        self.browser: FlaskClient = product.app.test_client()
        self._post("/desk/sign-in", {"email": EMAIL, "password": PASSWORD}, "/desk/sign-in")

    def begin(self, **values: str):  # type: ignore[no-untyped-def]
        """Find Emma, and say who is here."""
        found = self._post("/desk/revocations/search", {"text": "emma"}, "/desk/revocations/new")
        address = found.headers["Location"]
        with self.product.database.read() as session:
            query = select(Student.id).where(Student.external_id == "S-1001")
            student_id = session.scalars(query).one()
        person = {
            "student": student_id, "relationship": "parent", "signer_name": "John Johnson",
            "method": "saw_identity_document", "language": "es", **values,
        }  # fmt: skip
        return self._post(address, person, address)

    def link(self, **values: str) -> str:
        found = re.search(r'value="(http[^"]+/desk-revocation/[^"]+)"', self.begin(**values).text)
        assert found is not None
        return found[1].split("/", 3)[3]

    def _post(self, path: str, values: dict[str, str], shown_at: str):  # type: ignore[no-untyped-def]
        page = self.browser.get(shown_at).text
        token = re.findall(r'name="csrf_token" type="hidden" value="([^"]+)"', page)[-1]
        return self.browser.post(path, data={"csrf_token": token, **values})


@pytest.fixture
def rosa(product: Product) -> Rosa:
    product.family().signed()
    return Rosa(product)


def test_the_other_parent_signs_on_a_tablet_and_the_record_says_who_knew_him(
    rosa: Rosa, product: Product
) -> None:
    family = product.family("es")
    family.open(f"/{rosa.link()}")
    assert family.step == "part"
    family.until("done", typed_name="John Johnson", signer_name="never asked")

    assert product.consents()[0].state is ConsentState.REVOKED
    with product.database.read() as session:
        revocation = session.scalars(select(Revocation)).one()
        assert (revocation.channel, revocation.language) == (Channel.DESK, "es")
        assert (revocation.signer_name, revocation.contact) == ("John Johnson", None)
        pdf = read_document(session, product.installation.storage, revocation.document_sha256 or "")
    assert verify(pdf, trusted=[product.installation.certificate]).trusted
    page = rosa.browser.get(f"/desk/revocations/{revocation.id}").text
    assert "I saw their identity document" in page
    assert "Staff settled who is at the desk" in page


def test_handing_over_the_desks_own_device_signs_staff_out(rosa: Rosa) -> None:
    link = rosa.link()
    family = Family(rosa.product, rosa.browser, "es")
    family.open(f"/{link}")
    assert family.step == "part"
    assert rosa.browser.get("/desk/").status_code == 303


def test_a_link_opens_once_for_an_hour_and_only_as_it_was_given(
    rosa: Rosa, product: Product
) -> None:
    link, other = rosa.link(), rosa.link()
    assert product.family("es").open(f"/{link}").status_code == 200
    assert product.family("es").open(f"/{link}").status_code == 410
    assert product.family("es").open(f"/{other[:-1]}x").status_code == 404
    signing_id = other.rpartition("/")[2].partition(".")[0]
    assert product.family("es").open(f"/es/desk-revocation/{signing_id}").status_code == 404
    product.clock.at = now() + timedelta(hours=1)  # the desk's clock is the real one here
    assert product.family("es").open(f"/{other}").status_code == 410


def test_who_may_not_revoke_is_told_at_the_desk_before_anything_is_signed(rosa: Rosa) -> None:
    refused = rosa.begin(relationship="eligible_student")
    assert refused.status_code == 409
    assert "before 18 a parent or guardian" in refused.text
    assert 'value="John Johnson"' in refused.text
    assert rosa.begin(signer_name="").status_code == 422
    assert rosa.begin(method="").status_code == 422
    assert rosa.begin(language="tlh").status_code == 422


def test_two_parents_at_once_one_case_and_both_are_on_the_record(
    rosa: Rosa, product: Product
) -> None:
    mother, father = product.family("es"), product.family("es")
    links = rosa.link(signer_name="Sarah Johnson"), rosa.link()
    for family, link in zip((mother, father), links, strict=True):
        family.open(f"/{link}")
        family.until("check", typed_name="Either")
    mother.send()
    assert mother.step == "done"
    father.send()
    assert father.page.status_code == 409
    assert "permission was taken back before" in father.page.text
    father.open(f"/es/revoke/{father.page.request.path.split('/')[3]}/check")
    father.send()

    with product.database.read() as session:
        revocation = session.scalars(select(Revocation)).one()
        query = select(LedgerEvent).where(LedgerEvent.kind == EventKind.REVOCATION_REPEATED)
        [repeated] = session.scalars(query)
    assert repeated.revocation_id == revocation.id
    page = rosa.browser.get(f"/desk/revocations/{revocation.id}").text
    assert "Somebody else entitled took it back too" in page
    again = rosa.begin()
    assert again.status_code == 409
    assert f"/desk/revocations/{revocation.id}" in again.text


def test_where_nothing_is_in_force_it_is_said_and_nothing_is_opened(product: Product) -> None:
    refused = Rosa(product).begin()
    assert refused.status_code == 409
    assert "no permission that could be taken back" in refused.text
