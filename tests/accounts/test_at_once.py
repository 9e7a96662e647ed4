"""What counts once counts once also when two browsers try it at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pyotp
import pytest
from sqlalchemy.orm import Session

from intake.accounts.challenges import ChallengeGone, ask, take
from intake.accounts.links import LinkUnusable, new_link, use_link
from intake.accounts.managing import LastAdministrator, disable
from intake.accounts.model import Staff
from intake.accounts.passwords import Passwords
from intake.accounts.recovery import new_codes, use_code
from intake.accounts.sign_in_model import ChallengePurpose, LinkKind
from intake.accounts.staff import add_staff
from intake.accounts.totp import check_code
from intake.accounts.tries import counted
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database
from intake.db.limits import Limit, TooManyAttempts
from tests.accounts.conftest import PASSWORD
from tests.staff import APP_SECRET, EVERY_ROLE

Act = Callable[[Session], bool]
TWO = 4
"""Browsers, or so."""


def _at_once(database: Database, *acts: Act) -> int:
    """How many of them succeeded, each in a transaction of its own."""
    barrier = Barrier(len(acts))

    def run(act: Act) -> bool:
        barrier.wait()
        try:
            with database.begin() as session:
                return act(session)
        except (LinkUnusable, ChallengeGone, LastAdministrator):
            return False

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(run, acts))


@pytest.fixture
def secrets(rosa: Staff, database: Database, now: datetime) -> dict[str, str]:
    """One of each that counts once."""
    with database.begin() as session:
        staff = session.get_one(Staff, rosa.id)
        staff.totp_secret = APP_SECRET
        return {
            "app": pyotp.TOTP(APP_SECRET).at(now),
            "paper": new_codes(session, staff, at=now)[0],
            "link": new_link(session, staff, LinkKind.INVITATION, at=now),
            "challenge": ask(session, ChallengePurpose.SINGLE_SIGN_ON, {"a": 1}, at=now),
        }


def test_parallel_guesses_do_not_slip_past_a_limit(database: Database, now: datetime) -> None:
    limits = ((Limit("guess", 2, timedelta(minutes=15)), "rosa"),)
    barrier = Barrier(2 * TWO)

    def guess(_: int) -> bool:
        barrier.wait()
        try:
            with counted(database, limits, at=now):
                return True
        except TooManyAttempts:
            return False

    with ThreadPoolExecutor(2 * TWO) as pool:
        assert sum(pool.map(guess, range(2 * TWO))) == 2


def test_a_code_a_link_and_a_challenge_count_once(
    rosa: Staff, database: Database, secrets: dict[str, str], now: datetime
) -> None:
    def links(session: Session) -> bool:
        return use_link(session, secrets["link"], LinkKind.INVITATION, at=now).id == rosa.id

    def challenge(session: Session) -> bool:
        purpose = ChallengePurpose.SINGLE_SIGN_ON
        return take(session, purpose, secrets["challenge"], at=now) == {"a": 1}

    acts: tuple[Act, ...] = (
        lambda session: check_code(session, rosa, secrets["app"], at=now),
        lambda session: use_code(session, rosa, secrets["paper"], at=now),
        links,
        challenge,
    )
    for act in acts:
        assert _at_once(database, *[act] * TWO) == 1


def test_two_administrators_cant_disable_each_other(
    rosa: Staff, database: Database, passwords: Passwords, now: datetime
) -> None:
    with database.begin() as session:
        omar = add_staff(
            session, email="omar@example.org", name="Omar", password=PASSWORD, roles=EVERY_ROLE,
            at=now, passwords=passwords,
        )  # fmt: skip

    def closing(staff: Staff) -> Act:
        def act(session: Session) -> bool:
            kept = session.get_one(Staff, staff.id)
            disable(session, kept, by=SYSTEM, at=now + timedelta(days=1))
            return True

        return act

    assert _at_once(database, closing(rosa), closing(omar)) == 1
