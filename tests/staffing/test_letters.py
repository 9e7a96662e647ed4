"""What staff are written about their accounts: in their language, in the change's transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.managing import disable, enable, reset_factors
from intake.accounts.model import Role, Staff
from intake.accounts.recovery import new_codes
from intake.accounts.sign_in import Method, Refusal, complete, refuse
from intake.accounts.staff import add_staff
from intake.accounts.unused import disable_unused
from intake.config import Settings, settings_from
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database
from intake.demo.run import demo_environ
from intake.messages.model import OutgoingMessage
from intake.staffing.inviting import AlreadyIn, ask_for_password, invite, invite_again
from intake.staffing.letters import GUESSES, letter_subscriber
from translations import translate

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(tmp_path: Path, now: datetime) -> Settings:
    return settings_from(demo_environ(tmp_path / "demo", port=8000, at=now))


@pytest.fixture
def rosa(database: Database, settings: Settings, now: datetime) -> Staff:
    """An administrator with another beside her."""
    database.account_subscribers.append(letter_subscriber(settings))
    with database.begin() as session:
        rosa, _ = (
            add_staff(
                session, email=f"{name}@example.org", name=name, password="marble tent quick fox",
                roles=[Role.ADMINISTRATOR], at=now,
            )
            for name in ("rosa", "omar")
        )  # fmt: skip
    return rosa


def _letters(database: Database) -> list[OutgoingMessage]:
    with database.read() as session:
        return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.created_at)))


CHANGES: tuple[tuple[Callable[[Session, Staff, datetime], object], str], ...] = (
    (lambda s, staff, at: disable(s, staff, by=SYSTEM, at=at), "was disabled."),
    (lambda s, staff, at: reset_factors(s, staff, by=SYSTEM, at=at), "has reset the second step"),
    (lambda s, staff, at: complete(s, staff, Method.RECOVERY_CODE, at=at), "code was used"),
    (lambda s, _staff, at: disable_unused(s, timedelta(days=90), at=at + timedelta(days=90)),
     "nobody has used it"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "told"), CHANGES)
def test_the_owner_is_told_and_asked_to_speak_up(
    rosa: Staff, database: Database, settings: Settings, now: datetime,
    change: Callable[[Session, Staff, datetime], object], told: str,
) -> None:  # fmt: skip
    with database.begin() as session:
        change(session, session.get_one(Staff, rosa.id), now)
    letter = _letters(database)[0]
    assert letter.recipient == "rosa@example.org"
    assert told in letter.body
    assert settings.partnership_email in letter.body


def test_in_the_language_that_they_have_chosen(
    rosa: Staff, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        staff = session.get_one(Staff, rosa.id)
        staff.language = "ar"
        disable(session, staff, by=SYSTEM, at=now)
        enable(session, staff, by=SYSTEM, at=now)
    assert [letter.language for letter in _letters(database)] == ["ar", "ar"]
    assert translate("Your account was disabled.", "ar") in _letters(database)[0].body


def test_ordinary_sign_ins_and_what_is_rolled_back_are_not_told(
    rosa: Staff, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        complete(session, rosa, Method.APP, at=now)
        new_codes(session, session.get_one(Staff, rosa.id), at=now)
    with pytest.raises(RuntimeError), database.begin() as session:  # noqa: PT012
        disable(session, session.get_one(Staff, rosa.id), by=SYSTEM, at=now)
        raise RuntimeError
    assert _letters(database) == []


def test_many_wrong_codes_in_a_day_are_told_once(
    rosa: Staff, database: Database, now: datetime
) -> None:
    for minute in range(2 * GUESSES):
        refuse(database, rosa.id, Refusal.CODE, at=now + timedelta(minutes=minute))
    [letter] = _letters(database)
    assert "Choose a new password" in letter.body


def test_an_invitation_goes_to_who_has_not_come_yet(
    rosa: Staff, database: Database, settings: Settings, now: datetime
) -> None:
    with database.begin() as session:
        new, link = invite(
            session, settings, email="ana@example.org", name="Ana", roles=[Role.AUDITOR],
            schools=None, by=SYSTEM, at=now,
        )  # fmt: skip
        again = invite_again(session, settings, new, by=SYSTEM, at=now + timedelta(hours=1))
        with pytest.raises(AlreadyIn):
            invite_again(session, settings, session.get_one(Staff, rosa.id), by=SYSTEM, at=now)
    first, second = _letters(database)
    assert link in first.body
    assert again in second.body
    assert link != again
    assert first.useless_after == now + timedelta(days=7)


def test_nobody_without_a_password_gets_a_link_for_another(
    rosa: Staff, database: Database, settings: Settings, now: datetime
) -> None:
    with database.begin() as session:
        session.get_one(Staff, rosa.id).password_hash = None
    for email in ("rosa@example.org", "nobody@example.org"):
        ask_for_password(database, settings, email, address="192.0.2.7", at=now)
    assert _letters(database) == []
    ask_for_password(database, settings, "OMAR@example.org", address="192.0.2.7", at=now)
    assert "/desk/new-password/" in _letters(database)[0].body
