"""Signing in and out, idle sessions, copied cookies, forged forms."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.routing import AnyConverter, BaseConverter, Rule
from werkzeug.routing.converters import NumberConverter

from intake.accounts.staff import disable_staff, find_staff
from intake.clock import now
from intake.web.desk.access import is_open_to_all
from tests.staff import second_step
from tests.web.desk.conftest import EMAIL, PASSWORD, Desk, csrf_token

PAGES = (
    "/desk/",
    "/desk/revocations",
    "/desk/invitations/new",
    "/desk/waivers/7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11",
    "/desk/waivers/7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11/document.pdf",
    "/desk/revocations/7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11/document.pdf",
)

OPEN = frozenset(
    f"desk.{name}" for name in ("sign_in", "try_to_sign_in")
) | frozenset(
    f"accounts.{name}" for name in (
        "second_step", "check_second_step", "check_second_passkey", "passkey_sign_in",
        "try_passkey", "set_up", "set_up_with_app", "set_up_with_passkey", "invitation",
        "new_password", "forgotten", "sso_begin", "sso_callback",
    )
)  # fmt: skip
"""The ways in; whoever adds one must say so here."""


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(desk: Desk, path: str) -> None:
    answer = desk.browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/sign-in?next=")


def test_every_route_but_the_sign_in_itself_asks_for_it(desk: Desk) -> None:
    app = desk.browser.application
    is_open = set()
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(("desk.", "coordinator.", "accounts.")):
            continue
        with app.test_request_context():
            if is_open_to_all(rule.endpoint):
                is_open.add(rule.endpoint)
                continue
            path = str(rule.build(_sample(rule), append_unknown=False)[1])  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answer = desk.browser.open(path, method=method)
            assert answer.status_code == 303, (method, path)
            assert answer.headers["Location"].startswith("/desk/sign-in"), (method, path)
    assert is_open == OPEN


def _sample(rule: Rule) -> dict[str, object]:
    """Something that fits each part of an address."""
    return {name: _fitting(converter) for name, converter in rule._converters.items()}


def _fitting(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return next(iter(converter.items))
    return 1 if isinstance(converter, NumberConverter) else "7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11"


def test_signing_in_leads_to_the_page_that_was_asked_for(desk: Desk) -> None:
    answer = desk.sign_in(after="/desk/sign-in?next=/desk/revocations")
    assert answer.headers["Location"] == "/desk/"
    desk.browser.get("/desk/")
    token = csrf_token(desk.browser.get("/desk/revocations"))
    desk.browser.post("/desk/sign-out", data={"csrf_token": token})
    asked = desk.post(
        "/desk/sign-in?next=/desk/revocations",
        {"email": EMAIL, "password": PASSWORD},
        shown_at="/desk/sign-in",
    )
    answer = second_step(desk.database, desk.browser, asked)
    assert answer.headers["Location"] == "/desk/revocations"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/deskevil", "/desk/\r\nX: y"],
)
def test_signing_in_never_leads_to_another_site(desk: Desk, elsewhere: str) -> None:
    token = csrf_token(desk.browser.get("/desk/sign-in"))
    asked = desk.browser.post(
        "/desk/sign-in",
        query_string={"next": elsewhere},
        data={"csrf_token": token, "email": EMAIL, "password": PASSWORD},
    )
    answer = second_step(desk.database, desk.browser, asked)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/desk/"


def test_wrong_password_and_unknown_account_look_the_same(desk: Desk) -> None:
    wrong = desk.sign_in("wrong wrong wrong")
    unknown = desk.post(
        "/desk/sign-in",
        {"email": "nobody@example.org", "password": PASSWORD},
        shown_at="/desk/sign-in",
    )
    assert wrong.status_code == unknown.status_code == 422
    assert "don&#39;t fit an account" in wrong.text
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.org", "")


def test_too_many_wrong_tries_are_told_so(desk: Desk) -> None:
    for _ in range(10):
        assert desk.sign_in("wrong wrong wrong").status_code == 422
    answer = desk.sign_in(PASSWORD)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text


def test_empty_fields_are_told_beside_the_field(desk: Desk) -> None:
    answer = desk.post("/desk/sign-in", {"email": "", "password": ""}, shown_at="/desk/sign-in")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'aria-describedby="password-error"' in answer.text


def test_a_sign_in_without_its_token_is_refused(desk: Desk) -> None:
    answer = desk.browser.post("/desk/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 422
    assert desk.browser.get("/desk/").status_code == 303


def test_signing_in_leaves_nothing_of_the_session_before_it(desk: Desk) -> None:
    before = csrf_token(desk.browser.get("/desk/sign-in"))
    with desk.browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    token = csrf_token(desk.browser.get("/desk/sign-in"))
    assert token == before
    asked = desk.browser.post(
        "/desk/sign-in", data={"csrf_token": token, "email": EMAIL, "password": PASSWORD}
    )
    with desk.browser.session_transaction() as session:
        assert "planted" not in session
    between = csrf_token(desk.browser.get("/desk/second-step"))
    second_step(desk.database, desk.browser, asked)
    with desk.browser.session_transaction() as session:
        assert "planted" not in session
    assert len({before, between, csrf_token(desk.browser.get("/desk/"))}) == 3


def test_fifteen_idle_minutes_sign_out(signed_in: Desk) -> None:
    _age_session(signed_in, idle=14 * 60)
    assert signed_in.browser.get("/desk/").status_code == 200
    _age_session(signed_in, idle=15 * 60)
    answer = signed_in.browser.get("/desk/revocations")
    assert answer.status_code == 303
    assert "reason=idle" in answer.headers["Location"]
    assert "after 15 idle minutes" in signed_in.browser.get(answer.headers["Location"]).text
    assert signed_in.browser.get("/desk/").status_code == 303


def test_the_idle_minutes_are_a_setting(signed_in: Desk) -> None:
    rules = replace(signed_in.context.settings.staff, idle=timedelta(minutes=5))
    settings = replace(signed_in.context.settings, staff=rules)
    app = signed_in.browser.application
    app.extensions["intake"] = replace(signed_in.context, settings=settings)
    _age_session(signed_in, idle=5 * 60)
    answer = signed_in.browser.get("/desk/revocations")
    assert "after 5 idle minutes" in signed_in.browser.get(answer.headers["Location"]).text


def test_work_keeps_the_session_but_not_for_ever(signed_in: Desk) -> None:
    _age_session(signed_in, idle=60, began=12 * 3600)
    assert signed_in.browser.get("/desk/").status_code == 303


def test_an_idle_sign_out_leaves_a_familys_session_alone(signed_in: Desk) -> None:
    with signed_in.browser.session_transaction() as session:
        session["family"] = "their pages"
    _age_session(signed_in, idle=15 * 60)
    signed_in.browser.get("/desk/")
    with signed_in.browser.session_transaction() as session:
        assert session["family"] == "their pages"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(signed_in: Desk) -> None:
    cookie = signed_in.browser.get_cookie("session")
    assert cookie is not None
    answer = signed_in.post("/desk/sign-out", {}, shown_at="/desk/")
    assert answer.status_code == 303
    signed_in.browser.set_cookie("session", cookie.value)
    assert signed_in.browser.get("/desk/").status_code == 303


def test_disabling_the_account_ends_its_session(signed_in: Desk) -> None:
    with signed_in.database.begin() as session:
        disable_staff(session, find_staff(session, EMAIL), at=now())
    assert signed_in.browser.get("/desk/").status_code == 303


def test_signing_out_needs_its_token(signed_in: Desk) -> None:
    assert signed_in.browser.post("/desk/sign-out").status_code == 400
    assert signed_in.browser.get("/desk/").status_code == 200


def test_no_page_of_the_desk_is_cached(signed_in: Desk) -> None:
    for path in ("/desk/", "/desk/revocations", "/desk/sign-in"):
        assert signed_in.browser.get(path).headers["Cache-Control"] == "no-store"


def _age_session(desk: Desk, *, idle: int, began: int | None = None) -> None:
    with desk.browser.session_transaction() as session:
        moment = int(time.time())
        session["desk_seen"] = moment - idle
        session["desk_began"] = moment - (idle if began is None else began)
