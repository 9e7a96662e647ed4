"""The public list of partners: without signing in, in each language, and without anybody's name."""

from datetime import date

import pytest

from intake.documents.texts import offered_languages
from intake.partners.model import PartnerClass
from intake.partners.registry import (
    add_partner,
    add_person,
    assign_school,
    give_role,
    sign_agreement,
)
from tests.web.family.conftest import Product

SINCE, TODAY, LAPSED = date(2026, 9, 1), date(2026, 11, 23), date(2026, 11, 22)


@pytest.fixture
def listed(product: Product) -> Product:
    """At Riverside: a tutor's programme, and a clinic whose agreement has lapsed."""
    riverside = product.school("Riverside Elementary School")
    with product.database.begin() as session:
        for partner, name, kind, last in (
            ("tutors", "Tutors & Friends", PartnerClass.COMMUNITY, TODAY),
            ("clinic", "Westside Clinic", PartnerClass.HEALTH, LAPSED),
        ):
            add_partner(session, partner, name, kind, at=product.clock.at, contact="a@b.example")
            sign_agreement(session, partner, "DPA", signed_on=SINCE, expires_on=last)
            assign_school(session, partner, riverside, starts_on=SINCE)
        add_person(session, "ana", "Ana Ortiz", partner_id="tutors", at=product.clock.at)
        give_role(session, "ana", "tutor", starts_on=SINCE)
    return product


def test_who_works_where_now_and_what_they_may_get(listed: Product) -> None:
    page = listed.family().open("/en/partners").text
    assert "Riverside Elementary School" in page
    assert "Westview High School" in page
    assert "No partner gets information at this school now." in page
    assert "Tutors &amp; Friends" in page
    assert "Community organizations" in page
    assert "Grade point averages (GPA)" in page
    assert "The partner works in the student’s school community." in page


def test_a_lapsed_partner_a_person_and_an_address_are_not_on_it(listed: Product) -> None:
    page = listed.family().open("/en/partners").text
    for kept_back in ("Westside Clinic", "Ana Ortiz", "a@b.example", "DPA"):
        assert kept_back not in page


def test_a_school_has_a_page_of_its_own(listed: Product) -> None:
    family = listed.family()
    page = family.open(f"/en/partners/{listed.school('Westview High School')}").text
    assert "Riverside" not in page
    assert "No partner gets information at this school now." in page
    assert family.open("/en/partners/nowhere").status_code == 404


@pytest.mark.parametrize("language", [language.code for language in offered_languages()])
def test_it_is_small_whole_and_leads_back_in_every_language(listed: Product, language: str) -> None:
    family = listed.family(language)
    page = family.open(f"/{language}/partners")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert len(page.data) < 60 * 1024, "its fonts come on top: see tests/e2e"
    picker = family.open("/?to=partners").text
    assert f'href="/{language}/partners"' in picker


def test_many_schools_are_links_to_their_own_pages(
    listed: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.web.family.partner_routes.MOST_LISTED", 2)
    page = listed.family().open("/en/partners").text
    assert "Tutors" not in page
    assert f"/en/partners/{listed.school('Riverside Elementary School')}" in page


def test_the_page_on_what_is_shared_leads_to_it(listed: Product) -> None:
    family = listed.family().invited().until("shared")
    assert 'href="/en/partners"' in family.page.text
