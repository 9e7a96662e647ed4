"""Which passwords are good enough, and how they are kept."""

import pytest
from argon2 import PasswordHasher

from intake.accounts.passwords import Passwords, Weakness, WeakPassword, check_password

EMAIL = "front.desk.person@example.org"


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("short", Weakness.TOO_SHORT),
        ("elevenchars", Weakness.TOO_SHORT),
        ("x" * 257, Weakness.TOO_LONG),
        ("aaaaaaaaaaaaaa", Weakness.REPEATED),
        ("AaAaAaAaAaAaAa", Weakness.REPEATED),
        ("passwordpassword", Weakness.COMMON),
        ("Password2026!!", Weakness.COMMON),
        ("2026-11-23-waiver!", Weakness.COMMON),
        ("1q2w3e4r5t6y", Weakness.COMMON),
        ("ｐａｓｓｗｏｒｄ２０２６", Weakness.COMMON),
        (EMAIL.upper(), Weakness.IS_EMAIL),
        ("front.desk.person", Weakness.IS_EMAIL),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, weakness: Weakness) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, email=EMAIL)
    assert refused.value.weakness is weakness
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", ["marble tent quick fox", "ကျောင်းသားများ၏စာ", "k7#Vq9!tLmZ2"])
def test_a_good_password_is_accepted_in_any_script(password: str) -> None:
    check_password(password, email=EMAIL)


def test_a_hash_is_argon2id_and_only_its_password_verifies(passwords: Passwords) -> None:
    stored = passwords.hash("marble tent quick fox")
    assert stored.startswith("$argon2id$")
    assert passwords.verify(stored, "marble tent quick fox")
    assert not passwords.verify(stored, "marble tent quick fix")
    assert not passwords.verify(None, "nobody has this password")
    assert not passwords.verify("not a hash", "marble tent quick fox")


def test_two_keyboards_spelling_one_password_are_one(passwords: Passwords) -> None:
    composed = passwords.hash("caf\u00e9 marble tent")
    assert passwords.verify(composed, "cafe\u0301 marble tent")


def test_a_hash_with_older_parameters_is_noticed(passwords: Passwords) -> None:
    stored = passwords.hash("marble tent quick fox")
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert not passwords.needs_rehash(stored)
    assert stronger.needs_rehash(stored)
