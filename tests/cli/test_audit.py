"""``intake audit verify`` finds what was altered and says which."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from intake.accounts.model import Role
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent
from intake.consents.states import ConsentState
from intake.documents.model import SealedDocument
from intake.installation import Installation
from intake.looks.chain import Occasion, Subject, Viewer, record_looks
from intake.looks.model import Look, LookBasis, LookKind
from intake.roster.model import Student
from intake.roster.scope import SchoolScope
from tests.cli.conftest import AT, Run, empty_database
from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def empty_database_url(
    request: pytest.FixtureRequest, tmp_path: Path, tables_sqlite: Path
) -> Iterator[str]:
    """These run on both engines."""
    yield from empty_database(request, tmp_path, tables_sqlite)


def test_a_good_installation_is_said_to_be_good(installed: Installation, run: Run) -> None:
    told = run("audit", "verify")
    assert (told.status, told.err) == (0, "")
    assert told.out == "The ledger, the state and every document are as they were written.\n"
    assert json.loads(run("audit", "verify", "--json").out) == {"ok": True, "problems": []}


def test_an_altered_event_is_named(installed: Installation, run: Run) -> None:
    with installed.database.begin() as session:
        last = session.scalars(
            select(LedgerEvent).order_by(LedgerEvent.sequence.desc()).limit(1)
        ).one()
        sequence = last.sequence
        session.execute(
            update(LedgerEvent)
            .where(LedgerEvent.sequence == sequence)
            .values(data=last.data.replace("ferpa_waiver", "other_waiver"))
        )
    told = run("audit", "verify")
    assert told.status == 1
    assert any(
        line.startswith("ledger:") and str(sequence) in line for line in told.out.splitlines()
    )


def test_a_removed_event_is_named(installed: Installation, run: Run) -> None:
    with installed.database.begin() as session:
        session.execute(delete(LedgerEvent).where(LedgerEvent.sequence == 1))
    told = run("audit", "verify", "--json")
    assert told.status == 1
    report = json.loads(told.out)
    assert not report["ok"]
    assert any(line.startswith("ledger:") for line in report["problems"])


def test_a_state_that_the_ledger_does_not_know_is_named(installed: Installation, run: Run) -> None:
    with installed.database.begin() as session:
        [consent] = session.scalars(select(Consent)).all()
        consent.state = ConsentState.REVOKED
    told = run("audit", "verify")
    assert told.status == 1
    assert f"state: consent {consent.id}" in told.out
    assert run("consents", "rebuild").out == "1 consent changed.\n"
    assert run("audit", "verify").status == 0


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_harmed_document_is_named(
    harm: str, installed: Installation, run: Run, tmp_path: Path
) -> None:
    with installed.database.read() as session:
        [document] = session.scalars(select(SealedDocument)).all()
    file = tmp_path / "documents" / document.storage_path
    if harm == "missing":
        file.unlink()
    else:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    told = run("audit", "verify")
    assert told.status == 1
    assert f"document {document.sha256}" in told.out
    assert harm in told.out
    assert told.out.count("\n") == 1
    assert "Johnson" not in told.out


def test_a_foreign_key_ring_is_said_to_be_the_likely_reason(
    installed: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_SECRET_KEYS", run("config", "new-key").out.strip())
    told = run("audit", "verify")
    assert told.status == 1
    assert "keys: INTAKE_SECRET_KEYS" in told.out


@pytest.fixture
def looked(installed: Installation) -> str:
    """Ann at a front desk has read Emma's waiver; Emma's id."""
    with installed.database.begin() as session:
        [consent] = session.scalars(select(Consent)).all()
        student = session.get_one(Student, consent.student_id)
        ann = Viewer("ann", Role.FRONT_DESK, SchoolScope.of([student.school_id]))
        occasion = Occasion("desk.waiver", LookKind.READ, LookBasis.SERVING, AT)
        record_looks(session, ann, occasion, [Subject(student.id, consent.id)])
        return student.id


def test_who_looked_is_told(installed: Installation, run: Run, looked: str) -> None:
    [look] = json.loads(run("audit", "looks", looked, "--json").out)["looks"]
    assert (look["staff_id"], look["role"], look["school"]) == (
        "ann",
        "front_desk",
        "Riverside Elementary School",
    )
    assert (look["kind"], look["page"], look["basis"]) == ("read", "desk.waiver", "serving")
    assert run("audit", "looks", looked).out == (
        "2026-11-23T21:00:00+00:00  ann (front_desk, Riverside Elementary School)  "
        "read desk.waiver  serving\n"
    )
    nobody = run("audit", "looks", "nobody")
    assert nobody.status == 2
    assert nobody.err.startswith("intake: there is no student 'nobody'")
    assert run("audit", "verify").status == 0


def test_a_look_that_was_taken_out_is_named(installed: Installation, run: Run, looked: str) -> None:
    with installed.database.begin() as session:
        session.execute(delete(Look))
    told = run("audit", "verify")
    assert told.status == 1
    assert told.out == "access record: the looks end at 0, but their head names another end\n"
