"""Whatever is altered behind the product's back, the audit finds it and says where."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.audit import problems
from intake.consents.ledger import SIGNER, record
from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.documents.model import DocumentKind
from intake.documents.store import Storage, register
from tests.conftest import NOW
from tests.consents.story import Story

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is altered is altered alike on both engines; the walk itself runs on both elsewhere."""


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage((tmp_path / "store").as_uri())


@pytest.fixture
def story(database: Database, storage: Storage) -> Story:
    """Two students: one consent superseded, then revoked; one waiting for staff."""
    story = Story(database, storage)
    first, second = story.student("Emma Johnson"), story.student("စီၤဖိးထူ")
    story.sign(first)
    story.sign(first)
    story.revoke(first)
    story.sign(second, known=False)
    return story


def found(story: Story) -> list[str]:
    return list(problems(story.database, story.kept))


def alter(story: Story, statement: str, **values: object) -> None:
    with story.database.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount > 0


def test_an_untouched_installation_has_no_problems(story: Story) -> None:
    assert found(story) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", "{}"),
        ("data", "[]"),
        ("data", "not json"),
        ("data", '{"granted":true}'),
        ("kind", "viewed"),
        ("kind", "never_heard_of"),
        ("actor_kind", "staff"),
        ("actor_id", "somebody"),
        ("consent_id", "00000000-0000-0000-0000-000000000000"),
        ("revocation_id", "00000000-0000-0000-0000-000000000000"),
        ("previous_hash", "1" * 64),
        ("hash", "1" * 64),
        ("id", "00000000-0000-0000-0000-000000000000"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_an_altered_event_is_named(story: Story, column: str, value: object, sequence: int) -> None:
    if isinstance(value, datetime) and not story.database.is_postgresql:
        value = "2020-01-01 00:00:00.000000"
    alter(
        story,
        f"UPDATE ledger_events SET {column} = :value WHERE sequence = :sequence",  # noqa: S608
        value=value,
        sequence=sequence,
    )

    assert any(f"event {sequence} " in problem for problem in found(story))


def test_an_event_given_to_another_student_is_named(story: Story) -> None:
    alter(
        story,
        "UPDATE ledger_events SET student_id = (SELECT MAX(id) FROM students "
        "WHERE id <> ledger_events.student_id) WHERE sequence = 2",
    )

    assert any("event 2 " in problem for problem in found(story))


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_a_removed_event_is_named(story: Story, sequence: int) -> None:
    alter(story, "DELETE FROM ledger_events WHERE sequence = :s", s=sequence)

    assert any(f"event {sequence} was removed" in problem for problem in found(story))


def test_events_cut_off_at_the_end_are_named(story: Story) -> None:
    last = story.last_event()
    alter(story, "DELETE FROM ledger_events WHERE sequence > :s", s=last - 2)

    assert any(f"events {last - 1} to {last} were removed" in p for p in found(story))


def test_a_ledger_cut_off_together_with_its_head_is_found(story: Story) -> None:
    last = story.last_event()
    alter(story, "DELETE FROM ledger_events WHERE sequence = :s", s=last)
    alter(
        story,
        "UPDATE ledger_head SET sequence = :s, "
        "hash = (SELECT hash FROM ledger_events WHERE sequence = :s)",
        s=last - 1,
    )

    assert "ledger: the ledger's head was not written by this installation" in found(story)


def test_reordered_events_are_named(story: Story) -> None:
    for statement in (
        "UPDATE ledger_events SET sequence = 900 WHERE sequence = 2",
        "UPDATE ledger_events SET sequence = 2 WHERE sequence = 3",
        "UPDATE ledger_events SET sequence = 3 WHERE sequence = 900",
    ):
        alter(story, statement)

    assert any("event 2 " in problem for problem in found(story))


def test_a_forged_event_at_the_end_is_named(story: Story) -> None:
    last = story.last_event()
    alter(
        story,
        "INSERT INTO ledger_events SELECT sequence + 1, 'forged', kind, at, actor_kind, actor_id, "
        "student_id, consent_id, revocation_id, data, hash, :hash FROM ledger_events "
        "WHERE sequence = :s",
        s=last,
        hash="2" * 64,
    )

    assert any(f"event {last + 1}" in problem for problem in found(story))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "active"),
        ("unsettled", True),
        ("granted", False),
        ("elements", '["everything"]'),
        ("valid_until", "2099-01-01"),
        ("document_sha256", "3" * 64),
        ("relationship_kind", "guardian"),
    ],
)
def test_a_consent_that_says_other_than_the_ledger_is_named(
    story: Story, column: str, value: object
) -> None:
    consent = story.consents()[0]
    alter(
        story,
        f"UPDATE consents SET {column} = :value WHERE id = :id",  # noqa: S608
        value=value,
        id=consent.id,
    )

    assert any(consent.id in problem and column in problem for problem in found(story))


