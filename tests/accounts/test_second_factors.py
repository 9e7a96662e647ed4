"""Codes of an app and on paper, and passkeys: each counts once, for its own account only."""

from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest

from intake.accounts.history import history_of
from intake.accounts.model import Staff
from intake.accounts.passkeys import (
    PasskeyRefused,
    RelyingParty,
    add_passkey,
    ask_for_known,
    ask_for_new,
    ask_for_second,
    check_passkey,
    passkeys_of,
    remove_passkey,
)
from intake.accounts.recovery import codes_left, new_codes, use_code
from intake.accounts.totp import check_code, is_app_code, new_secret, remove_app, set_up_app
from intake.db.engine import Database
from tests.accounts.authenticator import SoftKey

SITE = RelyingParty("desk.example.org", "Promise", "https://desk.example.org")
HALF_MINUTE = timedelta(seconds=30)
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where no statement is used that another test doesn't run on both."""


def _code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def test_a_code_counts_once_and_no_older_one_after_it(
    rosa: Staff, database: Database, now: datetime
) -> None:
    secret = new_secret()
    with database.begin() as session:
        assert not set_up_app(session, rosa, secret, "000000", at=now)
        assert set_up_app(session, rosa, secret, _code(secret, now), at=now)
        assert not check_code(session, rosa, _code(secret, now), at=now), "used to set it up"
        later = now + HALF_MINUTE
        assert check_code(session, rosa, _code(secret, later), at=later)
        assert not check_code(session, rosa, _code(secret, later), at=later)
        assert not check_code(session, rosa, _code(secret, now), at=later)


