"""A family sees who received what, prints it, and asks for a copy; nobody else does."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from forms.choices import ContactKind
from intake.accounts.api_clients import EVERYTHING, ApiScope, Caller
from intake.accounts.model import ApiClient, Role
from intake.accounts.staff import add_staff
from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.disclosures.copies import CopyAnswer, CopyRequest, answer_request
from intake.disclosures.model import Disclosure
from intake.disclosures.questions import Question
from intake.disclosures.record import decide_and_record
from intake.looks.chain import Occasion, Subject, Viewer, record_looks
from intake.looks.model import LookBasis, LookKind
from intake.partners.model import PartnerClass
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    give_role,
    record_training,
    sign_agreement,
)
from intake.roster.model import Student
from intake.roster.scope import EVERY_SCHOOL, SchoolScope
from intake.roster.students import add_contact
from tests.pdf.samples import pdftotext, squeezed
from tests.staff import EVERY_ROLE
from tests.web.family.conftest import Family, Product

SINCE, ENDS = date(2026, 11, 1), date(2035, 8, 31)
CALLER = Caller("clienttrack", frozenset(ApiScope), EVERYTHING)
LATER = timedelta(minutes=31)


@pytest.fixture
def disclosed(product: Product) -> Product:
    """Emma's mother said yes, and Ana the tutor received two kinds of grades."""
    product.family().signed()
    with product.database.begin() as session:
        student = session.scalars(select(Student).where(Student.external_id == "S-1001")).one()
        at = product.clock.at
        session.add(
            ApiClient(id="clienttrack", scopes=["decide"], schools=None, partners=None,
                      created_at=at, revoked_at=None)
        )  # fmt: skip
        add_partner(session, "tutors", "Tutors <West>", PartnerClass.COMMUNITY, at=at)
        add_person(session, "ana", "Ana Ortiz", partner_id="tutors", at=at)
        sign_agreement(session, "tutors", "DPA", signed_on=SINCE, expires_on=ENDS)
        record_training(session, "ana", "FERPA", completed_on=SINCE, expires_on=ENDS)
        give_role(session, "ana", "tutor", starts_on=SINCE)
        assign_school(session, "tutors", student.school_id, starts_on=SINCE)
        question = Question(
            student.id, "tutors", "ana", "tutor", "academic_support", ("grades", "gpa"),
            record_key="1",
        )  # fmt: skip
        zone = product.installation.settings.time_zone
        [answer] = decide_and_record(session, [question], caller=CALLER, now=at, zone=zone)
        assert answer.disclosure_id
    return product


def asked(product: Product, language: str = "en", **answers: str) -> Family:
    """From the public page to where it ends, for Emma's mother unless told otherwise."""
    family = product.family(language)
    family.open(f"/{language}/disclosures/")
    family.send()
    family.until("code", **answers)
    family.send(code=family.code)
    return family


def test_a_parent_reads_who_received_what_when_and_what_for(disclosed: Product) -> None:
    family = asked(disclosed)
    assert family.step == "record"
    for said in (
        "Tutors &lt;West&gt;", "Ana Ortiz", "Tutor", "Community organizations",
        "Grades, now and before", "Grade point averages (GPA)",
        "Shows how the student is doing now", "November 23, 2026",
    ):  # fmt: skip
        assert said in family.page.text


def test_it_is_in_the_familys_language(disclosed: Product) -> None:
    page = asked(disclosed, "ar").page.text
    assert '<html lang="ar" dir="rtl"' in page
    assert "٢٣ نوفمبر ٢٠٢٦" in page or "23 نوفمبر 2026" in page
    assert "Grades, now and before" not in page, "elements are the Arabic waiver's"


def test_where_nothing_was_disclosed_it_says_so_and_prints_so(product: Product) -> None:
    product.family().signed()
    family = asked(product)
    assert "Nothing was shared with any partner." in family.page.text
    pdf = family.open(f"{family.page.request.path}.pdf").data
    assert "Nothing was shared" in " ".join(pdftotext(pdf))


@pytest.mark.parametrize("language", ["en", "ar", "ksw"])
def test_the_list_can_be_printed_in_its_language(disclosed: Product, language: str) -> None:
    family = asked(disclosed, language)
    response = family.open(f"{family.page.request.path}.pdf")
    assert response.content_type == "application/pdf"
    text = squeezed(" ".join(pdftotext(response.data)))
    for said in ("Tutors<West>", "AnaOrtiz", "EmmaJohnson"):
        assert said in text


