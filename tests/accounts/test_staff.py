"""Accounts: creating, signing in, being locked out by nobody but oneself."""

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher

from intake.accounts.model import Staff
from intake.accounts.own_password import choose_password
from intake.accounts.passwords import Passwords, WeakPassword
from intake.accounts.staff import (
    EmailTaken,
    EmailUnusable,
    NameMissing,
    StaffUnknown,
    add_staff,
    authenticate,
    disable_staff,
    find_staff,
    signed_in_staff,
)
from intake.db.engine import Database
from intake.db.limits import TooManyAttempts
from tests.accounts.conftest import EMAIL, PASSWORD
from tests.staff import EVERY_ROLE

HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


class Door:
    """Tries to sign in."""

    def __init__(self, database: Database, passwords: Passwords, now: datetime) -> None:
        self.database, self.passwords, self.at = database, passwords, now

    def knock(self, password: str, *, email: str = EMAIL, address: str = HOME) -> Staff | None:
        self.at += timedelta(milliseconds=1)
        return authenticate(
            self.database, email, password, address=address, at=self.at, passwords=self.passwords
        )

    def knock_wrongly(self, times: int, *, email: str = EMAIL, address: str = HOME) -> None:
        for _ in range(times):
            assert self.knock("wrong wrong wrong", email=email, address=address) is None


@pytest.fixture
def door(database: Database, passwords: Passwords, now: datetime) -> Door:
    return Door(database, passwords, now)


def test_the_right_password_opens_and_the_email_is_any_case(door: Door, rosa: Staff) -> None:
    staff = door.knock(PASSWORD, email=" Rosa@Example.ORG ")
    assert staff is not None
    assert staff.id == rosa.id


def test_wrong_unknown_and_disabled_get_the_same_answer(
    door: Door, rosa: Staff, database: Database, now: datetime
) -> None:
    assert door.knock("wrong wrong wrong") is None
    assert door.knock(PASSWORD, email="nobody@example.org") is None
    assert door.knock("", email="") is None
    with database.begin() as session:
        disable_staff(session, find_staff(session, EMAIL), at=now)
    assert door.knock(PASSWORD) is None


def test_ten_failures_close_the_account_for_that_address_only(door: Door, rosa: Staff) -> None:
    door.knock_wrongly(10, address=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        door.knock(PASSWORD, address=ELSEWHERE)
    assert door.knock(PASSWORD, address=HOME) is not None


def test_a_closed_door_opens_again_after_the_window(door: Door, rosa: Staff) -> None:
    door.knock_wrongly(10)
    with pytest.raises(TooManyAttempts):
        door.knock(PASSWORD)
    door.at += timedelta(minutes=15)
    assert door.knock(PASSWORD) is not None


def test_fifty_failures_over_many_accounts_close_the_address(door: Door, rosa: Staff) -> None:
    for number in range(10):
        door.knock_wrongly(5, email=f"guess{number}@example.org", address=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        door.knock("wrong wrong wrong", email="another@example.org", address=ELSEWHERE)
    assert door.knock(PASSWORD, address=HOME) is not None


def test_one_lines_ipv6_addresses_count_as_one(door: Door, rosa: Staff) -> None:
    for number in range(10):
        door.knock_wrongly(1, address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(TooManyAttempts):
        door.knock(PASSWORD, address="2001:db8:1:2:ffff::1")
    assert door.knock(PASSWORD, address="2001:db8:1:3::1") is not None


def test_signing_in_rightly_is_never_limited(door: Door, rosa: Staff) -> None:
    for _ in range(12):
        assert door.knock(PASSWORD) is not None


def test_a_hash_with_older_parameters_is_renewed_on_sign_in(
    door: Door, rosa: Staff, database: Database
) -> None:
    door.passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert door.knock(PASSWORD) is not None
    with database.read() as session:
        renewed = find_staff(session, EMAIL)
    assert renewed.password_hash != rosa.password_hash
    assert not door.passwords.needs_rehash(renewed.password_hash)
    assert renewed.session_key == rosa.session_key
    assert door.knock(PASSWORD) is not None


def test_changing_the_password_or_disabling_ends_open_sessions(
    rosa: Staff, database: Database, passwords: Passwords, now: datetime
) -> None:
    with database.begin() as session:
        assert signed_in_staff(session, rosa.id, rosa.session_key) is not None
    choose_password(database, rosa, "another marble tent", at=now, passwords=passwords)
    with database.begin() as session:
        staff = find_staff(session, EMAIL)
        assert signed_in_staff(session, rosa.id, rosa.session_key) is None
        newer_key = staff.session_key
        disable_staff(session, staff, at=now)
        assert signed_in_staff(session, rosa.id, newer_key) is None
        assert signed_in_staff(session, rosa.id, staff.session_key) is None


def test_an_account_is_checked_before_it_is_made(
    rosa: Staff, database: Database, passwords: Passwords, now: datetime
) -> None:
    def add(email: str, name: str = "Sam", password: str = PASSWORD) -> None:
        with database.begin() as session:
            add_staff(
                session,
                roles=EVERY_ROLE,
                email=email,
                name=name,
                password=password,
                at=now,
                passwords=passwords,
            )

    with pytest.raises(EmailTaken):
        add("ROSA@example.org")
    for unusable in ("", "sam", "@example.org", "sam@", "sam@local", "a b@example.org"):
        with pytest.raises(EmailUnusable):
            add(unusable)
    with pytest.raises(EmailUnusable):
        add("s" * 250 + "@example.org")
    with pytest.raises(NameMissing):
        add("sam@example.org", name=" 12 ")
    with pytest.raises(WeakPassword):
        add("sam@example.org", password="welcome2026!")
    with database.read() as session, pytest.raises(StaffUnknown):
        find_staff(session, "sam@example.org")