@pytest.mark.parametrize("column", ["signer_name", "contact", "receipt_code"])
def test_who_signed_can_not_be_altered_or_moved_unseen(story: Story, column: str) -> None:
    first, second = story.consents()[:2]
    alter(
        story,
        f"UPDATE consents SET {column} = "  # noqa: S608
        "(SELECT ciphertext.student_key FROM (SELECT name AS student_key FROM students "
        "LIMIT 1) AS ciphertext) WHERE id = :id",
        id=first.id,
    )

    told = [problem for problem in found(story) if "who signed" in problem]
    assert [first.id in problem for problem in told] == [True]
    assert second.id not in told[0]


def test_a_deleted_consent_is_named(story: Story) -> None:
    consent = story.consents()[0]
    alter(story, "DELETE FROM consents WHERE id = :id", id=consent.id)

    assert any(f"consent {consent.id} was deleted" in problem for problem in found(story))


def test_a_consent_that_no_event_made_is_named(story: Story) -> None:
    forged = story.copy_row_of(story.consents()[0])

    assert f"state: consent {forged} is not in the ledger" in found(story)


def test_a_damaged_and_a_missing_document_are_named(story: Story, tmp_path: Path) -> None:
    first, second = (c.document_sha256 for c in story.consents()[:2])
    story.file_of(first, tmp_path).chmod(0o600)
    data = bytearray(story.file_of(first, tmp_path).read_bytes())
    data[-1] ^= 1
    story.file_of(first, tmp_path).write_bytes(data)
    story.file_of(second, tmp_path).unlink()

    told = found(story)
    assert any(f"document {first} was altered" in problem for problem in told)
    assert any(f"document {second} is missing" in problem for problem in told)


def test_two_documents_that_were_swapped_are_named(story: Story, tmp_path: Path) -> None:
    one, other = (c.document_sha256 for c in story.consents()[:2])
    first, second = story.file_of(one, tmp_path), story.file_of(other, tmp_path)
    data = first.read_bytes(), second.read_bytes()
    for file, content in zip((second, first), data, strict=True):
        file.chmod(0o600)
        file.write_bytes(content)

    told = found(story)
    assert sum("was altered" in problem for problem in told) == 2


def test_a_document_that_no_event_names_is_named(story: Story) -> None:
    stored = story.kept.put(story.database.keyring, b"%PDF- slipped in")
    with story.database.begin() as session:
        register(session, stored, DocumentKind.WAIVER, at=NOW)

    assert any(stored.sha256 in problem for problem in found(story))


def test_problems_never_hold_a_name(story: Story) -> None:
    alter(story, "UPDATE consents SET state = 'active'")
    alter(story, "DELETE FROM ledger_events WHERE sequence = 1")

    told = "\n".join(found(story))
    assert told
    assert "Johnson" not in told


def test_an_event_is_undone_with_the_change_it_tells(story: Story) -> None:
    before = story.last_event()
    student_id = story.consents()[0].student_id
    with story.database.read() as session:  # a transaction that is never committed
        record(session, EventKind.VIEWED, at=NOW, actor=SIGNER, student_id=student_id)

    assert story.last_event() == before
    assert found(story) == []
