"""The coordinator's page of documents: what is in force, and publishing what is not."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from intake.accounts.model import Role, Staff
from intake.clock import local_date
from intake.clock import now as real_now
from intake.documents.releases import versions_in_force
from tests.documents.trees import NEWER, use_tree
from tests.web.desk.conftest import Desk

PAGE = "/coordinator/documents"
PUBLISH = f"{PAGE}/ferpa_waiver/{NEWER}/publish"


@pytest.fixture
def with_draft(signed_in: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The waiver has a new version that nobody has published."""
    use_tree(monkeypatch, tmp_path, draft=True)
    return signed_in


def page(desk: Desk) -> str:
    return desk.browser.get(PAGE).text


def in_force(desk: Desk, *, days: int = 0) -> str:
    today = local_date(real_now(), desk.context.settings.time_zone)
    with desk.database.read() as session:
        return versions_in_force(session, today + timedelta(days=days))["ferpa_waiver"].version


def day(desk: Desk, days: int) -> str:
    today = local_date(real_now(), desk.context.settings.time_zone)
    return (today + timedelta(days=days)).isoformat()


def test_every_version_says_where_it_stands(with_draft: Desk) -> None:
    with_draft.sign(with_draft.enrol("Emma Johnson"), language="ksw")
    shown = page(with_draft)
    assert re.search(rf"Version {NEWER}:\s*<span class=\"standing not_yet\">Draft</span>", shown)
    assert re.search(r"Version 2026-1:\s*<span class=\"standing current\">In force</span>", shown)
    assert '<abbr title="Withheld">*</abbr>' in shown  # one has signed in Karen
    assert "this installation" in shown


def test_a_draft_is_published_for_a_day_and_taken_back(with_draft: Desk) -> None:
    values = {"in_force_from": day(with_draft, 7), "note": "Council, 3 May", "is_meant": "y"}
    assert with_draft.post(PUBLISH, values, shown_at=PAGE).status_code == 303
    shown = page(with_draft)
    assert "Published, not in force yet" in shown
    assert "Council, 3 May" in shown
    assert "<bdi>Rosa</bdi>" in shown
    assert (in_force(with_draft), in_force(with_draft, days=7)) == ("2026-1", NEWER)

    (path,) = set(re.findall(r'action="(/coordinator/documents/record/\d+/withdraw)"', shown))
    assert with_draft.post(path, {}, shown_at=PAGE).status_code == 303
    assert in_force(with_draft, days=7) == "2026-1"
    assert "taken back" in page(with_draft)
    assert with_draft.post(path, {}, shown_at=PAGE).status_code == 409


@pytest.mark.parametrize(
    ("days", "ticked", "status", "said"),
    [
        (0, "", 422, "tick the box"),
        (-1, "y", 409, "The first day is over"),
    ],
)
def test_what_is_not_meant_is_not_published(
    with_draft: Desk, days: int, ticked: str, status: int, said: str
) -> None:
    values = {"in_force_from": day(with_draft, days), "is_meant": ticked}
    answer = with_draft.post(PUBLISH, {k: v for k, v in values.items() if v}, shown_at=PAGE)
    assert answer.status_code == status
    assert said in answer.text
    assert in_force(with_draft) == "2026-1"


def test_only_who_runs_the_programme_publishes(with_draft: Desk) -> None:
    with with_draft.database.begin() as session:
        session.get_one(Staff, with_draft.staff.id).roles = [Role.AUDITOR]
    shown = page(with_draft)
    assert "Draft" in shown
    assert "/publish" not in shown
    assert with_draft.browser.post(PUBLISH, data={}).status_code == 403
    with with_draft.database.begin() as session:
        session.get_one(Staff, with_draft.staff.id).roles = [Role.FRONT_DESK]
    assert with_draft.browser.get(PAGE).status_code == 403


def test_an_unknown_version_is_no_page(signed_in: Desk) -> None:
    path = f"{PAGE}/ferpa_waiver/1999-1/publish"
    assert signed_in.post(path, {}, shown_at=PAGE).status_code == 404
