"""What administrators do, links in emails, the programme's rules, and the record of it all."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from intake.accounts.agreement import OtherWords, accept, current_agreement, has_accepted
from intake.accounts.history import AccountEventKind, account_problems, history_of, staff_member
from intake.accounts.links import LinkUnusable, linked_staff, new_link, use_link
from intake.accounts.managing import (
    LastAdministrator,
    OwnAccount,
    change_access,
    disable,
    enable,
    reset_factors,
)
from intake.accounts.model import Role, Staff
from intake.accounts.own_password import choose_password, choose_password_by_link
from intake.accounts.passwords import Passwords, WeakPassword
from intake.accounts.recovery import codes_left, new_codes
from intake.accounts.sign_in import Method, complete
from intake.accounts.sign_in_model import LinkKind
from intake.accounts.staff import add_staff, authenticate
from intake.accounts.standing import Missing, missing
from intake.accounts.trainings import InTheFuture, OwnTraining, record_training
from intake.accounts.unused import disable_unused
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database
from intake.staff_settings import ROLES, StaffRules
from tests.accounts.conftest import EMAIL, PASSWORD
from tests.staff import make_ready

DAY = timedelta(days=1)
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where no statement is used that another test doesn't run on both."""
RULES = StaffRules()


@pytest.fixture
def omar(database: Database, passwords: Passwords, now: datetime) -> Staff:
    """Another administrator."""
    with database.begin() as session:
        return add_staff(
            session, email="omar@example.org", name="Omar", password=PASSWORD,
            roles=[Role.ADMINISTRATOR], at=now, passwords=passwords,
        )  # fmt: skip


def _events(database: Database, staff: Staff) -> list[AccountEventKind]:
    with database.read() as session:
        return [event.kind for event in history_of(session, staff.id)]


def test_the_settings_roles_are_the_accounts() -> None:
    assert {role.value for role in Role} == ROLES


@ONE_ENGINE
def test_the_last_administrator_stays(rosa: Staff, database: Database, now: datetime) -> None:
    with database.begin() as session:
        staff = session.get_one(Staff, rosa.id)
        with pytest.raises(LastAdministrator):
            disable(session, staff, by=SYSTEM, at=now)
        by = staff_member(staff.id)
        with pytest.raises(LastAdministrator):
            change_access(session, staff, roles=[Role.AUDITOR], schools=None, by=by, at=now)


def test_another_one_who_can_sign_in_lets_the_first_go(
    rosa: Staff, omar: Staff, database: Database, now: datetime
) -> None:
    by = staff_member(omar.id)
    with database.begin() as session:
        first, second = session.get_one(Staff, rosa.id), session.get_one(Staff, omar.id)
        second.password_hash, kept = None, second.password_hash
        with pytest.raises(LastAdministrator):  # only invited: may never come
            disable(session, first, by=by, at=now)
        second.password_hash = kept
        change_access(session, first, roles=[Role.AUDITOR], schools=None, by=by, at=now)
        disable(session, first, by=by, at=now)
        with pytest.raises(LastAdministrator):
            disable(session, second, by=by, at=now)
        enable(session, first, by=by, at=now)
    assert _events(database, rosa)[:3] == [
        AccountEventKind.ENABLED, AccountEventKind.DISABLED, AccountEventKind.ACCESS_CHANGED,
    ]  # fmt: skip


