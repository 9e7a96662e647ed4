"""The record of disclosures (34 CFR 99.32): in the same transaction, once for each key."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text, update

from intake.consents.ledger import LedgerEvent, check_chain
from intake.consents.projection import differences
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.disclosures.decide import LARGEST_BATCH
from intake.disclosures.listing import (
    disclosure_differences,
    disclosures_of,
    rebuild_disclosures,
)
from intake.disclosures.model import Disclosure
from intake.disclosures.record import KeyReused
from tests.conftest import NOW
from tests.disclosures.scene import CALLER, DAY, Scene
from tests.disclosures.test_decide import statements


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(Disclosure.id))) or 0


def test_a_permit_is_recorded_with_who_what_when_and_why(scene: Scene, database: Database) -> None:
    elements = ("grades", "birth_date")
    [answer] = scene.record(scene.question(elements=elements, record_key="k1"))
    with database.read() as session:
        [found] = disclosures_of(session, scene.student_id)
        [told] = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.DISCLOSED)
        ).all()
        assert list(check_chain(session)) == []
        assert list(differences(session)) == []
        assert list(disclosure_differences(session)) == []
    assert answer.disclosure_id == found.id
    assert (found.partner_id, found.person_id, found.role) == ("tutors", "ana", "tutor")
    assert (found.purpose, found.elements, found.at) == ("academic_support", ["grades"], NOW)
    assert (found.consent_id, found.waiver_version) == (answer.consent_id, "2026-1")
    assert (told.actor_id, told.values()["elements"]) == ("clienttrack", ["grades"])


def test_the_same_key_records_once_and_permits_no_more_than_was_recorded(
    scene: Scene, database: Database
) -> None:
    question = scene.question(record_key="k1")
    [first] = scene.record(question)
    [again] = scene.record(question, now=NOW + DAY)
    assert (again.disclosure_id, again.permitted) == (first.disclosure_id, first.permitted)
    [turned] = scene.record(scene.question(elements=("gpa", "grades"), record_key="k1"))
    assert turned.disclosure_id == first.disclosure_id
    assert count(database) == 1


def test_an_old_permit_never_outlives_a_revocation(scene: Scene, database: Database) -> None:
    [first] = scene.record(scene.question(record_key="k1"))
    scene.revoke()
    [again] = scene.record(scene.question(record_key="k1"))
    assert again.permitted == ()
    assert again.disclosure_id == first.disclosure_id
    assert count(database) == 1


def test_the_same_key_for_another_question_records_nothing_of_the_call(
    scene: Scene, database: Database
) -> None:
    scene.record(scene.question(record_key="k1"))
    other = scene.question(record_key="k1", elements=("gpa",))
    with pytest.raises(KeyReused):
        scene.record(scene.question(record_key="k2"), other)
    with pytest.raises(KeyReused):
        scene.record(scene.question(record_key="k3"), scene.question(record_key="k3", role="x"),
                     scene.question(record_key="k3", elements=("gpa",)))  # fmt: skip
    assert count(database) == 1


def test_what_the_record_lacks_is_not_permitted_later(scene: Scene, database: Database) -> None:
    question = scene.question(elements=("grades", "absence_reasons"), record_key="k1")
    scene.record(question)
    from intake.partners.needs import set_needs  # noqa: PLC0415

    with database.begin() as session:
        set_needs(session, "tutor", {"academic_support": ["grades", "absence_reasons"]})
    [again] = scene.record(question)
    assert again.permitted == ("grades",)
    assert {str(one) for one in again.elements[1].reasons} == {"not_recorded"}


def test_two_calls_at_once_under_one_key_make_one_record(scene: Scene, database: Database) -> None:
    question = scene.question(record_key="k1")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: scene.record(question)[0], range(8)))
    assert len({answer.disclosure_id for answer in answers}) == 1
    assert count(database) == 1


def test_a_denial_leaves_no_record_and_spends_no_key(scene: Scene, database: Database) -> None:
    [denied] = scene.record(scene.question(role="mentor", record_key="k1"))
    assert denied.disclosure_id is None
    [permitted] = scene.record(scene.question(record_key="k1"))
    assert permitted.disclosure_id
    assert count(database) == 1


def test_another_client_s_keys_are_its_own(scene: Scene, database: Database) -> None:
    from dataclasses import replace  # noqa: PLC0415

    scene.record(scene.question(record_key="k1"))
    scene.record(scene.question(record_key="k1"), caller=replace(CALLER, id="other"))
    assert count(database) == 2


def test_a_thousand_records_cost_as_many_statements_as_one(
    scene: Scene, database: Database
) -> None:
    def cost(number: int, name: str) -> int:
        questions = [scene.question(record_key=f"{name}-{i}") for i in range(number)]
        with statements(database) as executed:
            scene.record(*questions)
        return len(executed)

    one = cost(1, "one")
    assert cost(LARGEST_BATCH, "many") == one
    assert one <= 8
    with database.read() as session:
        assert list(check_chain(session)) == []


def test_the_audit_finds_what_was_altered_and_the_ledger_rebuilds_it(
    scene: Scene, database: Database
) -> None:
    scene.record(*(scene.question(record_key=f"k{i}") for i in range(3)))
    with database.begin() as session:
        ids = session.scalars(select(Disclosure.id).order_by(Disclosure.id)).all()
        session.execute(update(Disclosure).where(Disclosure.id == ids[0]).values(purpose="sale"))
        session.execute(text("DELETE FROM disclosures WHERE id = :id"), {"id": ids[1]})
        session.execute(
            text("UPDATE ledger_events SET kind = 'viewed' WHERE data LIKE :id"),
            {"id": f"%{ids[2]}%"},
        )
    with database.read() as session:
        assert sorted(disclosure_differences(session)) == sorted([
            f"disclosure {ids[0]} differs from the ledger in: purpose",
            f"disclosure {ids[1]} was deleted; the ledger has it",
            f"disclosure {ids[2]} is not in the ledger",
        ])  # fmt: skip
        assert len(list(check_chain(session))) == 1
    with database.begin() as session:
        assert rebuild_disclosures(session) == 2
    with database.read() as session:
        assert list(disclosure_differences(session)) == [
            f"disclosure {ids[2]} is not in the ledger"
        ]