def test_a_code_opens_it_for_half_an_hour(disclosed: Product) -> None:
    family = asked(disclosed)
    place = family.page.request.path
    disclosed.clock.at += LATER
    assert family.open(place).request.path.endswith("/contact")
    assert family.open(f"{place}.pdf").request.path.endswith("/contact")
    family.until("code")
    family.send(code=family.code)
    assert family.step == "record"


def test_it_can_be_closed_on_a_shared_phone(disclosed: Product) -> None:
    family = asked(disclosed)
    place = family.page.request.path
    family.send(close="1")
    assert family.open(place).request.path.endswith("/contact")


def test_another_browser_cannot_open_it(disclosed: Product) -> None:
    place = asked(disclosed).page.request.path
    for path in (place, f"{place}.pdf"):
        assert disclosed.family().open(path).status_code == 404


@pytest.mark.parametrize("name", ["Emma Johnson", "Nobody Known"])
def test_a_stranger_is_refused_whether_or_not_the_student_is_known(
    disclosed: Product, name: str
) -> None:
    family = asked(disclosed, student_name=name, phone="801-555-0177", signer_name="Nobody")
    assert family.page.status_code == 403
    assert "front desk" in family.page.text
    assert "Tutors" not in family.open(family.page.request.path.replace("code", "record")).text


def test_who_signed_unconfirmed_is_refused_too(disclosed: Product) -> None:
    stranger = disclosed.family()
    stranger.open("/en/")
    stranger.until("done", phone="801-555-0177")
    assert asked(disclosed, phone="801-555-0177").page.status_code == 403


def test_a_parent_loses_it_on_the_18th_birthday_and_reads_why(disclosed: Product) -> None:
    family = asked(disclosed)
    place = family.page.request.path
    birthday = disclosed.clock.at.replace(year=2034, month=4, day=12)
    disclosed.clock.at = birthday - timedelta(days=1)
    assert asked(disclosed).step == "record"
    disclosed.clock.at = birthday
    family = disclosed.family()
    family.open("/en/disclosures/")
    family.send()
    family.until("signer")
    family.send(relationship="parent", signer_name="Sarah Johnson")
    assert family.page.status_code == 422
    assert "From the 18th birthday on, the law gives this list only to the student" in (
        family.page.text
    )
    assert family.open(place).status_code == 404


def test_an_open_list_closes_when_the_birthday_comes(disclosed: Product) -> None:
    disclosed.clock.at = disclosed.clock.at.replace(year=2034, month=4, day=12, hour=5, minute=50)
    family = asked(disclosed)
    place = family.page.request.path
    disclosed.clock.at += timedelta(minutes=20)  # midnight at the schools is 6:00 UTC
    page = family.open(place)
    assert page.status_code == 403
    assert "only to the student" in page.text


def test_from_18_on_the_student_sees_it_with_their_own_phone(disclosed: Product) -> None:
    with disclosed.database.begin() as session:
        student = session.scalars(select(Student).where(Student.external_id == "S-1001")).one()
        add_contact(session, student, ContactKind.PHONE, "+18015550199")
    student_answers = {
        "relationship": "eligible_student", "signer_name": "Emma Johnson", "phone": "801-555-0199",
    }  # fmt: skip
    young = disclosed.family()
    young.open("/en/disclosures/")
    young.send()
    young.until("signer")
    young.send(relationship="eligible_student", signer_name="Emma Johnson")
    assert "Until the 18th birthday" in young.page.text
    disclosed.clock.at = disclosed.clock.at.replace(year=2035)
    assert asked(disclosed, **student_answers).step == "record"
    mothers = asked(disclosed, **{**student_answers, "phone": "801-555-0142"})
    assert mothers.page.status_code == 403


def test_a_copy_is_asked_for_once_and_its_state_is_shown(disclosed: Product) -> None:
    family = asked(disclosed)
    assert "does not keep the records themselves" in family.page.text
    chosen = re.search(r'name="disclosure" value="([^"]+)"', family.page.text)
    assert chosen is not None
    place = family.page.request.path
    family.send()
    assert family.page.status_code == 422
    assert "Tick what you want a copy of." in family.page.text
    family.send(disclosure=chosen[1])
    assert "You asked for a copy" in family.page.text
    assert 'name="disclosure"' not in family.page.text
    family.send_to(place, disclosure=chosen[1])
    with disclosed.database.begin() as session:
        [request] = session.scalars(select(CopyRequest)).all()
        assert (request.requester_name, request.contact) == ("Sarah Johnson", "phone:+18015550142")
        assert request.disclosures == [chosen[1]]
        event = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.COPY_REQUESTED)
        ).one()
        assert event.values()["disclosures"] == [chosen[1]]
        request_id = request.id
    staff_id = _staff(disclosed)
    with disclosed.database.begin() as session:
        answer_request(
            session, request_id, CopyAnswer.MAILED, staff_id=staff_id,
            at=disclosed.clock.at,
        )  # fmt: skip
    page = family.open(place).text
    assert "The copy was sent by mail." in page
    assert 'name="disclosure"' in page, "it can be asked for again"


