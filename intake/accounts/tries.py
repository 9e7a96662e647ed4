"""Limits on trying: counted per account *and* network, so that a stranger locks nobody out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.db.engine import Database
from intake.db.limits import Limit, count_attempt, give_back_attempt, network_of
from intake.db.locks import one_at_a_time

_WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = Limit("sign-in-account", 10, _WINDOW)
"""Failures for one account *from one address*: a stranger elsewhere can't lock its owner out."""
ADDRESS_LIMIT = Limit("sign-in-address", 50, _WINDOW)
"""Failures from one address for all accounts together: a whole school may share an address."""
SECOND_STEP_LIMIT = Limit("second-step", 5, _WINDOW)
"""Wrong codes for one account from one address; only who knows the password gets here."""
LINK_LIMIT = Limit("staff-link", 50, _WINDOW)
"""Links that are none, from one address. A right one always opens: it can't be guessed."""
BEGIN_LIMIT = Limit("sign-in-begun", 200, _WINDOW)
"""Challenges that one address may have made, and answers that are refused: each is a row."""
FORGOTTEN_LIMIT = Limit("forgotten-address", 20, _WINDOW)
FORGOTTEN_ACCOUNT_LIMIT = Limit("forgotten-account", 5, timedelta(hours=1))
"""Emails to one account's owner. Those that were sent before stay good."""


@dataclass(slots=True)
class Try:
    """One attempt that is counted; ``is_right`` is set when it turns out to be rightful."""

    is_right: bool = False


@contextmanager
def counted(
    database: Database, limits: tuple[tuple[Limit, str], ...], *, at: datetime
) -> Iterator[Try]:
    """Count an attempt *before* it is looked at; a right one is given back.

    It is committed first, so that parallel guesses can't slip past the limits, and no
    transaction is open while argon2 works. Raises TooManyAttempts.
    """
    with database.begin() as session:
        for limit, key in limits:
            one_at_a_time(session, f"try {limit.scope} {key}")
            count_attempt(session, limit, key, at=at)
    attempt = Try()
    yield attempt
    if attempt.is_right:
        with database.begin() as session:
            for limit, key in limits:
                give_back_attempt(session, limit, key, at=at)


def password_limits(email: str, address: str) -> tuple[tuple[Limit, str], ...]:
    """For a password; ``email`` is normalised."""
    where = network_of(address)
    return (ACCOUNT_LIMIT, f"{email}|{where}"), (ADDRESS_LIMIT, where)


def second_step_limits(staff_id: str, address: str) -> tuple[tuple[Limit, str], ...]:
    """For a code of the second step."""
    return ((SECOND_STEP_LIMIT, f"{staff_id}|{network_of(address)}"),)
