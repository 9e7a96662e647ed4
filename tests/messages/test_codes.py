"""One-time codes: lifetime, tries, limits, scripts, concurrency."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from intake.db.engine import Database
from intake.db.limits import TooManyAttempts
from intake.messages.codes import PER_ADDRESS, CodeResult, check_code, forget_old_codes
from intake.messages.contacts import Contact
from intake.messages.model import OneTimeCode
from tests.conftest import NOW
from tests.messages.conftest import EMAIL, PHONE, ask_code, last_code, messages

MINUTE = timedelta(minutes=1)


def check(
    database: Database,
    typed: str,
    *,
    at: datetime = NOW,
    contact: Contact = PHONE,
    signing_id: str = "signing-1",
) -> CodeResult:
    with database.begin() as session:
        return check_code(session, signing_id=signing_id, contact=contact, typed=typed, at=at)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_from_the_message_is_right_once(database: Database) -> None:
    ask_code(database)
    code = last_code(database)
    assert check(database, code) is CodeResult.RIGHT
    assert check(database, code) is CodeResult.EXPIRED


def test_a_code_lives_ten_minutes(database: Database) -> None:
    ask_code(database)
    ask_code(database, signing_id="signing-2")
    first, second = (m.body[:6] for m in messages(database))
    assert check(database, first, at=NOW + 10 * MINUTE - timedelta(microseconds=1)) == "right"
    assert check(database, second, at=NOW + 10 * MINUTE, signing_id="signing-2") == "expired"


def test_without_a_code_every_try_says_ask_for_one(database: Database) -> None:
    assert check(database, "123456") is CodeResult.EXPIRED


def test_five_wrong_tries_use_a_code_up(database: Database) -> None:
    ask_code(database)
    code = last_code(database)
    answers = [check(database, other_than(code)) for _ in range(5)]
    assert answers == [CodeResult.WRONG] * 4 + [CodeResult.TOO_MANY_TRIES]
    assert check(database, code) is CodeResult.TOO_MANY_TRIES


def test_the_fifth_try_may_be_right(database: Database) -> None:
    ask_code(database)
    code = last_code(database)
    for _ in range(4):
        check(database, other_than(code))
    assert check(database, code) is CodeResult.RIGHT


DIGITS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "၀၁၂၃၄၅၆၇၈၉", "ဝ၁၂၃၄၅၆၇၈၉")
"""Arabic, Persian, Devanagari, Burmese, and Burmese with the letter WA for zero."""


def spellings(code: str) -> list[str]:
    """The same code as people type it."""
    scripts = [code.translate(str.maketrans("0123456789", digits)) for digits in DIGITS]
    spaced = f"\u200f {code[:3]} {code[3:]}\n"
    return [*scripts, spaced, f"{code[:3]}-{code[3:]}", f"{code[:2]}‑{code[2:4]}–{code[4:]}"]


def test_a_code_is_read_in_any_scripts_digits_and_with_separators(database: Database) -> None:
    for n in range(len(spellings("000000"))):
        signing_id, contact = f"signing-{n}", Contact(PHONE.kind, f"+1801555010{n}")
        at = NOW + n * timedelta(seconds=1)
        ask_code(database, at=at, signing_id=signing_id, contact=contact)
        typed = spellings(last_code(database))[n]
        answer = check(database, typed, at=at, signing_id=signing_id, contact=contact)
        assert answer is CodeResult.RIGHT, typed


def test_what_cannot_be_a_code_is_wrong_but_costs_no_try(database: Database) -> None:
    ask_code(database)
    for typed in ("", " ", "12345", "1234567", "abcdef", "½½½½½½", "²²²²²²", "\x00", "9" * 100_000):
        assert check(database, typed) is CodeResult.WRONG
    assert check(database, last_code(database)) is CodeResult.RIGHT


def test_a_new_code_makes_the_earlier_one_useless(database: Database) -> None:
    ask_code(database)
    earlier = last_code(database)
    ask_code(database, at=NOW + MINUTE)
    newer = last_code(database)
    if earlier != newer:
        assert check(database, earlier, at=NOW + MINUTE) is CodeResult.WRONG
    assert check(database, newer, at=NOW + MINUTE) is CodeResult.RIGHT


def test_a_double_tap_sends_one_code(database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: ask_code(database), range(2)))
    assert len(messages(database)) == 1
    assert check(database, last_code(database)) is CodeResult.RIGHT


def test_a_code_counts_for_its_own_session_and_contact_only(database: Database) -> None:
    ask_code(database)
    code = last_code(database)
    ask_code(database, at=NOW + timedelta(seconds=1), contact=EMAIL)
    ask_code(database, at=NOW + timedelta(seconds=2), signing_id="signing-2")
    email_code, other_session_code = (m.body for m in messages(database)[1:])
    if code not in email_code + other_session_code:
        assert check(database, code, contact=EMAIL) is CodeResult.WRONG
        assert check(database, code, signing_id="signing-2") is CodeResult.WRONG
    assert check(database, code) is CodeResult.RIGHT


def test_a_contact_gets_five_codes_an_hour_whatever_the_session(database: Database) -> None:
    for n in range(5):
        ask_code(database, at=NOW + n * MINUTE, signing_id=f"signing-{n}", address=f"192.0.2.{n}")
    with pytest.raises(TooManyAttempts) as refusal:
        ask_code(database, at=NOW + 59 * MINUTE, signing_id="another", address="192.0.2.99")
    assert refusal.value.scope == "code:contact"
    assert refusal.value.retry_after == NOW + 60 * MINUTE
    assert len(messages(database)) == 5
    ask_code(database, at=NOW + 61 * MINUTE, signing_id="another", address="192.0.2.99")


def test_a_session_gets_ten_codes_an_hour_whatever_the_contact(database: Database) -> None:
    for n in range(10):
        contact = Contact(PHONE.kind, f"+1801555014{n}")
        ask_code(database, contact=contact, address=f"192.0.2.{n}")
    with pytest.raises(TooManyAttempts, match="code:session"):
        ask_code(database, contact=EMAIL, address="192.0.2.99")


def test_an_address_gets_so_many_codes_an_hour_whatever_else(database: Database) -> None:
    for n in range(PER_ADDRESS.count):
        contact = Contact(PHONE.kind, f"+18015550{n:03}")
        ask_code(database, contact=contact, signing_id=f"signing-{n}")
    with pytest.raises(TooManyAttempts, match="code:address") as refusal:
        ask_code(database, contact=EMAIL, signing_id="another")
    assert "192.0.2.7" not in str(refusal.value)


def test_one_ipv6_customer_is_one_address(database: Database) -> None:
    for n in range(PER_ADDRESS.count):
        contact = Contact(PHONE.kind, f"+18015550{n:03}")
        address = f"2001:db8:0:1::{n:x}"
        ask_code(database, contact=contact, signing_id=f"signing-{n}", address=address)
    with pytest.raises(TooManyAttempts, match="code:address"):
        ask_code(database, contact=EMAIL, signing_id="a", address="2001:db8:0:1:ffff::1")
    ask_code(database, contact=EMAIL, signing_id="b", address="2001:db8:0:2::1")
    ask_code(database, contact=PHONE, signing_id="c", address="::ffff:192.0.2.1", at=NOW + MINUTE)


def test_a_refused_request_leaves_the_code_in_force(database: Database) -> None:
    for n in range(5):
        ask_code(database, at=NOW + n * MINUTE)
    code = last_code(database)
    with pytest.raises(TooManyAttempts):
        ask_code(database, at=NOW + 5 * MINUTE)
    assert check(database, code, at=NOW + 5 * MINUTE) is CodeResult.RIGHT


def test_tries_at_the_same_time_are_five_together(database: Database) -> None:
    ask_code(database)
    wrong = other_than(last_code(database))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: check(database, wrong), range(16)))
    assert answers.count(CodeResult.WRONG) == 4
    with database.read() as session:
        assert session.scalars(select(OneTimeCode.tries)).one() == 5


def test_right_tries_at_the_same_time_are_right_once(database: Database) -> None:
    ask_code(database)
    code = last_code(database)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: check(database, code), range(4)))
    assert sorted(answers) == ["expired", "expired", "expired", "right"]


def test_neither_code_nor_contact_is_readable_in_the_database(database: Database) -> None:
    ask_code(database)
    code = last_code(database)
    with database.read() as session:
        rows = [
            *session.execute(text("SELECT * FROM one_time_codes")),
            *session.execute(text("SELECT * FROM outgoing_messages")),
            *session.execute(text("SELECT * FROM attempts")),
        ]
    stored = " ".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for row in rows
        for value in row
    )
    assert f"{code} " not in stored
    assert "8015550142" not in stored


def test_old_codes_are_forgotten(database: Database) -> None:
    ask_code(database)
    with database.begin() as session:
        forget_old_codes(session, before=NOW + timedelta(days=1))
    with database.read() as session:
        assert session.scalars(select(OneTimeCode)).all() == []
