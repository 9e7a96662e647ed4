"""What all chained records have in common, shown with the accounts' history."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEvent, AccountEventKind, AccountEventsHead, record
from intake.consents.ledger import SYSTEM
from intake.db import chain
from intake.db.chain import Chain, ChainNotReady
from intake.db.engine import Database
from tests.conftest import NOW

CHAIN = Chain(AccountEvent, AccountEventsHead, one="entry", whole="the entries")


@pytest.fixture
def five(database: Database) -> Database:
    """A record with five entries."""
    with database.begin() as session:
        for _ in range(5):
            record(session, AccountEventKind.REFUSED, staff_id=None, by=SYSTEM, at=NOW)
    return database


def found(database: Database) -> list[str]:
    with database.read() as session:
        return list(CHAIN.problems(session))


def test_a_long_record_is_walked_a_part_at_a_time(
    five: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "_BATCH", 2)
    seen: list[int] = []
    in_memory: list[int] = []
    with five.read() as session:

        def take(entry: AccountEvent) -> None:
            seen.append(entry.sequence)
            in_memory.append(sum(isinstance(one, AccountEvent) for one in session))

        assert list(CHAIN.problems(session, take)) == []
    assert seen == [1, 2, 3, 4, 5]
    assert max(in_memory) == 2


@pytest.mark.parametrize(
    ("statement", "lines"),
    [
        ("DELETE FROM account_events WHERE sequence = 2",
         ["entry 2 was removed", "entry 3 was altered, or the one before it"]),
        ("UPDATE account_events SET data = '[]' WHERE sequence = 5",
         ["entry 5 was altered, or the one before it"]),
        ("UPDATE account_events SET kind = 'rubbish' WHERE sequence = 1",
         ["entry 1 or a later one was altered and can't be read"]),
        ("DELETE FROM account_events WHERE sequence = 5",
         ["the entries end at 4, but their head names another end"]),
        ("DELETE FROM account_events_head", ["the head of the entries is missing"]),
    ],
)  # fmt: skip
def test_what_was_altered_removed_or_cut_off_is_named(
    five: Database, statement: str, lines: list[str]
) -> None:
    with five.engine.begin() as connection:
        connection.execute(text(statement))
    assert found(five) == lines


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_value_that_is_no_time_is_named_too(five: Database) -> None:
    """PostgreSQL takes none."""
    with five.engine.begin() as connection:
        connection.execute(text("UPDATE account_events SET at = 5 WHERE sequence = 3"))
    assert found(five) == ["entry 1 or a later one was altered and can't be read"]


def test_a_new_end_needs_the_installations_key(five: Database) -> None:
    with five.begin() as session:
        session.execute(delete(AccountEvent).where(AccountEvent.sequence == 5))
        session.execute(update(AccountEventsHead).values(sequence=4, mac=_mac_of(session, 4)))
    assert found(five) == ["the entries end at 4, but their head names another end"]


def test_without_a_head_nothing_is_written(five: Database) -> None:
    with five.begin() as session:
        session.execute(delete(AccountEventsHead))
    with pytest.raises(ChainNotReady, match="intake db upgrade"), five.begin() as session:
        record(session, AccountEventKind.REFUSED, staff_id=None, by=SYSTEM, at=NOW)
    assert found(five) == ["the head of the entries is missing"]


def _mac_of(session: Session, sequence: int) -> str:
    return session.scalars(select(AccountEvent.mac).where(AccountEvent.sequence == sequence)).one()
