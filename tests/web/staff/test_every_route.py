"""Least privilege: every page of staff × every role, and every thing × every school.

A new route needs a row in ``WHO``; a new id in an address needs something that it stands for in
``Things``, or a word here that it belongs to no school. Otherwise these tests fail.
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

DESK, COORDINATOR, APPROVER = Role.FRONT_DESK, Role.COORDINATOR, Role.APPROVER
AUDITOR, ADMINISTRATOR = Role.AUDITOR, Role.ADMINISTRATOR
SIGNED_IN = frozenset(Role)
"""An account without any role opens these too."""
SERVE = frozenset({DESK, COORDINATOR})
SEE = frozenset({DESK, COORDINATOR, AUDITOR})
PROGRAMME = frozenset({COORDINATOR, AUDITOR})
RUN = frozenset({COORDINATOR})
WORDS = frozenset({COORDINATOR, APPROVER, AUDITOR})
APPROVE = frozenset({APPROVER})
AUDIT = frozenset({AUDITOR, ADMINISTRATOR})
MANAGE = frozenset({ADMINISTRATOR})
_OF_PARTNER = "<any(agreements, schools, people, roles, trainings):kind>"

WHO: dict[str, frozenset[Role]] = {
    "GET /coordinator/accounts": MANAGE,
    "GET /coordinator/accounts/<uuid:account_id>": MANAGE,
    "POST /coordinator/accounts/<uuid:account_id>/<any(disable, enable, invite, reset):what>":
        MANAGE,
    "POST /coordinator/accounts/<uuid:account_id>/access": MANAGE,
    "POST /coordinator/accounts/<uuid:account_id>/training": MANAGE,
    "GET /coordinator/accounts/new": MANAGE,
    "POST /coordinator/accounts/new": MANAGE,
    "GET /coordinator/": PROGRAMME,
    "GET /coordinator/figures.csv": PROGRAMME,
    "GET /coordinator/campaigns": PROGRAMME,
    "GET /coordinator/campaigns/<uuid:campaign_id>": PROGRAMME,
    "POST /coordinator/campaigns/<uuid:campaign_id>/<any(pause, resume, stop):action>": RUN,
    "POST /coordinator/campaigns/<uuid:campaign_id>/count": RUN,
    "POST /coordinator/campaigns/<uuid:campaign_id>/letters": RUN,
    "POST /coordinator/campaigns/<uuid:campaign_id>/start": RUN,
    "GET /coordinator/campaigns/new": RUN,
    "POST /coordinator/campaigns/new": RUN,
    "GET /coordinator/documents": PROGRAMME,
    "POST /coordinator/documents/<name>/<version>/publish": RUN,
    "POST /coordinator/documents/record/<int:sequence>/withdraw": RUN,
    "GET /coordinator/messages": PROGRAMME,
    "GET /coordinator/looks": AUDIT,
    "GET /coordinator/looks.csv": AUDIT,
    "POST /coordinator/looks/search": AUDIT,
    "GET /coordinator/partners": PROGRAMME,
    "GET /coordinator/partners/<partner_id>": PROGRAMME,
    f"GET /coordinator/partners/<partner_id>/{_OF_PARTNER}/<uuid:row_id>/end": RUN,
    f"POST /coordinator/partners/<partner_id>/{_OF_PARTNER}/<uuid:row_id>/end": RUN,
    f"GET /coordinator/partners/<partner_id>/{_OF_PARTNER}/new": RUN,
    f"POST /coordinator/partners/<partner_id>/{_OF_PARTNER}/new": RUN,
    "GET /coordinator/partners/<partner_id>/edit": RUN,
    "POST /coordinator/partners/<partner_id>/edit": RUN,
    "GET /coordinator/partners/new": RUN,
    "POST /coordinator/partners/new": RUN,
    "GET /coordinator/questions": PROGRAMME,
    "GET /coordinator/questions/<uuid:question_id>": PROGRAMME,
    "POST /coordinator/questions/<uuid:question_id>/answer": RUN,
    "POST /coordinator/questions/<uuid:question_id>/assign": RUN,
    "POST /coordinator/questions/<uuid:question_id>/close": RUN,
    "POST /coordinator/questions/<uuid:question_id>/common-answer": RUN,
    "POST /coordinator/questions/<uuid:question_id>/revocation": RUN,
    "POST /coordinator/questions/<uuid:question_id>/take": RUN,
    "POST /coordinator/questions/<uuid:question_id>/violation": RUN,
    "GET /coordinator/recordings/<uuid:recording_id>": WORDS,
    "GET /coordinator/translations": WORDS,
    "GET /coordinator/translations/<name>/<language>": WORDS,
    "POST /coordinator/translations/<name>/<language>": APPROVE,
    "POST /coordinator/translations/<name>/<language>/recordings": APPROVE,
    "POST /coordinator/translations/<name>/<language>/recordings/<uuid:recording_id>/confirm":
        APPROVE,
    "POST /coordinator/translations/<name>/<language>/withdraw/<uuid:approval_id>": APPROVE,
    "GET /coordinator/violations": PROGRAMME,
    "GET /coordinator/violations/<uuid:violation_id>": PROGRAMME,
    "POST /coordinator/violations/<uuid:violation_id>/<any(agree, refuse):answer>": RUN,
    "POST /coordinator/violations/<uuid:violation_id>/name": RUN,
    "POST /coordinator/violations/<uuid:violation_id>/propose": RUN,
    "GET /desk/": SEE,
    "GET /desk/waivers": SEE,
    "POST /desk/search": SEE,
    "POST /desk/find": SEE,
    "GET /desk/keys": SIGNED_IN,
    "GET /desk/pin": SERVE,
    "POST /desk/pin": SERVE,
    "GET /desk/students": SEE,
    "GET /desk/students/<uuid:student_id>": SEE,
    "GET /desk/students/<uuid:student_id>/<any(sign, revoke):task>/<key>": SERVE,
    "POST /desk/students/<uuid:student_id>/<any(sign, revoke):task>/<key>": SERVE,
    "POST /desk/students/<uuid:student_id>/invitation": SERVE,
    "GET /desk/students/<uuid:student_id>/letter/<key>": SERVE,
    "POST /desk/students/<uuid:student_id>/letter/<key>": SERVE,
    "GET /desk/students/<uuid:student_id>/refusal/<key>": SERVE,
    "POST /desk/students/<uuid:student_id>/refusal/<key>": SERVE,
    "GET /desk/account": SIGNED_IN,
    "POST /desk/account/app/remove": SIGNED_IN,
    "POST /desk/account/language": SIGNED_IN,
    "POST /desk/account/passkeys/<uuid:passkey_id>/remove": SIGNED_IN,
    "GET /desk/account/password": SIGNED_IN,
    "POST /desk/account/password": SIGNED_IN,
    "GET /desk/account/prove": SIGNED_IN,
    "POST /desk/account/prove": SIGNED_IN,
    "POST /desk/account/recovery-codes": SIGNED_IN,
    "GET /desk/agreement": SIGNED_IN,
    "POST /desk/agreement": SIGNED_IN,
    "GET /desk/contacts": SEE,
    "POST /desk/contacts": SERVE,
    "POST /desk/contacts/<uuid:flag_id>/settle": SERVE,
    "GET /desk/replies": SEE,
    "POST /desk/replies/<uuid:reply_id>/settle": SERVE,
    "GET /desk/copies": SEE,
    "POST /desk/copies/<uuid:request_id>/answered": SERVE,
    "GET /desk/interpreters": SEE,
    "POST /desk/interpreters/<uuid:request_id>/done": SERVE,
    "GET /desk/invitations/new": SERVE,
    "POST /desk/invitations/new": SERVE,
    "POST /desk/invitations/search": SERVE,
    "GET /desk/matching": SEE,
    "GET /desk/matching/<uuid:student_id>": SEE,
    "POST /desk/matching/<uuid:student_id>/different": SERVE,
    "POST /desk/matching/<uuid:student_id>/same": SERVE,
    "POST /desk/matching/<uuid:student_id>/search": SEE,
    "GET /desk/nothing": SIGNED_IN,
    "GET /desk/papers": SERVE,
    "POST /desk/papers/blank": SERVE,
    "POST /desk/papers/names": SERVE,
    "POST /desk/papers/search": SERVE,
    "POST /desk/papers/students": SERVE,
    "GET /desk/reason": SIGNED_IN,
    "POST /desk/reason": SIGNED_IN,
    "GET /desk/review": SERVE,
    "POST /desk/review/<uuid:item_id>": SERVE,
    "POST /desk/review/<uuid:item_id>/skip": SERVE,
    "POST /desk/review/suggestions.json": SERVE,
    "POST /desk/review/undo": SERVE,
    "GET /desk/revocations": SEE,
    "GET /desk/revocations/<uuid:revocation_id>": SEE,
    "POST /desk/revocations/<uuid:revocation_id>/assign": RUN,
    "POST /desk/revocations/<uuid:revocation_id>/confirm": RUN,
    "POST /desk/revocations/<uuid:revocation_id>/dead-letters/<uuid:letter_id>": RUN,
    "GET /desk/revocations/<uuid:revocation_id>/document.pdf": SEE,
    "GET /desk/revocations/<uuid:revocation_id>/evidence/<uuid:kept_id>": SEE,
    "POST /desk/revocations/<uuid:revocation_id>/take": SERVE,
    "POST /desk/revocations/<uuid:revocation_id>/told": SERVE,
    "GET /desk/revocations/new": SERVE,
    "POST /desk/revocations/new": SERVE,
    "POST /desk/revocations/search": SERVE,
    "GET /desk/scans": SEE,
    "POST /desk/scans": SERVE,
    "GET /desk/scans/<uuid:batch_id>": SEE,
    "POST /desk/scans/<uuid:batch_id>/files": SERVE,
    "GET /desk/scans/<uuid:batch_id>/progress.json": SEE,
    "POST /desk/scans/<uuid:batch_id>/read": SERVE,
    "POST /desk/scans/begin": SERVE,
    "GET /desk/scans/pages/<uuid:page_id>/picture": SEE,
    "POST /desk/sign-out": SIGNED_IN,
    "GET /desk/training": SIGNED_IN,
    "GET /desk/violations/new": SIGNED_IN,
    "POST /desk/violations/new": SIGNED_IN,
    "GET /desk/waivers/<uuid:consent_id>": SEE,
    "POST /desk/waivers/<uuid:consent_id>/confirm": SERVE,
    "GET /desk/waivers/<uuid:consent_id>/disclosures.pdf": SEE,
    "GET /desk/waivers/<uuid:consent_id>/document.pdf": SEE,
    "POST /desk/waivers/<uuid:consent_id>/reject": SERVE,
    "POST /desk/waivers/<uuid:consent_id>/search": SEE,
}  # fmt: skip
EVERYBODY = {"GET /desk/sign-in", "POST /desk/sign-in"}
"""Without being signed in."""
WAYS_IN = {
    "GET /desk/forgotten", "POST /desk/forgotten",
    "GET /desk/invitation/<token>", "POST /desk/invitation/<token>",
    "GET /desk/new-password/<token>", "POST /desk/new-password/<token>",
    "GET /desk/passkey", "POST /desk/passkey",
    "GET /desk/second-step", "POST /desk/second-step", "POST /desk/second-step/passkey",
    "GET /desk/set-up", "GET /desk/set-up/app", "POST /desk/set-up/app",
    "GET /desk/set-up/passkey", "POST /desk/set-up/passkey",
    "GET /desk/sso", "GET /desk/sso/callback",
}  # fmt: skip
"""For those who are on their way in; what each lets nobody do is in tests/web/desk."""

OF_NO_SCHOOL = {
    "name": "ferpa_waiver",
    "language": "ar",
    "approval_id": NOBODY,
    "recording_id": NOBODY,
    "partner_id": "tutors",
    "kind": "agreements",
    "row_id": NOBODY,
    "account_id": NOBODY,
    "passkey_id": NOBODY,
    "what": "disable",
    "version": "2026-1",
    "sequence": "999",
    "question_id": NOBODY,
    "answer": "agree",
}
"""What these stand for is the partnership's: no student is in it."""
INSIDE = {
    "letter_id": NOBODY,
    "kept_id": NOBODY,
    "reply_id": NOBODY,
    "flag_id": NOBODY,
    "campaign_id": NOBODY,
    "action": "pause",
    "task": "sign",
    "key": "other",
}
"""Looked for by its view: inside of what another id in the same address names, or with the scope.
That another school's is not found is in the tests of those views."""


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
