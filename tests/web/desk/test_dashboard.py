"""The coordinator's dashboard: tables, what is withheld, the file, and who sees what."""

import csv
import io
from datetime import timedelta

import pytest

from intake.accounts.model import Role, Staff
from intake.clock import now as real_now
from intake.figures.answers import Standing
from intake.sharing.destinations import add_destination
from tests.figures.crowd import add_crowd
from tests.web.desk.conftest import Desk

OTHER = "=cmd|'/C calc'!A0"
CROWD = {
    (school, code, standing): 20
    for school in ("Riverside", OTHER)
    for code in ("en", "ksw", "my")
    for standing in Standing
}
CROWD |= {("Riverside", code, Standing.REVOKED): 1 for code in ("en", "ksw", "my")}
CROWD[("Riverside", "en", Standing.CONSENTED)] = 120


@pytest.fixture
def schools(signed_in: Desk) -> dict[str, str]:
    return add_crowd(signed_in.database, CROWD, at=real_now())


def page(desk: Desk, query: str = "") -> str:
    response = desk.browser.get(f"/coordinator/{query}")
    assert response.status_code == 200
    return response.text


def rows(desk: Desk, query: str = "") -> list[dict[str, str]]:
    response = desk.browser.get(f"/coordinator/figures.csv{query}")
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def has_only(desk: Desk, role: Role, schools: list[str] | None = None) -> None:
    with desk.database.begin() as session:
        staff = session.get_one(Staff, desk.staff.id)
        staff.roles, staff.schools = [role], schools


def test_the_numbers_stand_in_tables_and_small_ones_do_not(
    signed_in: Desk, schools: dict[str, str]
) -> None:
    shown = page(signed_in)
    assert "<td>160</td>" in shown  # consented at Riverside
    assert "<td>3</td>" not in shown
    assert '<abbr title="Withheld">*</abbr>' in shown
    assert "Answers by language: all schools" in shown
    assert "style=" not in shown  # the page's policy lets none through


def test_one_school_can_be_chosen(signed_in: Desk, schools: dict[str, str]) -> None:
    shown = page(signed_in, f"?school={schools['Riverside']}&weeks=26")
    assert "Answers by language: Riverside" in shown
    assert signed_in.browser.get("/coordinator/?school=elsewhere").status_code == 404
    assert signed_in.browser.get("/coordinator/?document=privacy_posting").status_code == 404
    assert signed_in.browser.get("/coordinator/?weeks=1000000").status_code == 200


def test_the_file_has_the_same_numbers_and_no_formula(
    signed_in: Desk, schools: dict[str, str]
) -> None:
    found = rows(signed_in)
    (riverside,) = [
        row
        for row in found
        if (row["table"], row["school"], row["counted"]) == ("by_school", "Riverside", "consented")
    ]
    assert riverside["count"] == "160"
    assert riverside["meaning"] == "A yes is in force."
    assert riverside["as_of"].endswith("+00:00")
    counts = {row["count"] for row in found}
    assert "*" in counts
    assert not any(count.isdigit() and 0 < int(count) < 10 for count in counts)
    assert {row["school"] for row in found if "cmd" in row["school"]} == {f"'{OTHER}"}
    assert found[-1]["table"] == "note"


def test_an_account_with_one_school_sees_no_other(signed_in: Desk, schools: dict[str, str]) -> None:
    has_only(signed_in, Role.COORDINATOR, [schools["Riverside"]])
    shown = page(signed_in)
    assert "cmd" not in shown
    assert "Answers by language: Riverside" in shown
    assert "All schools" not in shown
    other = next(id for name, id in schools.items() if name != "Riverside")
    for path in (f"/coordinator/?school={other}", f"/coordinator/figures.csv?school={other}"):
        assert signed_in.browser.get(path).status_code == 404
    assert {row["school"] for row in rows(signed_in)} == {"Riverside", ""}


@pytest.mark.parametrize("path", ["/coordinator/", "/coordinator/figures.csv"])
def test_it_is_for_those_who_see_the_programme(signed_in: Desk, path: str) -> None:
    has_only(signed_in, Role.FRONT_DESK)
    assert signed_in.browser.get(path).status_code == 403
    has_only(signed_in, Role.AUDITOR)
    assert signed_in.browser.get(path).status_code == 200


def test_an_empty_installation_has_a_page_too(signed_in: Desk) -> None:
    assert "No student is on the roster yet." in page(signed_in)
    assert "No sharing system is connected." in page(signed_in)


def test_open_cases_and_sharing_systems_are_work_and_counted_as_they_are(signed_in: Desk) -> None:
    at = real_now() - timedelta(days=4)
    add_crowd(signed_in.database, {("Riverside", "en", Standing.REVOKED): 2}, at=at)
    with signed_in.database.begin() as session:
        add_destination(
            session, "clienttrack", "webhook", "https://share.example.org/hook",
            "whsec_" + "a" * 44, at=at,
        )  # fmt: skip
    shown = page(signed_in)
    assert "2 are past their deadline." in shown
    assert "clienttrack" in shown
    assert "Sending" in shown
    assert "case" not in {row["table"] for row in rows(signed_in)}
