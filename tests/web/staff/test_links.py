"""No page of the desk offers what would be refused to its reader: links and forms, by role."""

from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from intake.accounts.model import Role
from tests.web.staff.conftest import Things, World
from tests.web.staff.test_every_route import address_of, staffs_rules
from tests.web.staff.who import AUDITOR, COORDINATOR, DESK, EVERYBODY, SIGNED_IN, WAYS_IN, WHO


class _Offers(HTMLParser):
    """Methods and addresses of a page's links and forms."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a" and named.get("href"):
            self.found.add(("GET", named["href"] or ""))
        if tag == "form" and named.get("action"):
            self.found.add(((named.get("method") or "get").upper(), named["action"] or ""))


@pytest.mark.parametrize("role", [DESK, COORDINATOR, AUDITOR])
def test_a_page_offers_only_what_its_reader_may_do(world: World, role: Role) -> None:
    schools = [world.ours.school_id] if role is DESK else None
    browser = world.browser(world.hire(role, schools=schools))
    form = {"csrf_token": world.token(browser), "reason": "yearly check of everything"}
    browser.post("/desk/reason", data=form)
    world.free_questions()
    refused = {
        (key, offered)
        for key, address in _pages(world, world.ours, role)
        for offered in _offered(world, browser, address)
        if not _may(role, offered)
    }
    assert refused == set()


def _pages(world: World, things: Things, role: Role) -> list[tuple[str, str]]:
    pages = [
        (key, address_of(world, rule, things))
        for key, rule in staffs_rules(world.app)
        if key.startswith("GET /desk/") and key not in EVERYBODY and _may(role, key)
    ]
    return [*pages, ("a waiver that waits", f"/desk/waivers/{things.waiting_id}")]


def _offered(world: World, browser: FlaskClient, address: str) -> set[str]:
    answer = browser.get(address)
    if answer.mimetype != "text/html":
        return set()
    page = _Offers()
    page.feed(answer.text)
    found = set()
    for method, where in page.found:
        path = where.partition("#")[0].partition("?")[0]
        if not path.startswith(("/desk/", "/coordinator/")):
            continue
        try:
            rule, _ = world.app.url_map.bind("localhost").match(path, method, return_rule=True)
        except HTTPException:
            continue
        found.add(f"{method} {rule.rule}")
    return found


def _may(role: Role, key: str) -> bool:
    if key in EVERYBODY or key in WAYS_IN:
        return True
    return role in WHO[key] or WHO[key] == SIGNED_IN
