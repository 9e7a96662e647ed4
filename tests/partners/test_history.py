"""Every change of a partner is on record, and altering the record is found."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.engine import Database
from intake.partners.errors import InvalidPartner
from intake.partners.history import (
    Editor,
    PartnerChange,
    Subject,
    history,
    history_problems,
)
from intake.partners.importing import import_partners
from intake.partners.model import Agreement, PartnerClass
from intake.partners.registry import (
    add_partner,
    add_person,
    change_partner,
    end_agreement,
)
from tests.conftest import NOW

DANA = Editor(Actor(ActorKind.STAFF, "dana"), NOW + timedelta(hours=1))
FILE = """
[[partners]]
id = "tutors"
name = "Tutors West"
class = "community_organizations"
contact = "office@tutors.example"

[[agreements]]
partner = "tutors"
document = "DPA"
signed_on = 2026-09-01
expires_on = 2027-08-31

[needs.tutor]
academic_support = ["grades"]
"""


@pytest.fixture
def agreement(database: Database) -> str:
    """Partner ``tutors`` with an agreement, from a file."""
    imported(database, FILE)
    with database.read() as session:
        return session.query(Agreement).one().id


def imported(database: Database, file: str, at: datetime = NOW) -> dict[str, int]:
    with database.begin() as session:
        return import_partners(session, file, at=at).counts


def problems(database: Database) -> list[str]:
    with database.read() as session:
        return list(history_problems(session))


def test_who_changed_what_before_and_after_and_when(database: Database, agreement: str) -> None:
    with database.begin() as session:
        end_agreement(session, agreement, last_day=date(2026, 11, 30), by=DANA)
    with database.read() as session:
        ended, signed, added = history(session, "tutors")
    assert ended.subject is Subject.AGREEMENT
    assert (ended.actor_kind, ended.actor_id, ended.at) == (ActorKind.STAFF, "dana", DANA.at)
    assert ended.differences == {"expires_on": ("2027-08-31", "2026-11-30")}
    assert signed.before is None
    assert signed.after["document"] == "DPA"
    assert (added.actor_kind, added.actor_id, added.at) == (ActorKind.SYSTEM, "import", NOW)
    with database.read() as session:
        [needs] = session.scalars(
            select(PartnerChange).where(PartnerChange.subject == Subject.NEEDS)
        )
    assert (needs.actor_kind, needs.actor_id, needs.at) == (ActorKind.SYSTEM, "import", NOW)
    assert problems(database) == []


def test_what_changes_nothing_leaves_no_entry(database: Database, agreement: str) -> None:
    imported(database, FILE)
    with database.begin() as session:
        change_partner(
            session, "tutors", name="Tutors West", partner_class=PartnerClass.COMMUNITY,
            contact="office@tutors.example", by=DANA,
        )  # fmt: skip
    with database.read() as session:
        assert len(history(session, "tutors")) == 2


def test_a_change_that_is_rolled_back_leaves_no_entry(database: Database, agreement: str) -> None:
    bad = FILE + FILE[FILE.index("[[agreements]]") : FILE.index("[needs")].replace("2027", "2025")
    with pytest.raises(InvalidPartner):
        imported(database, bad.replace("DPA", "DPA 2"))
    with database.read() as session:
        assert len(history(session, "tutors")) == 2
    assert problems(database) == []


def test_a_file_does_not_revive_what_a_person_has_ended(database: Database, agreement: str) -> None:
    with database.begin() as session:
        end_agreement(session, agreement, last_day=date(2026, 11, 30), by=DANA)
    with pytest.raises(InvalidPartner, match=r"agreements 1: .*\(expires_on = 2026-11-30"):
        imported(database, FILE)
    agreed = FILE.replace("2027-08-31", "2026-11-30")
    assert imported(database, agreed) == {"roles' needs": 1}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE partner_changes SET actor_id = 'somebody' WHERE sequence = 2", "2 was altered"),
        ("UPDATE partner_changes SET subject_id = 'x' WHERE sequence = 2", "2 was altered"),
        ("UPDATE partner_changes SET after = before WHERE sequence = 4", "can't be read"),
        ("DELETE FROM partner_changes WHERE sequence = 2", "change 2 was removed"),
        ("DELETE FROM partner_changes WHERE sequence = 4", "end at 3"),
        ("DELETE FROM partner_changes_head", "head of the partners' changes is missing"),
        ("UPDATE partner_changes_head SET sequence = 9", "end at 4"),
        ("UPDATE partner_agreements SET expires_on = '2030-01-01'", "is not as the partners'"),
        ("DELETE FROM partner_agreements", "was deleted"),
    ],
)
def test_what_is_altered_behind_our_back_is_found(
    database: Database, agreement: str, statement: str, said: str
) -> None:
    with database.begin() as session:
        end_agreement(session, agreement, last_day=date(2026, 11, 30), by=DANA)
    with database.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert any(said in line for line in problems(database))


def test_what_is_recorded_is_not_readable_in_the_database(database: Database) -> None:
    with database.begin() as session:
        add_partner(session, "clinic", "Clinic", PartnerClass.HEALTH, at=NOW)
        add_person(session, "ana", "Ana Ortiz", partner_id="clinic", at=NOW)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT after FROM partner_changes")).all()
    assert rows
    assert not any(b"Ana" in bytes(row[0]) for row in rows)


@pytest.mark.parametrize("contact", ["nobody", "a@b", "two words@example.org", "a@example.org,b"])
def test_a_contact_that_is_no_address_is_refused(database: Database, contact: str) -> None:
    with pytest.raises(InvalidPartner), database.begin() as session:
        add_partner(session, "t", "Tutors", PartnerClass.COMMUNITY, at=NOW, contact=contact)
