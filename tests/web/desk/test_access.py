"""Every page names the permission that it needs, and nobody opens one without it."""

import pytest

from intake.accounts.model import Role, Staff
from tests.web.desk.conftest import Desk


def has_only(desk: Desk, *roles: Role) -> None:
    with desk.database.begin() as session:
        session.get_one(Staff, desk.staff.id).roles = sorted(roles)


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.FRONT_DESK, "/desk/"),
        (Role.COORDINATOR, "/desk/"),
        (Role.AUDITOR, "/desk/"),
        (Role.APPROVER, "/coordinator/translations"),
    ],
)
def test_everybody_lands_on_the_first_page_they_may_see(desk: Desk, role: Role, home: str) -> None:
    has_only(desk, role)
    answer = desk.sign_in()
    assert answer.location.endswith(home)
    page = desk.browser.get(answer.location)
    assert page.status_code == 200
    assert f'data-home="{home}"' in page.text, "where a key leads, too"


def test_a_role_taken_away_counts_at_once(signed_in: Desk) -> None:
    assert signed_in.browser.get("/desk/").status_code == 200
    has_only(signed_in, Role.APPROVER)
    refused = signed_in.browser.get("/desk/")
    assert refused.status_code == 403
    assert "Not for your account" in refused.text


def test_an_account_without_a_role_is_told_so(desk: Desk) -> None:
    has_only(desk)
    page = desk.browser.get(desk.sign_in().location)
    assert page.status_code == 200
    assert "No pages yet" in page.text


def test_only_links_that_open_are_shown(desk: Desk) -> None:
    has_only(desk, Role.AUDITOR)
    page = desk.browser.get(desk.sign_in().location).text
    assert "/desk/revocations" in page
    assert "/desk/invitations/new" not in page
