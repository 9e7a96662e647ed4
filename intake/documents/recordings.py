"""Recordings of the documents: a person reads a block aloud, another one listens and confirms.

A recording belongs to the exact words that it says, the partnership's facts included: when they
change, it is void, as an approval of the words is (``stale``). Nothing is deleted.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.document import Block, DocumentText
from forms.source import BlockKind
from forms.text import clean, has_letter
from intake.documents.model import Recording
from intake.documents.store import Storage

LARGEST_RECORDING = 4 * 1024 * 1024
"""Bytes; two minutes of speech as MP3 are about 1 MB."""

_TYPES = (
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
    (8, b"WAVE", "audio/wav"),
)
"""What browsers play, known by the file's first bytes: place, bytes, media type."""


class RecordingRefused(ValueError):
    """The file is no recording that can be used; the message says why."""


class RecordingUnknown(LookupError):
    """There is no recording with this id, or its words are not said any more."""


class RecordingState(StrEnum):
    """How far a block can be listened to."""

    MISSING = "missing"
    STALE = "stale"
    """It was recorded, and the words have changed since."""
    UNCONFIRMED = "unconfirmed"
    """Nobody but the reader has listened yet."""
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class BlockRecording:
    """One block, and what there is to hear of it."""

    block: Block
    state: RecordingState
    recording: Recording | None
    """The newest one, stale or not."""


def spoken_words(text: DocumentText, block: Block) -> str:
    """What a reader says for this block; the table of data elements has its rows."""
    if block.kind is not BlockKind.ELEMENTS:
        return block.text
    rows = []
    for group in text.element_groups:
        labels = "\n".join(element.label for element in group.elements)
        rows.append(f"{group.source_label}\n{labels}\n{group.purpose}")
    return "\n".join(rows)


def add_recording(
    session: Session,
    storage: Storage,
    text: DocumentText,
    block_id: str,
    audio: bytes,
    *,
    reader: str,
    at: datetime,
    by: str | None = None,
) -> Recording:
    """Keep a recording of a block of a filled text; ``by`` is the staff account that added it.

    Raises RecordingRefused for what is no audio file, too large, or of an unknown block.
    """
    try:
        block = text.block(block_id)
    except KeyError:
        raise RecordingRefused(f"{text.name} has no block {block_id!r}") from None
    if len(audio) > LARGEST_RECORDING:
        limit = LARGEST_RECORDING // 1024 // 1024
        raise RecordingRefused(f"the recording is larger than {limit} MB")
    name = clean(reader)
    if not has_letter(name):
        raise RecordingRefused("the name of the person who reads is missing")
    recording = Recording(
        document=text.name,
        version=text.version,
        language=text.language,
        block=block_id,
        words_sha256=_digest(text, block),
        media_type=_media_type(audio),
        storage_path=storage.put_recording(audio),
        size=len(audio),
        reader=name,
        added_at=at,
        added_by=by,
    )
    session.add(recording)
    session.flush()
    return recording


def confirm_recording(session: Session, recording_id: str, *, by: str, at: datetime) -> Recording:
    """Somebody has listened: it says exactly the block's words. Raises RecordingUnknown."""
    found = session.get(Recording, recording_id)
    if found is None:
        raise RecordingUnknown
    if found.confirmed_at is None:
        found.confirmed_at, found.confirmed_by = at, by
    return found


def recording_states(session: Session, text: DocumentText) -> Iterator[BlockRecording]:
    """Every block of a filled text, with its newest recording."""
    newest = _newest(session, text)
    for block in text.blocks:
        yield BlockRecording(block, _state(text, block, newest), newest.get(block.id))


def audible(session: Session, text: DocumentText, *, drafts: bool) -> dict[str, str]:
    """Ids of the recordings that families hear, by block.

    ``drafts``: also those that nobody has confirmed (a demonstration's).
    """
    wanted = {RecordingState.CONFIRMED} | ({RecordingState.UNCONFIRMED} if drafts else set())
    return {
        entry.block.id: entry.recording.id
        for entry in recording_states(session, text)
        if entry.state in wanted and entry.recording is not None
    }


def read_recording(session: Session, storage: Storage, recording_id: str) -> tuple[bytes, str]:
    """The audio and its media type; raises RecordingUnknown, DocumentDamaged."""
    found = session.get(Recording, recording_id)
    if found is None:
        raise RecordingUnknown
    return storage.read_recording(found.storage_path), found.media_type


def _newest(session: Session, text: DocumentText) -> dict[str, Recording]:
    rows = session.scalars(
        select(Recording)
        .where(
            Recording.document == text.name,
            Recording.version == text.version,
            Recording.language == text.language,
        )
        .order_by(Recording.added_at, Recording.id)
    )
    return {recording.block: recording for recording in rows}


def _state(text: DocumentText, block: Block, newest: Mapping[str, Recording]) -> RecordingState:
    recording = newest.get(block.id)
    if recording is None:
        return RecordingState.MISSING
    if recording.words_sha256 != _digest(text, block):
        return RecordingState.STALE
    return RecordingState.CONFIRMED if recording.confirmed_at else RecordingState.UNCONFIRMED


def _digest(text: DocumentText, block: Block) -> str:
    return hashlib.sha256(spoken_words(text, block).encode()).hexdigest()


def _media_type(audio: bytes) -> str:
    for place, magic, media_type in _TYPES:
        if audio[place : place + len(magic)] == magic:
            return media_type
    raise RecordingRefused("this is no audio file that browsers play (MP3, Ogg, M4A, WebM, WAV)")
