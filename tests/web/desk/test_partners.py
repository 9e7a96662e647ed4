"""The coordinator's pages of partners: what is current, and changing it without deleting."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.clock import local_date
from intake.clock import now as real_now
from intake.partners.history import PartnerChange, history_problems
from intake.partners.model import Agreement, Partner, PartnerClass, PersonRole, SchoolAssignment
from intake.partners.registry import add_partner, add_person, sign_agreement
from tests.web.desk.conftest import Desk

PAGE = "/coordinator/partners/tutors"
DAY = timedelta(days=1)


@pytest.fixture
def partner(signed_in: Desk) -> Desk:
    """Tutors West with Ana; its agreement ends in 20 days."""
    today = local_date(real_now(), signed_in.context.settings.time_zone)
    with signed_in.database.begin() as session:
        add_partner(session, "tutors", "Tutors <West>", PartnerClass.COMMUNITY, at=real_now())
        add_person(session, "ana", "Ana Ortiz", partner_id="tutors", at=real_now())
        sign_agreement(
            session, "tutors", "DPA 2026", signed_on=today - DAY, expires_on=today + 20 * DAY
        )
    return signed_in


def send(desk: Desk, path: str, **values: str) -> int:
    return desk.post(path, values, shown_at=path).status_code


def page(desk: Desk, path: str = PAGE) -> str:
    return desk.browser.get(path).text


@pytest.mark.parametrize(
    "path", ["/coordinator/partners", PAGE, f"{PAGE}/edit", f"{PAGE}/agreements/new",
             "/coordinator/partners/new", "/desk/copies"],
)  # fmt: skip
def test_nobody_comes_in_without_signing_in(desk: Desk, path: str) -> None:
    response = desk.browser.get(path)
    assert response.status_code == 303
    assert "/desk/sign-in" in response.headers["Location"]


def test_the_list_says_in_words_what_lapses_soon(partner: Desk) -> None:
    listed = page(partner, "/coordinator/partners")
    assert "Tutors &lt;West&gt;" in listed
    assert "Community organization" in listed
    assert '<span class="standing lapses_soon">Lapses soon</span>' in listed


def test_a_partner_is_added_and_corrected(signed_in: Desk) -> None:
    values = {
        "id": "clinic", "name": "Clinic", "partner_class": "health_care_providers",
        "contact": "office@clinic.example",
    }  # fmt: skip
    assert send(signed_in, "/coordinator/partners/new", **values) == 303
    assert send(signed_in, "/coordinator/partners/new", **values) == 422, "the id is taken"
    path = "/coordinator/partners/clinic/edit"
    assert send(signed_in, path, **{**values, "name": "Westside Clinic", "contact": ""}) == 303
    with signed_in.database.read() as session:
        kept = session.get_one(Partner, "clinic")
        assert (kept.name, kept.contact) == ("Westside Clinic", None)
    shown = page(signed_in, "/coordinator/partners/clinic")
    assert "only coordinators are reminded" in shown
    assert "<bdi>Rosa</bdi>" in shown
    assert re.search(r"Name: <bdi>Clinic</bdi>.*<bdi>Westside Clinic</bdi>", shown)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"id": "a b"}, "An id has 1 to 64"),
        ({"id": ""}, "Type a short id"),
        ({"name": "..."}, "at least one letter"),
        ({"name": "x" * 201}, "at most 200"),
        ({"contact": "nobody"}, "Check the email address"),
        ({"partner_class": "marketing"}, "Choose one from the list"),
    ],
)
def test_what_can_t_be_right_is_said_and_nothing_is_kept(
    signed_in: Desk, values: dict[str, str], said: str
) -> None:
    right = {
        "id": "clinic", "name": "Clinic", "partner_class": "health_care_providers", "contact": "",
    }  # fmt: skip
    path = "/coordinator/partners/new"
    response = signed_in.post(path, {**right, **values}, shown_at=path)
    assert response.status_code == 422
    assert said in response.text
    with signed_in.database.read() as session:
        assert session.get(Partner, "clinic") is None


def test_an_agreement_is_renewed_and_the_old_one_stays(partner: Desk) -> None:
    found = re.search(r'href="([^"]+agreements/new\?renews=[^"]+)"', page(partner))
    assert found is not None
    path = found[1].replace("&amp;", "&")
    assert 'value="DPA 2026"' in page(partner, path)
    values = {"document": "DPA 2027", "signed_on": "2026-10-01", "expires_on": "2035-08-31"}
    assert send(partner, path, **values) == 303
    shown = page(partner)
    assert "DPA 2026" in shown
    assert "DPA 2027" in shown
    assert '<span class="standing current">Current</span>' in page(partner, "/coordinator/partners")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"expires_on": "2026-09-30"}, "The last day is before the first day"),
        ({"expires_on": ""}, "Type its last day."),
        ({"expires_on": "soon"}, "Type its last day."),
        ({"signed_on": "31.12.2026"}, "Type the day on which it was signed."),
        ({"document": ""}, "Type the name of the document."),
        ({"document": " "}, "at least one letter"),
    ],
)
def test_an_agreement_that_can_t_be_right_is_refused(
    partner: Desk, values: dict[str, str], said: str
) -> None:
    path = f"{PAGE}/agreements/new"
    right = {"document": "DPA 2027", "signed_on": "2026-10-01", "expires_on": "2035-08-31"}
    response = partner.post(path, {**right, **values}, shown_at=path)
    assert response.status_code == 422
    assert said in response.text
    assert "Not a valid" not in response.text


def test_ending_dates_it_deletes_nothing_and_is_on_record(partner: Desk) -> None:
    found = re.search(r'href="([^"]+/agreements/[^"]+/end)"', page(partner))
    assert found is not None
    assert "End: DPA 2026" in page(partner, found[1])
    assert send(partner, found[1], last_day="2026-01-01") == 303
    with partner.database.read() as session:
        assert session.scalars(select(Agreement)).one().expires_on.isoformat() == "2026-01-01"
        change = session.scalars(
            select(PartnerChange).order_by(PartnerChange.sequence.desc()).limit(1)
        ).one()
        assert change.actor_id == partner.staff.id
        assert list(change.differences) == ["expires_on"]
        assert list(history_problems(session)) == []
    shown = page(partner)
    assert "DPA 2026" in shown
    assert "Lapsed" in shown
    assert send(partner, found[1], last_day="") == 422


def test_people_roles_trainings_and_schools_are_added_and_ended(partner: Desk) -> None:
    assert send(partner, f"{PAGE}/people/new", id="bo", name="Bo Li") == 303
    role = {"person": "bo", "role": "tutor", "starts_on": "2026-09-01", "ends_on": ""}
    assert send(partner, f"{PAGE}/roles/new", **role) == 303
    training = {
        "person": "bo", "training": "FERPA", "completed_on": "2026-09-01",
        "expires_on": "2035-09-01",
    }  # fmt: skip
    assert send(partner, f"{PAGE}/trainings/new", **training) == 303
    school = {
        "school": partner.school.id, "person": "", "starts_on": "2026-09-01", "ends_on": "",
    }  # fmt: skip
    assert send(partner, f"{PAGE}/schools/new", **school) == 303
    assert send(partner, f"{PAGE}/schools/new", **{**school, "person": "bo"}) == 303
    shown = page(partner)
    for said in ("Bo Li", "Tutor", "FERPA", "Granite Park Junior High", "Everybody of the partner"):
        assert said in shown
    for kind in ("roles", "schools"):
        found = re.search(rf'href="([^"]+/{kind}/[^"]+/end)"', shown)
        assert found is not None
        assert send(partner, found[1], last_day="2026-11-01") == 303
    with partner.database.read() as session:
        assert session.scalars(select(PersonRole.ends_on)).one().isoformat() == "2026-11-01"
        ends = set(session.scalars(select(SchoolAssignment.ends_on)))
        assert len(ends) == 2, "the other assignment goes on"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("roles", {"person": "somebody", "role": "tutor", "starts_on": "2026-09-01"}),
        ("roles", {"person": "ana", "role": "janitor", "starts_on": "2026-09-01"}),
        ("schools", {"school": "nowhere", "person": "", "starts_on": "2026-09-01"}),
        ("people", {"id": "ana", "name": "Another Ana"}),
    ],
)
def test_what_is_not_on_the_list_is_refused(
    partner: Desk, kind: str, values: dict[str, str]
) -> None:
    assert send(partner, f"{PAGE}/{kind}/new", **values) == 422


@pytest.mark.parametrize(
    "path",
    ["/coordinator/partners/nobody", "/coordinator/partners/nobody/agreements/new",
     f"{PAGE}/agreements/00000000-0000-0000-0000-000000000000/end", f"{PAGE}/cars/new",
     f"{PAGE}/people/00000000-0000-0000-0000-000000000000/end"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(partner: Desk, path: str) -> None:
    assert partner.browser.get(path).status_code == 404


def test_another_partners_agreement_can_not_be_ended_here(partner: Desk) -> None:
    with partner.database.begin() as session:
        add_partner(session, "clinic", "Clinic", PartnerClass.HEALTH, at=real_now())
        row = session.scalars(select(Agreement.id)).one()
    path = f"/coordinator/partners/clinic/agreements/{row}/end"
    assert partner.browser.get(path).status_code == 404


def test_a_forged_form_changes_nothing(partner: Desk) -> None:
    values = {"csrf_token": "forged", "id": "x", "name": "X", "partner_class": "x"}
    assert partner.browser.post("/coordinator/partners/new", data=values).status_code == 400
