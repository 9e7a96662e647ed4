"""Approvals: by a named, qualified person, for exactly the words they read."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from forms.document import Document, load
from intake.db.engine import Database
from intake.db.limits import TooManyAttempts
from intake.documents import approvals
from intake.documents.approvals import (
    ApprovalRefused,
    ApprovalState,
    ApprovalUnknown,
    TextChanged,
    all_states,
    approve_text,
    approved_by,
    is_approved,
    text_state,
    withdraw_approval,
)
from intake.documents.interpreters import (
    REQUEST_LIMIT,
    ContactMissing,
    RequestUnknown,
    ask_for_interpreter,
    finish_request,
    open_requests,
)
from translations import languages

QUALIFICATION = "certified interpreter, Karen"


def waiver() -> Document:
    return load("ferpa_waiver")


def changed(tmp_path: Path) -> Document:
    """The same document, one word of its Karen another one."""
    root = tmp_path / "documents"
    shutil.copytree(waiver().directory, root / "ferpa_waiver" / "2026-1")
    words = root / "ferpa_waiver" / "2026-1" / "ksw.toml"
    words.write_text(words.read_text("utf-8").replace("FERPA", "FERPA FERPA", 1), "utf-8")
    return load("ferpa_waiver", root=root)


def test_a_draft_becomes_approved_and_says_by_whom(database: Database, now: datetime) -> None:
    with database.begin() as session:
        assert text_state(session, waiver(), "ksw").state is ApprovalState.DRAFT
        assert not is_approved(session, waiver(), "ksw")
        sha256 = waiver().text("ksw").sha256
        approve_text(
            session, waiver(), "ksw", sha256=sha256, approver="Naw Mu", at=now,
            qualification=QUALIFICATION, by="staff-1",
        )  # fmt: skip
    with database.read() as session:
        assert text_state(session, waiver(), "ksw").state is ApprovalState.APPROVED
        found = approved_by(session, waiver(), "ksw")
        assert found is not None
        assert (found.name, found.qualification, found.at) == ("Naw Mu", QUALIFICATION, now)
        assert not is_approved(session, waiver(), "ar")


def test_any_change_of_the_words_voids_an_approval(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.begin() as session:
        sha256 = waiver().text("ksw").sha256
        approve_text(
            session, waiver(), "ksw", sha256=sha256, approver="Naw Mu", at=now,
            qualification=QUALIFICATION,
        )  # fmt: skip
        other = changed(tmp_path)
        assert text_state(session, other, "ksw").state is ApprovalState.VOID
        assert not is_approved(session, other, "ksw")
        with pytest.raises(TextChanged):
            approve_text(
                session, other, "ksw", sha256=sha256, approver="Naw Mu", at=now,
                qualification=QUALIFICATION,
            )  # fmt: skip


def test_a_withdrawn_approval_stays_on_record_and_counts_no_more(
    database: Database, now: datetime
) -> None:
    with database.begin() as session:
        sha256 = waiver().text("ksw").sha256
        approval = approve_text(
            session, waiver(), "ksw", sha256=sha256, approver="Naw Mu", at=now,
            qualification=QUALIFICATION,
        )  # fmt: skip
        with pytest.raises(ApprovalRefused):
            withdraw_approval(session, approval.id, reason=" ", by="staff-2", at=now)
        withdraw_approval(session, approval.id, reason="Wrong word", by="staff-2", at=now)
        found = text_state(session, waiver(), "ksw")
        assert found.state is ApprovalState.WITHDRAWN
        assert found.approval is not None
        assert found.approval.withdrawal_reason == "Wrong word"
        with pytest.raises(ApprovalUnknown):
            withdraw_approval(session, approval.id, reason="Again", by="staff-2", at=now)
        approve_text(
            session, waiver(), "ksw", sha256=sha256, approver="Saw Ku", qualification="Teacher",
            at=now + timedelta(hours=1),
        )  # fmt: skip
        assert is_approved(session, waiver(), "ksw")


@pytest.mark.parametrize(("name", "right"), [("", QUALIFICATION), ("Naw Mu", " "), ("12", "x")])
def test_an_approval_needs_a_name_and_a_qualification(
    database: Database, now: datetime, name: str, right: str
) -> None:
    with database.begin() as session, pytest.raises(ApprovalRefused):
        approve_text(
            session, waiver(), "ksw", sha256=waiver().text("ksw").sha256, approver=name,
            qualification=right, at=now,
        )  # fmt: skip


def test_the_source_needs_no_approval_and_every_text_has_a_state(database: Database) -> None:
    with database.read() as session:
        assert is_approved(session, waiver(), "en")
        states = list(all_states(session))
    assert len({(row.document.name, row.language) for row in states}) == len(states)
    assert {row.state for row in states if row.language == "en"} == {ApprovalState.SOURCE}


def test_the_version_that_families_sign_is_listed_beside_the_one_that_is_prepared(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = replace(waiver(), version="2025-1")
    monkeypatch.setattr(
        approvals, "current", lambda name: signed if name == signed.name else load(name)
    )
    with database.read() as session:
        states = [row for row in all_states(session) if row.document.name == signed.name]
    assert {row.document.version for row in states} == {"2025-1", waiver().version}
    assert len(states) == 2 * len(languages())


def test_a_family_that_asks_for_an_interpreter_is_called_once(
    database: Database, now: datetime
) -> None:
    with database.begin() as session:
        asked = ask_for_interpreter(
            session, language="ksw", contact="801 555 0145", wish="၆ နာရီ", address="::1", at=now
        )
        assert [request.contact for request in open_requests(session)] == ["801 555 0145"]
        finish_request(session, asked.id, by="staff-1", at=now)
        assert open_requests(session) == []
        with pytest.raises(RequestUnknown):
            finish_request(session, asked.id, by="staff-1", at=now)
        with pytest.raises(ContactMissing):
            ask_for_interpreter(
                session, language="ksw", contact=" ", wish="", address="::1", at=now
            )


def test_nobody_can_flood_the_desk_with_requests(database: Database, now: datetime) -> None:
    with database.begin() as session:
        for _ in range(REQUEST_LIMIT.count):
            ask_for_interpreter(
                session, language="ksw", contact="8", wish="", address="192.0.2.1", at=now
            )
        with pytest.raises(TooManyAttempts):
            ask_for_interpreter(
                session, language="ksw", contact="8", wish="", address="192.0.2.1", at=now
            )