def test_somebody_elses_disclosures_can_not_be_asked_for(disclosed: Product) -> None:
    family = asked(disclosed)
    family.send(disclosure="00000000-0000-0000-0000-000000000000")
    assert family.page.status_code == 422
    with disclosed.database.read() as session:
        assert session.scalars(select(CopyRequest)).all() == []


def _staff(product: Product) -> str:
    with product.database.begin() as session:
        return add_staff(
            session, roles=EVERY_ROLE, email="dana@example.org", name="Dana",
            password="marble tent quick fox", at=product.clock.at,
        ).id  # fmt: skip


def test_a_long_list_is_in_parts_and_printed_whole(
    disclosed: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.web.family.disclosure_routes.ON_A_PAGE", 2)
    with disclosed.database.begin() as session:
        first = session.scalars(select(Disclosure)).one()
        for number in range(4):
            copied = {
                column.key: getattr(first, column.key)
                for column in Disclosure.__table__.columns
                if column.key != "id"
            }
            key, at = str(number + 2), first.at + timedelta(minutes=number + 1)
            session.add(Disclosure(**{**copied, "idempotency_key": key, "at": at}))
    family = asked(disclosed)
    place = family.page.request.path
    assert family.page.text.count("Tutors &lt;West&gt;") == 2
    assert "?page=2" in family.page.text
    assert "Newer" not in family.page.text
    last = family.open(f"{place}?page=3").text
    assert last.count("Tutors &lt;West&gt;") == 1
    assert "Older" not in last
    for odd in ("0", "-1", "x", "99999999", "7"):
        assert family.open(f"{place}?page={odd}").status_code == 200
    text = squeezed(" ".join(pdftotext(family.open(f"{place}.pdf").data)))
    assert text.count("Tutors<West>") == 5


def test_a_family_reads_who_of_staff_looked_but_no_name(disclosed: Product) -> None:
    _looked(disclosed)
    family = asked(disclosed)
    place = family.page.request.path
    assert f"{place.removesuffix('record')}looked" in family.page.text
    page = family.open(f"{place.removesuffix('record')}looked").text
    for said in ("November 23, 2026", "Front desk", "Riverside Elementary School",
                 "To check papers that were scanned", "Coordinator",
                 "Riverside Promise"):  # fmt: skip
        assert said in page, said
    assert "ann" not in page.split()
    text = squeezed(" ".join(pdftotext(family.open(f"{place}.pdf").data)))
    assert "Whoofourstafflooked" in text
    assert "Tocheckpapersthatwerescanned" in text


def test_where_nobody_looked_it_says_so(disclosed: Product) -> None:
    family = asked(disclosed)
    page = family.open(family.page.request.path.removesuffix("record") + "looked")
    assert "Nobody of our staff has looked at it." in page.text


def test_who_looked_is_as_closed_as_the_list(disclosed: Product) -> None:
    place = asked(disclosed).page.request.path.removesuffix("record") + "looked"
    assert disclosed.family().open(place).status_code == 404
    family = asked(disclosed)
    own = family.page.request.path.removesuffix("record") + "looked"
    disclosed.clock.at += LATER
    assert family.open(own).request.path.endswith("/contact")


def _looked(product: Product) -> None:
    with product.database.begin() as session:
        student = session.scalars(select(Student).where(Student.external_id == "S-1001")).one()
        ann = Viewer("ann", Role.FRONT_DESK, SchoolScope.of([student.school_id]))
        bob = Viewer("bob", Role.COORDINATOR, EVERY_SCHOOL)
        for viewer, basis in ((ann, LookBasis.REVIEWING), (bob, LookBasis.MATCHING)):
            occasion = Occasion("desk.review", LookKind.READ, basis, product.clock.at)
            record_looks(session, viewer, occasion, [Subject(student.id)])