def test_resetting_takes_every_second_step_and_ends_sessions_but_not_ones_own(
    rosa: Staff, omar: Staff, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        staff = make_ready(session, session.get_one(Staff, rosa.id), at=now)
        new_codes(session, staff, at=now)
        with pytest.raises(OwnAccount):
            reset_factors(session, staff, by=staff_member(staff.id), at=now)
        reset_factors(session, staff, by=staff_member(omar.id), at=now)
        assert staff.totp_secret is None
        assert codes_left(session, staff.id) == 0
        assert staff.session_key != rosa.session_key


def test_a_link_works_once_for_its_kind_and_time_and_only_as_long_as_the_account_is_open(
    rosa: Staff, omar: Staff, database: Database, now: datetime
) -> None:
    kind = LinkKind.INVITATION
    with database.begin() as session:
        staff = session.get_one(Staff, rosa.id)
        first, second = (new_link(session, staff, kind, at=now) for _ in range(2))
        assert linked_staff(session, first, kind, at=now).id == rosa.id
        for token, wanted, at in (
            (first, LinkKind.NEW_PASSWORD, now), (first, kind, now + 7 * DAY), ("", kind, now),
        ):  # fmt: skip
            with pytest.raises(LinkUnusable):
                use_link(session, token, wanted, at=at)
        assert use_link(session, first, kind, at=now).id == rosa.id
        for used in (first, second):
            with pytest.raises(LinkUnusable):
                linked_staff(session, used, kind, at=now)
        third = new_link(session, staff, kind, at=now)
        disable(session, staff, by=staff_member(omar.id), at=now)
        with pytest.raises(LinkUnusable):
            use_link(session, third, kind, at=now)
        stored = session.execute(text("SELECT * FROM staff_links")).all()
    assert first not in str(stored)


@ONE_ENGINE
def test_none_of_the_last_passwords_is_taken_again(
    rosa: Staff, database: Database, passwords: Passwords, now: datetime
) -> None:
    staff = choose_password(database, rosa, "another marble tent", at=now, passwords=passwords)
    for used in (PASSWORD, "another marble tent"):
        with pytest.raises(WeakPassword):
            choose_password(database, staff, used, at=now, passwords=passwords)
    with database.begin() as session:
        token = new_link(session, staff, LinkKind.NEW_PASSWORD, at=now)
    with pytest.raises(WeakPassword):
        choose_password_by_link(
            database, token, LinkKind.NEW_PASSWORD, PASSWORD, at=now, passwords=passwords
        )
    changed = choose_password_by_link(
        database, token, LinkKind.NEW_PASSWORD, "one more marble tent", at=now, passwords=passwords
    )
    assert changed.password_set_at == now


def test_what_the_rules_ask_for_is_asked_until_it_is_there(
    rosa: Staff, database: Database, now: datetime
) -> None:
    today = now.date()

    def asked(at: datetime, on: date) -> tuple[Missing, ...]:
        return missing(session, staff, RULES, at=at, today=on)

    with database.begin() as session:
        staff = session.get_one(Staff, rosa.id)
        assert asked(now, today) == (Missing.AGREEMENT, Missing.TRAINING)
        with pytest.raises(OtherWords):
            accept(session, staff.id, sha256="0" * 64, at=now)
        accept(session, staff.id, sha256=current_agreement().sha256, at=now)
        with pytest.raises(InTheFuture):
            record_training(session, staff, today + DAY, today=today, by=SYSTEM, at=now)
        with pytest.raises(OwnTraining):
            record_training(session, staff, today, today=today, by=staff_member(staff.id), at=now)
        record_training(session, staff, today, today=today, by=SYSTEM, at=now)
        assert asked(now, today) == ()
        assert asked(now, today + 365 * DAY) == ()
        assert asked(now, today + 366 * DAY) == (Missing.TRAINING,)
        assert asked(now + 183 * DAY, today) == (Missing.NEW_PASSWORD,)
        session.execute(text("UPDATE staff_agreements SET sha256 = 'other words'"))
        assert not has_accepted(session, staff.id)
        assert missing(session, staff, StaffRules(is_eased=True), at=now, today=today) == ()


def test_an_unused_account_is_refused_at_the_door_and_disabled_by_the_worker(
    rosa: Staff, omar: Staff, database: Database, passwords: Passwords, now: datetime
) -> None:
    def knock(at: datetime) -> Staff | None:
        return authenticate(
            database, EMAIL, PASSWORD, address="192.0.2.7", at=at, passwords=passwords,
            unused_after=RULES.unused,
        )  # fmt: skip

    with database.begin() as session:
        complete(session, rosa, Method.APP, at=now + DAY)
    assert knock(now + 90 * DAY) is not None
    assert knock(now + 91 * DAY) is None
    with database.begin() as session:
        assert disable_unused(session, RULES.unused, at=now + 90 * DAY) == 1  # Omar never came
        assert disable_unused(session, RULES.unused, at=now + 91 * DAY) == 1
        assert disable_unused(session, RULES.unused, at=now + 92 * DAY) == 0
        enable(session, session.get_one(Staff, rosa.id), by=SYSTEM, at=now + 92 * DAY)
    assert knock(now + 92 * DAY) is not None
    assert AccountEventKind.UNUSED in _events(database, rosa)


@ONE_ENGINE
def test_why_somebody_was_refused_is_on_record_but_not_what_was_typed(
    rosa: Staff, database: Database, passwords: Passwords, now: datetime
) -> None:
    for email, password in ((EMAIL, "wrong wrong wrong"), ("nobody@example.org", PASSWORD)):
        authenticate(database, email, password, address="192.0.2.7", at=now, passwords=passwords)
    with database.read() as session:
        stored = str(session.execute(text("SELECT * FROM account_events")).all())
    assert "wrong_password" in stored
    assert "unknown_account" in stored
    assert "wrong wrong" not in stored
    assert "nobody" not in stored
    assert "192.0.2" not in stored


@ONE_ENGINE
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE account_events SET kind = 'enabled' WHERE sequence = 1",
        "UPDATE account_events SET staff_id = NULL WHERE sequence = 2",
        "UPDATE account_events SET kind = 'rubbish' WHERE sequence = 1",
    ],
)
def test_an_altered_record_is_found(
    rosa: Staff, omar: Staff, database: Database, change: str
) -> None:
    with database.begin() as session:
        assert list(account_problems(session)) == []
        session.execute(text(change))
    with database.read() as session:
        assert list(account_problems(session)) != []
        assert session.scalars(select(Staff)).all()
