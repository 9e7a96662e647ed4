"""Single sign-on: forged answers are refused, and whose account it is follows the claims."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from intake.accounts.history import history_of
from intake.accounts.model import Role, Staff
from intake.accounts.sso.linking import AccountClosed, EmailUnverified, NoRole, staff_of
from intake.accounts.sso.person import ClaimsUnusable, person_of
from intake.accounts.sso.provider import Provider, SsoFailed
from intake.accounts.staff import disable_staff, find_staff
from intake.clock import now as real_now
from intake.db.engine import Database
from intake.roster.students import add_school
from intake.staff_settings import OidcSettings, StaffRules, oidc_settings, staff_rules
from tests.accounts.conftest import EMAIL
from tests.accounts.forger import CLIENT, Forger, forging

UNUSED = timedelta(days=90)
MEANINGS = (("desk", "front_desk"), ("boss", "administrator"), ("lead", "coordinator"))
NEW = {"sub": "u1", "email": "ana@example.org", "email_verified": True, "name": "Ana Ortiz"}


def _settings(issuer: str, schools_claim: str | None = None) -> OidcSettings:
    return OidcSettings(issuer, CLIENT, "secret", "openid", "realm.groups", MEANINGS, schools_claim)


@pytest.fixture(scope="module")
def forger() -> Iterator[Forger]:
    with forging() as running:
        yield running


def _finish(forger: Forger, **said: Any) -> Any:
    fresh = Forger(forger.issuer, forger.key, **said)
    provider = Provider(_settings(forger.issuer), "https://desk.example.org/desk/sso/callback")
    begun = provider.begin("state")
    forger.__dict__.update(fresh.__dict__, nonce=said.get("nonce", begun.nonce))
    return provider.finish("code", nonce=begun.nonce, verifier=begun.verifier, at=real_now())


def test_an_honest_answer_counts(forger: Forger) -> None:
    claims = _finish(forger, userinfo={"sub": "u1", "email": "ana@example.org"})
    assert (claims["sub"], claims["email"]) == ("u1", "ana@example.org")


PAST = int(time.time()) - 3600


@pytest.mark.parametrize(
    "said",
    [
        {"claims": {"exp": PAST}},
        {"claims": {"exp": None}},
        {"claims": {"iat": None}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": [CLIENT, "another client"]}},
        {"claims": {"azp": "another client"}},
        {"claims": {"iss": "https://another.example.org"}},
        {"claims": {"sub": None}},
        {"claims": {"nonce": None}},
        {"claims": {"at_hash": "wrong"}},
        {"nonce": "another sign-in's"},
        {"algorithm": "none"},
        {"algorithm": "HS256", "signs_with": OctKey.import_key("secret" * 8)},
        {"signs_with": RSAKey.generate_key(2048)},
        {"userinfo": {"sub": "somebody else"}},
        {"userinfo": ["no object"]},
    ],
    ids=lambda said: "-".join(said) + "-" + "-".join(said.get("claims", ())),
)
def test_a_forged_stale_or_misdirected_answer_is_refused(
    forger: Forger, said: dict[str, Any]
) -> None:
    with pytest.raises(SsoFailed) as refused:
        _finish(forger, **said)
    assert "u1" not in str(refused.value)


def test_another_issuers_discovery_document_is_refused(forger: Forger) -> None:
    forger.announced = "https://another.example.org"
    with pytest.raises(SsoFailed):
        Provider(_settings(forger.issuer), "https://desk.example.org/cb").begin("state")
    forger.announced = None


def test_a_provider_that_is_down_is_no_crash() -> None:
    with pytest.raises(SsoFailed):
        Provider(_settings("http://127.0.0.1:9"), "https://desk.example.org/cb").begin("state")


def test_claims_are_read_carefully() -> None:
    settings = _settings("https://login.example.org", "schools")
    person = person_of(
        {**NEW, "realm": {"groups": ["desk", "unknown", 5]}, "schools": "Riverside"}, settings
    )
    assert person.roles == {Role.FRONT_DESK}
    assert person.schools == ("Riverside",)
    assert "ana" not in repr(person).casefold()
    for unverified in ({"email_verified": False}, {"email_verified": "yes"}, {"email": None}):
        assert person_of({**NEW, **unverified}, settings).email is None
    assert person_of({"sub": "x", "realm": "flat"}, settings).roles == frozenset()
    for broken in ({}, {"sub": 5}, {"sub": ""}, {"sub": "x" * 256}):
        with pytest.raises(ClaimsUnusable):
            person_of(broken, settings)


def _staff(database: Database, now: datetime, *groups: str, **claims: Any) -> Staff:
    schools = claims.pop("schools", None)
    settings = _settings("https://login.example.org", "schools" if schools is not None else None)
    told = {**NEW, "realm": {"groups": list(groups)}, "schools": schools, **claims}
    with database.begin() as session:
        return staff_of(session, person_of(told, settings), UNUSED, at=now)


def test_an_unknown_person_with_a_role_gets_an_account_and_the_same_one_again(
    database: Database, now: datetime
) -> None:
    made = _staff(database, now, "lead")
    assert (made.email, made.name, made.roles) == ("ana@example.org", "Ana Ortiz", ["coordinator"])
    again = _staff(database, now, "boss", email="renamed@example.org", email_verified=False)
    assert (again.id, again.email, again.roles) == (made.id, made.email, ["administrator"])
    with database.read() as session:
        assert [event.kind.value for event in history_of(session, made.id)] == [
            "access_changed", "added",
        ]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_role_or_a_verified_email_nobody_new_gets_in(
    database: Database, now: datetime
) -> None:
    with pytest.raises(NoRole):
        _staff(database, now, "visitors")
    with pytest.raises(NoRole):  # a front desk whose schools nobody here knows
        _staff(database, now, "desk", schools=["Elsewhere"])
    with pytest.raises(NoRole):
        _staff(database, now, "desk")
    with pytest.raises(EmailUnverified):
        _staff(database, now, "lead", email_verified=False)
    with pytest.raises(EmailUnverified):
        _staff(database, now, "lead", email="not an address")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_front_desk_gets_the_schools_of_the_claim(database: Database, now: datetime) -> None:
    with database.begin() as session:
        school = add_school(session, "Riverside")
    made = _staff(database, now, "desk", schools=["Riverside", "Elsewhere"])
    assert made.schools == [school.id]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_account_is_taken_over_by_its_verified_email_once(
    rosa: Staff, database: Database, now: datetime
) -> None:
    with pytest.raises(EmailUnverified):
        _staff(database, now, "lead", email=EMAIL, email_verified=False)
    assert _staff(database, now, "lead", email=EMAIL).id == rosa.id
    with pytest.raises(AccountClosed):  # the address has changed hands at the provider
        _staff(database, now, "lead", email=EMAIL, sub="somebody else")
    with database.begin() as session:
        disable_staff(session, find_staff(session, EMAIL), at=now)
    with pytest.raises(AccountClosed):
        _staff(database, now, "lead", email=EMAIL)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_account_that_was_unused_for_long_stays_shut(database: Database, now: datetime) -> None:
    _staff(database, now, "lead")
    with pytest.raises(AccountClosed):
        _staff(database, now + UNUSED, "lead")


GOOD = {
    "INTAKE_OIDC_ISSUER": "https://login.example.org",
    "INTAKE_OIDC_CLIENT_ID": "intake",
    "INTAKE_OIDC_CLIENT_SECRET": "secret",
    "INTAKE_OIDC_ROLES": "Desk Staff=front_desk, cn=boss=administrator",
}


def test_settings_say_which_value_is_which_role() -> None:
    found = oidc_settings(lambda name: GOOD.get(name, ""))
    assert found is not None
    assert found.roles == (("Desk Staff", "front_desk"), ("cn=boss", "administrator"))
    assert "secret'" not in repr(found)
    assert oidc_settings(lambda _: "") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTAKE_OIDC_ISSUER", "http://login.example.org"),
        ("INTAKE_OIDC_ISSUER", "login.example.org"),
        ("INTAKE_OIDC_CLIENT_ID", ""),
        ("INTAKE_OIDC_CLIENT_SECRET", ""),
        ("INTAKE_OIDC_ROLES", ""),
        ("INTAKE_OIDC_ROLES", "boss"),
        ("INTAKE_OIDC_ROLES", "boss=king"),
        ("INTAKE_OIDC_SCOPES", "email"),
    ],
)
def test_a_setting_that_is_wrong_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="INTAKE_OIDC_"):
        oidc_settings(lambda asked: {**GOOD, name: value}.get(asked, ""))


def test_the_easy_sign_in_exists_in_a_local_demonstration_only() -> None:
    def rules(is_local_demo: bool, **environ: str) -> StaffRules:
        return staff_rules(lambda name: environ.get(name, ""), is_local_demo=is_local_demo)

    assert rules(True).is_eased
    assert not rules(True, INTAKE_DEMO_SIGN_IN="full").is_eased
    assert not rules(False).is_eased
    assert not rules(False, INTAKE_DEMO_SIGN_IN="full").is_eased
    with pytest.raises(ValueError, match="demonstration"):
        rules(False, INTAKE_DEMO_SIGN_IN="easy")
    with pytest.raises(ValueError, match="must be easy or full"):
        rules(True, INTAKE_DEMO_SIGN_IN="no")
    with pytest.raises(ValueError, match="whole number"):
        rules(False, INTAKE_STAFF_IDLE_MINUTES="0")
    assert rules(False, INTAKE_STAFF_IDLE_MINUTES="5").idle == timedelta(minutes=5)
