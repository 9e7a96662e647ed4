"""Recordings: tied to the words they say, heard by a second person before families hear them."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from forms.document import DocumentText, load
from intake.db.engine import Database
from intake.documents.recordings import (
    LARGEST_RECORDING,
    RecordingRefused,
    RecordingState,
    RecordingUnknown,
    add_recording,
    audible,
    confirm_recording,
    read_recording,
    recording_states,
)
from intake.documents.store import DocumentDamaged, Storage

FACTS = {"partnership": "Promise", "phone": "801", "email": "a@b.org", "end_date": "June 30, 2027"}
MP3 = b"ID3\x04" + b"speech " * 40


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(f"file://{tmp_path / 'store'}")


def text(**facts: str) -> DocumentText:
    return load("ferpa_waiver").text("ksw").fill({**FACTS, **facts})


def states(session: Session, of: DocumentText) -> dict[str, RecordingState]:
    return {entry.block.id: entry.state for entry in recording_states(session, of)}


def test_a_recording_is_heard_once_a_second_person_has_confirmed_it(
    database: Database, storage: Storage, now: datetime
) -> None:
    with database.begin() as session:
        added = add_recording(session, storage, text(), "voluntary", MP3, reader="Naw Mu", at=now)
        assert states(session, text())["voluntary"] is RecordingState.UNCONFIRMED
        assert states(session, text())["purpose"] is RecordingState.MISSING
        assert audible(session, text(), drafts=False) == {}
        assert audible(session, text(), drafts=True) == {"voluntary": added.id}

        confirm_recording(session, added.id, by="staff-1", at=now)
        assert audible(session, text(), drafts=False) == {"voluntary": added.id}
        assert read_recording(session, storage, added.id) == (MP3, "audio/mpeg")


def test_changed_words_void_a_recording_and_others_stay(
    database: Database, storage: Storage, now: datetime
) -> None:
    with database.begin() as session:
        for block in ("duration", "voluntary", "elements"):
            add_recording(session, storage, text(), block, MP3, reader="Naw Mu", at=now)
        later = text(end_date="June 30, 2028")
        assert states(session, later)["duration"] is RecordingState.STALE
        assert set(audible(session, later, drafts=True)) == {"voluntary", "elements"}

        group = replace(later.element_groups[0], purpose="another")
        changed = replace(later, element_groups=(group, *later.element_groups[1:]))
        assert set(audible(session, changed, drafts=True)) == {"voluntary"}


def test_the_newest_recording_counts(database: Database, storage: Storage, now: datetime) -> None:
    with database.begin() as session:
        first = add_recording(session, storage, text(), "voluntary", MP3, reader="Naw Mu", at=now)
        confirm_recording(session, first.id, by="staff-1", at=now)
        later = now.replace(hour=23)
        add_recording(session, storage, text(), "voluntary", b"OggS...", reader="Saw Ku", at=later)
        assert audible(session, text(), drafts=False) == {}


@pytest.mark.parametrize(
    ("block", "audio", "reader", "said"),
    [
        ("nothing", MP3, "Naw Mu", "no block"),
        ("voluntary", b"<html>", "Naw Mu", "no audio file"),
        ("voluntary", b"", "Naw Mu", "no audio file"),
        ("voluntary", MP3 + bytes(LARGEST_RECORDING), "Naw Mu", "larger than 4 MB"),
        ("voluntary", MP3, " \u200b", "name"),
    ],
)
def test_what_is_no_recording_is_refused(
    database: Database,
    storage: Storage,
    now: datetime,
    block: str,
    audio: bytes,
    reader: str,
    said: str,
) -> None:
    with database.begin() as session, pytest.raises(RecordingRefused, match=said):
        add_recording(session, storage, text(), block, audio, reader=reader, at=now)


def test_an_altered_or_unknown_recording_is_never_played(
    database: Database, storage: Storage, now: datetime, tmp_path: Path
) -> None:
    with database.begin() as session:
        added = add_recording(session, storage, text(), "voluntary", MP3, reader="Naw Mu", at=now)
        (tmp_path / "store" / added.storage_path).write_bytes(b"ID3 something else")
        with pytest.raises(DocumentDamaged):
            read_recording(session, storage, added.id)
        with pytest.raises(RecordingUnknown):
            read_recording(session, storage, "no-such-id")
        with pytest.raises(RecordingUnknown):
            confirm_recording(session, "no-such-id", by="staff-1", at=now)
