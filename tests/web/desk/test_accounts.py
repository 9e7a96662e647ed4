"""Administrators' pages, from an invitation to a sign-in; and single sign-on with a provider."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from intake.accounts.history import AccountEvent
from intake.accounts.model import Role, Staff
from intake.accounts.staff import find_staff
from intake.accounts.tries import BEGIN_LIMIT
from intake.clock import now
from intake.config import Settings
from intake.db.limits import count_attempt
from intake.messages.model import OutgoingMessage
from intake.staff_settings import OidcSettings
from tests.accounts.provider import RunningProvider, query_of, running_provider
from tests.web.desk.conftest import Desk, csrf_token

NEW = "/coordinator/accounts/new"
OMAR = "omar@example.org"
CHOSEN = "seven green lamps sing"


def _post(browser: FlaskClient, path: str, shown_at: str, **values: object) -> TestResponse:
    token = csrf_token(browser.get(shown_at))
    return browser.post(path, data={"csrf_token": token, **values})


def _invite(desk: Desk, **values: object) -> TestResponse:
    said = {"name": "Omar", "email": OMAR, "roles": "auditor", "every_school": "y", **values}
    return _post(desk.browser, NEW, NEW, **said)


def _link(desk: Desk) -> str:
    with desk.database.read() as session:
        query = select(OutgoingMessage.body).order_by(OutgoingMessage.created_at.desc())
        return str(re.findall(r"https://[^/]+(/desk/\S+)", session.scalars(query).first() or "")[0])


def _staff(desk: Desk, email: str = OMAR) -> Staff:
    with desk.database.read() as session:
        return find_staff(session, email)


def test_an_invited_person_comes_in_and_works_once_trained(signed_in: Desk) -> None:
    page = _invite(signed_in).location
    assert "invited" in signed_in.browser.get("/coordinator/accounts").text
    first = _link(signed_in)
    assert _post(signed_in.browser, f"{page}/invite", page).status_code == 303
    link = _link(signed_in)
    assert link != first

    omar = signed_in.browser.application.test_client()
    assert _post(omar, link, link, password="short", again="short").status_code == 422
    assert _post(omar, link, link, password=CHOSEN, again=CHOSEN).location == "/desk/set-up"
    assert omar.get(first).status_code == omar.get(link).status_code == 410
    set_up = omar.get("/desk/set-up/app").text
    secret = re.findall(r'id="secret"[^>]*>([^<]+)<', set_up)[0].replace(" ", "")
    code = pyotp.TOTP(secret).now()
    assert _post(omar, "/desk/set-up/app", "/desk/set-up/app", code=code).status_code == 200
    agreement = omar.get("/desk/").location
    sha256 = re.findall(r'name="sha256" value="([^"]+)"', omar.get(agreement).text)[0]
    assert _post(omar, agreement, agreement, sha256=sha256, agrees="y").status_code == 303
    assert omar.get("/desk/").location.startswith("/desk/training")

    day = signed_in.staff.created_at.date().isoformat()
    assert _post(signed_in.browser, f"{page}/training", page, completed_on="").status_code == 422
    assert _post(signed_in.browser, f"{page}/training", page, completed_on=day).status_code == 303
    assert omar.get("/desk/").status_code == 200
    history = signed_in.browser.get(page).text
    for told in ("Invited again", "Invitation accepted", "Training recorded", "Rosa"):
        assert told in history

    assert _post(signed_in.browser, f"{page}/reset", page).status_code == 303
    assert omar.get("/desk/").status_code == 303
    assert _post(signed_in.browser, f"{page}/disable", page).status_code == 303
    assert _staff(signed_in).disabled_at is not None
    assert _post(signed_in.browser, f"{page}/enable", page).status_code == 303


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"email": "rosa@example.org"}, "already"),
        ({"email": "omar"}, "Check the email address"),
        ({"name": "12"}, "at least one letter"),
        ({"roles": ""}, "at least one role"),
        ({"roles": "front_desk"}, "own schools only"),
        ({"every_school": ""}, "own schools only"),
    ],
)
def test_an_invitation_that_cant_be_says_why(
    signed_in: Desk, values: dict[str, str], told: str
) -> None:
    answer = _invite(signed_in, **values)
    assert answer.status_code == 422
    assert told in answer.text


def test_the_last_administrator_cant_lock_everybody_out(signed_in: Desk) -> None:
    page = f"/coordinator/accounts/{signed_in.staff.id}"
    for path, values in (("disable", {}), ("access", {"roles": "auditor", "every_school": "y"})):
        answer = _post(signed_in.browser, f"{page}/{path}", page, **values)
        assert answer.status_code == 422
        assert "last administrator" in answer.text
    assert "Another administrator" in _post(signed_in.browser, f"{page}/reset", page).text
    today = signed_in.staff.created_at.date().isoformat()
    answer = _post(signed_in.browser, f"{page}/training", page, completed_on=today)
    assert "Another administrator must record" in answer.text


def test_roles_and_schools_change_at_once(signed_in: Desk) -> None:
    page = _invite(signed_in).location
    values = {"roles": ["front_desk", "approver"], "schools": signed_in.school.id}
    assert _post(signed_in.browser, f"{page}/access", page, **values).status_code == 303
    omar = _staff(signed_in)
    assert (omar.roles, omar.schools) == (["approver", "front_desk"], [signed_in.school.id])


def test_others_accounts_are_for_administrators_alone(signed_in: Desk) -> None:
    with signed_in.database.begin() as session:
        others = sorted(set(Role) - {Role.ADMINISTRATOR})
        session.get_one(Staff, signed_in.staff.id).roles = [role.value for role in others]
    for path in ("/coordinator/accounts", NEW, f"/coordinator/accounts/{signed_in.staff.id}"):
        assert signed_in.browser.get(path).status_code == 403


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def sso(desk: Desk, provider: RunningProvider) -> Desk:
    """The desk with single sign-on at a real provider."""
    oidc = OidcSettings(
        provider.issuer, "intake", "secret", "openid email profile", "groups",
        (("desk", "front_desk"), ("lead", "coordinator")), "schools",
    )  # fmt: skip
    settings: Settings = replace(desk.context.settings, oidc=oidc)
    desk.context = replace(desk.context, settings=settings)
    desk.browser.application.extensions["intake"] = desk.context
    return desk


def _away(sso: Desk) -> str:
    location: str = sso.browser.get("/desk/sso?next=/desk/revocations").location
    asked = query_of(location)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["state"]) == len(asked["nonce"]) == 43
    return location


def _back(sso: Desk, **query: str) -> TestResponse:
    return sso.browser.get("/desk/sso/callback", query_string=query)


def test_somebody_at_the_provider_gets_in_with_the_roles_of_the_claims(
    sso: Desk, provider: RunningProvider
) -> None:
    assert "/desk/sso" in sso.browser.get("/desk/sign-in").text
    who = {"email": "ana@example.org", "email_verified": True, "name": "Ana Ortiz"}
    provider.has("ana", **who, groups=["desk"], schools=[sso.school.name])
    back = provider.sign_in(_away(sso), "ana")
    with sso.browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    assert _back(sso, **back).location == "/desk/revocations"
    with sso.browser.session_transaction() as session:
        assert "planted" not in session
    ana = _staff(sso, "ana@example.org")
    assert (ana.roles, ana.schools) == (["front_desk"], [sso.school.id])
    assert sso.browser.get("/desk/").location.startswith("/desk/agreement")

    provider.has("ana", **who, groups=["nothing here"])
    refused = _back(sso, **provider.sign_in(_away(sso), "ana"))
    assert refused.status_code == 403
    assert "has no role here" in refused.text
    assert sso.browser.get("/desk/account").status_code == 303, "signed out everywhere"


def test_an_answer_counts_once_in_the_browser_that_asked(
    sso: Desk, provider: RunningProvider
) -> None:
    provider.has("lea", email="lea@example.org", email_verified=True, groups=["lead"], schools=[])
    provider.has("leo", email="leo@example.org", groups=["lead"], schools=[sso.school.name])
    back = provider.sign_in(_away(sso), "leo")
    stranger = sso.browser.application.test_client()
    assert stranger.get("/desk/sso/callback", query_string=back).status_code == 400
    cookie = sso.browser.get_cookie("session")
    assert cookie is not None
    unverified = _back(sso, **back)
    assert (unverified.status_code, "no verified email" in unverified.text) == (403, True)
    sso.browser.set_cookie("session", cookie.value)
    assert _back(sso, **back).status_code == 400, "played again"
    other = provider.sign_in(_away(sso), "lea")
    assert _back(sso, code=other["code"], state="another").status_code == 400
    _away(sso)
    assert _back(sso, error="access_denied").status_code == 400
    with sso.database.read() as session:
        stored = [event.data for event in session.scalars(select(AccountEvent))]
    assert sum("single_sign_on_failed" in one for one in stored) == 4
    assert not any("leo" in one or "lea@" in one for one in stored)


def test_answers_that_nobody_asked_for_have_a_limit(sso: Desk) -> None:
    assert _back(sso, code="guessed").status_code == 400
    with sso.database.begin() as session:
        entries = session.scalars(select(func.count(AccountEvent.sequence))).one()
        for _ in range(BEGIN_LIMIT.count - 1):
            count_attempt(session, BEGIN_LIMIT, "127.0.0.1", at=now())
    assert _back(sso, code="guessed").status_code == 429
    with sso.database.read() as session:
        assert session.scalars(select(func.count(AccountEvent.sequence))).one() == entries


def test_without_a_provider_there_is_no_such_page(desk: Desk) -> None:
    assert "/desk/sso" not in desk.browser.get("/desk/sign-in").text
    assert desk.browser.get("/desk/sso").status_code == 404
    assert desk.browser.get("/desk/sso/callback").status_code == 404
