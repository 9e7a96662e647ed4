"""Least privilege: every page of staff × every role, and every thing × every school.

A new route needs a row in ``WHO`` (``who.py``); a new id in an address needs something that it
stands for in ``Things``, or a word in ``who.py`` that it belongs to no school. Otherwise these
tests fail.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from intake.accounts.model import Role
from tests.staff import EVERY_ROLE
from tests.web.staff.conftest import NOBODY, Things, World
from tests.web.staff.who import DESK, EVERYBODY, INSIDE, OF_NO_SCHOOL, SIGNED_IN, WAYS_IN, WHO


def staffs_rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method and rule of staff's pages, but for the ways in."""
    yield from ((key, rule) for key, rule in _rules(app) if key not in WAYS_IN)


def _rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        if re.match(r"/(desk|coordinator)(/|$)", rule.rule):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield f"{method} {rule.rule}", rule


def values(world: World, rule: Rule, things: Things) -> dict[str, str]:
    """Something for each id of an address."""
    if rule.endpoint == "desk.interpreter_done":
        return {"request_id": world.interpreter_id}
    known = {**OF_NO_SCHOOL, **INSIDE, **vars(things), "request_id": things.copy_id}
    return {name: known[name] for name in rule.arguments}


def asked(browser: FlaskClient, key: str, address: str, **form: str) -> TestResponse:
    method = key.split(" ", maxsplit=1)[0]
    return browser.open(address, method=method, data=form if method == "POST" else None)


def address_of(world: World, rule: Rule, things: Things) -> str:
    with world.app.test_request_context():
        built = rule.build(values(world, rule, things))
    assert built is not None
    return built[1]


def test_every_route_has_a_row_here(world: World) -> None:
    assert {key for key, _ in _rules(world.app)} == WHO.keys() | EVERYBODY | WAYS_IN


def test_nobody_gets_anywhere_without_being_signed_in(world: World) -> None:
    browser, before = world.browser(None), world.state()
    for key, rule in staffs_rules(world.app):
        answer = asked(browser, key, address_of(world, rule, world.ours))
        is_sent_to_sign_in = answer.status_code == 303 and "/desk/sign-in" in answer.location
        assert is_sent_to_sign_in == (key not in EVERYBODY), key
    assert world.state() == before


@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_opens_exactly_its_pages_and_a_refused_one_changes_nothing(
    world: World, role: Role | None
) -> None:
    schools = [world.ours.school_id] if role is DESK else None
    browser = world.browser(world.hire(*([role] if role else []), schools=schools))
    form = {"csrf_token": world.token(browser)}
    browser.post("/desk/reason", data={**form, "reason": "yearly check of everything"})
    rules = sorted(staffs_rules(world.app), key=lambda one: one[1].endpoint == "desk.sign_out")
    expected = {key for key, roles in WHO.items() if role in roles or roles == SIGNED_IN}
    opened, refused = set(), set()
    before = world.state()
    for key, rule in rules:
        if key in expected or key in EVERYBODY:
            continue
        answer = asked(browser, key, address_of(world, rule, world.ours), **form)
        (refused if answer.status_code == 403 else opened).add(key)
    assert world.state() == before
    for key, rule in rules:
        if key not in expected:
            continue
        # Without the form's token: nothing happens, but it is past the question of who asks.
        answer = asked(browser, key, address_of(world, rule, world.ours))
        (refused if _is_refusal(answer) else opened).add(key)
    assert opened == expected
    assert refused == WHO.keys() - expected


@pytest.mark.parametrize("role", Role)
def test_no_page_offers_what_its_reader_may_not_do(world: World, role: Role) -> None:
    schools = [world.ours.school_id] if role is DESK else None
    browser = world.browser(world.hire(role, schools=schools))
    browser.post("/desk/reason", data={"csrf_token": world.token(browser), "reason": "a check"})
    leads = world.app.url_map.bind("localhost")
    offered = {}
    for key, rule in staffs_rules(world.app):
        if key.startswith("GET") and role in WHO.get(key, ()):
            page = asked(browser, key, address_of(world, rule, world.ours))
            text = page.text if page.mimetype == "text/html" else ""
            for kind, address in re.findall(
                r' (href|action)="(/(?:desk|coordinator)[^"?#]*)', text
            ):
                method = "POST" if kind == "action" else "GET"
                if not leads.test(address, method):
                    continue  # a search, by GET
                found, _ = leads.match(address, method, return_rule=True)
                if role not in WHO.get(f"{method} {found.rule}", SIGNED_IN):
                    offered[f"{method} {found.rule}"] = key
    assert offered == {}


def _is_refusal(answer: TestResponse) -> bool:
    assert answer.status_code < 500, answer.request.path
    return answer.status_code == 403 or "/desk/sign-in" in (answer.location or "")


def test_nothing_is_done_without_the_forms_token(world: World) -> None:
    browser = world.browser(world.hire(*EVERY_ROLE))
    shown = ("looks", "looks_head", "ledger_events", "ledger_head")  # pages that say what is wrong
    before = world.state(without=shown)
    for key, rule in staffs_rules(world.app):
        if key.startswith("POST") and key not in EVERYBODY:
            answer = asked(browser, key, address_of(world, rule, world.ours))
            assert answer.status_code in {400, 404, 409}, key
    assert world.state(without=shown) == before


def test_another_schools_thing_is_not_there_and_stays_as_it_is(world: World) -> None:
    browser = world.browser(world.hire(*EVERY_ROLE, schools=[world.ours.school_id]))
    form, before = {"csrf_token": world.token(browser)}, world.state()
    found = {}
    for key, rule in _with_ids(world.app):
        answer = asked(browser, key, address_of(world, rule, world.theirs), **form)
        if answer.status_code != 404:
            found[key] = answer.status_code
    assert found == {}
    assert world.state() == before


def test_the_own_schools_thing_is_there(world: World) -> None:
    browser = world.browser(world.hire(*EVERY_ROLE, schools=[world.ours.school_id]))
    missing = {}
    for key, rule in _with_ids(world.app):
        if INSIDE.keys() & rule.arguments:
            continue
        answer = asked(browser, key, address_of(world, rule, world.ours))
        if answer.status_code in {403, 404}:
            missing[key] = answer.status_code
    # This one was a refusal at once: it has no letter of its own.
    assert missing.keys() <= {"GET /desk/revocations/<uuid:revocation_id>/document.pdf"}


def test_what_is_not_there_is_said_in_the_same_words(world: World) -> None:
    browser = world.browser(world.hire(DESK, schools=[world.ours.school_id]))
    nowhere = browser.get(f"/desk/waivers/{NOBODY}")
    theirs = browser.get(f"/desk/waivers/{world.theirs.consent_id}")
    assert nowhere.status_code == theirs.status_code == 404
    assert nowhere.text == theirs.text


def _with_ids(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Rules that name something of a school."""
    for key, rule in staffs_rules(app):
        is_schools = bool(rule.arguments - OF_NO_SCHOOL.keys())
        if is_schools and rule.endpoint != "desk.interpreter_done":
            yield key, rule