@ONE_ENGINE
@pytest.mark.parametrize(("drift", "counts"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_wrong(
    rosa: Staff, database: Database, now: datetime, drift: int, counts: bool
) -> None:
    secret, at = new_secret(), now + timedelta(hours=1)
    with database.begin() as session:
        set_up_app(session, rosa, secret, _code(secret, now), at=now)
        typed = _code(secret, at + drift * HALF_MINUTE)
        assert check_code(session, rosa, f" {typed[:3]} {typed[3:]} ", at=at) is counts


@ONE_ENGINE
def test_native_digits_are_digits_and_no_secret_means_no_code(
    rosa: Staff, database: Database, now: datetime
) -> None:
    secret, at = new_secret(), now + timedelta(hours=1)
    assert is_app_code("۱۲۳ ۴۵۶")
    assert not is_app_code("abcde-fghjk")
    with database.begin() as session:
        assert not check_code(session, rosa, "123456", at=now)
        set_up_app(session, rosa, secret, _code(secret, now), at=now)
        arabic = _code(secret, at).translate({0x30 + n: 0x660 + n for n in range(10)})
        assert check_code(session, rosa, arabic, at=at)
        remove_app(session, rosa, at=at)
        later = at + HALF_MINUTE
        assert not check_code(session, rosa, _code(secret, later), at=later)


def test_a_recovery_code_counts_once_and_new_ones_void_the_old(
    rosa: Staff, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        codes = new_codes(session, rosa, at=now)
        assert len(set(codes)) == 10
        assert use_code(session, rosa, codes[0].upper().replace("-", " "), at=now)
        assert not use_code(session, rosa, codes[0], at=now)
        assert not use_code(session, rosa, "", at=now)
        assert codes_left(session, rosa.id) == 9
        new_codes(session, rosa, at=now)
        assert not use_code(session, rosa, codes[1], at=now)
        assert codes_left(session, rosa.id) == 10


@pytest.fixture
def key(rosa: Staff, database: Database, now: datetime) -> SoftKey:
    """A key that is Rosa's passkey."""
    key = SoftKey(SITE.origin)
    with database.begin() as session:
        asked = ask_for_new(session, SITE, rosa, at=now)
        add_passkey(
            session, SITE, rosa, token=asked.token, answer=key.make(asked.options), name="blue",
            at=now,
        )  # fmt: skip
    return key


def _show(database: Database, key: SoftKey, now: datetime, staff: Staff | None = None) -> Staff:
    with database.begin() as session:
        ask = ask_for_known(session, SITE, at=now) if staff is None else ask_for_second(
            session, SITE, staff, at=now
        )  # fmt: skip
        return check_passkey(
            session, SITE, token=ask.token, answer=key.show(ask.options), at=now, staff=staff
        )


def test_a_passkey_is_a_second_step_and_a_sign_in_of_its_own(
    rosa: Staff, database: Database, key: SoftKey, now: datetime
) -> None:
    assert _show(database, key, now).id == rosa.id
    assert _show(database, key, now, rosa).id == rosa.id
    with database.read() as session:
        [passkey] = passkeys_of(session, rosa.id)
        assert (passkey.name, passkey.sign_count, passkey.used_at) == ("blue", 3, now)


@ONE_ENGINE
def test_alone_it_must_have_checked_who_holds_it(
    rosa: Staff, database: Database, key: SoftKey, now: datetime
) -> None:
    key.verifies = False
    with pytest.raises(PasskeyRefused):
        _show(database, key, now)
    assert _show(database, key, now, rosa).id == rosa.id


def test_an_answer_counts_once_and_not_for_another_question(
    rosa: Staff, database: Database, key: SoftKey, now: datetime
) -> None:
    with database.begin() as session:
        asked = ask_for_known(session, SITE, at=now)
        answer = key.show(asked.options)
        check_passkey(session, SITE, token=asked.token, answer=answer, at=now)
    with database.begin() as session:
        other = ask_for_known(session, SITE, at=now)
        for token in (asked.token, other.token, "", "made up"):
            with pytest.raises(PasskeyRefused):
                check_passkey(session, SITE, token=token, answer=answer, at=now)


@ONE_ENGINE
def test_a_copied_key_whose_counter_goes_back_is_refused(
    database: Database, key: SoftKey, now: datetime
) -> None:
    copy = replace(key)
    _show(database, key, now)
    with pytest.raises(PasskeyRefused):
        _show(database, copy, now)


@ONE_ENGINE
def test_a_key_of_another_site_or_nobodys_and_rubbish_are_refused(
    rosa: Staff, database: Database, key: SoftKey, now: datetime
) -> None:
    key.origin = "https://desk.example.org.evil.example"
    for stranger in (key, SoftKey(SITE.origin)):
        with pytest.raises(PasskeyRefused):
            _show(database, stranger, now)
    with database.begin() as session:
        for answer in ("", "-", "[]", "{}", '{"id": 5}', '{"id": "x"}', "x" * 30_000):
            asked = ask_for_known(session, SITE, at=now)
            with pytest.raises(PasskeyRefused):
                check_passkey(session, SITE, token=asked.token, answer=answer, at=now)
            new = ask_for_new(session, SITE, rosa, at=now)
            with pytest.raises(PasskeyRefused):
                add_passkey(session, SITE, rosa, token=new.token, answer=answer, name="x", at=now)


def test_a_question_goes_stale_and_a_removed_key_opens_nothing(
    rosa: Staff, database: Database, key: SoftKey, now: datetime
) -> None:
    with database.begin() as session:
        asked = ask_for_known(session, SITE, at=now)
        late = now + timedelta(minutes=10)
        with pytest.raises(PasskeyRefused):
            check_passkey(session, SITE, token=asked.token, answer=key.show(asked.options), at=late)
        [passkey] = passkeys_of(session, rosa.id)
        assert not remove_passkey(session, "somebody else", passkey.id, at=now)
        assert remove_passkey(session, rosa.id, passkey.id, at=now)
    with pytest.raises(PasskeyRefused):
        _show(database, key, now)
    with database.read() as session:
        kinds = [event.kind.value for event in history_of(session, rosa.id)]
    assert kinds == ["factor_removed", "factor_added", "added"]


def test_passkeys_need_a_host_with_a_name() -> None:
    assert RelyingParty.at("http://127.0.0.1:8000", "x") is None
    assert RelyingParty.at("http://localhost:8000", "x") == RelyingParty(
        "localhost", "x", "http://localhost:8000"
    )
