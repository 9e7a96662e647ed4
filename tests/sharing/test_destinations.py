"""A destination that could never work is refused when it is entered."""

from datetime import datetime

import pytest
from sqlalchemy import text

from intake.db.engine import Database
from intake.sharing.destinations import InvalidDestination, add_destination
from tests.sharing.conftest import SECRET

GOOD = {"id": "east", "kind": "webhook", "url": "https://example.org/hook", "secret": SECRET}


WRONG: list[dict[str, str]] = [
    {"id": ""},
    {"id": "East Side"},
    {"kind": "pigeon"},
    {"url": "example.org"},
    {"url": "ftp://example.org/"},
    {"url": "https:///hook"},
    {"url": "http://example.org/hook"},
    {"url": "https://user:pass@example.org/hook"},
    {"url": "https://example.org:port/"},
    {"secret": "secret"},
]


def test_a_destination_that_could_never_work_is_refused(sharing: Database, now: datetime) -> None:
    with sharing.begin() as session:
        for wrong in WRONG:
            with pytest.raises(InvalidDestination) as refused:
                add_destination(session, **(GOOD | wrong), at=now)
            assert SECRET not in str(refused.value)


def test_secrets_are_not_readable_in_the_table(sharing: Database, now: datetime) -> None:
    with sharing.begin() as session:
        add_destination(session, **GOOD, at=now)
        with pytest.raises(InvalidDestination, match="already"):
            add_destination(session, **GOOD, at=now)
        [row] = session.execute(text("SELECT url, secret FROM destinations"))
    assert b"example.org" not in bytes(row[0])
    assert SECRET.encode() not in bytes(row[1])
