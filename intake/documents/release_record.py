"""The record of versions: append-only, and chained under the installation's key.

Like the partners' changes it stands beside the consents' ledger, each entry of which is about a
student. Each entry's MAC covers the entry and the one before, the head's covers the end: what was
altered, removed or cut off is found by ``intake audit verify``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.consents.ledger import Actor
from intake.db.keys import keyring
from intake.documents.model import DocumentRelease, DocumentReleasesHead, ReleaseKind

_HEAD = 1
_MEMORY = "releases"


class RecordNotReady(RuntimeError):
    """The database was not set up by ``intake db upgrade``."""


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What an entry says, before it has its place in the chain."""

    kind: ReleaseKind
    document: str
    version: str
    in_force_from: date
    texts: dict[str, str]
    note: str = ""
    withdraws: int | None = None


def start_record(session: Session) -> None:
    """Create the head of an empty record; done once, when a database is set up."""
    if session.get(DocumentReleasesHead, _HEAD) is None:
        session.add(DocumentReleasesHead(id=_HEAD, sequence=0, mac=_head_mac(session, 0, "")))
        session.flush()


def append(session: Session, entry: NewRelease, *, by: Actor, at: datetime) -> DocumentRelease:
    """Put one more on record, in the caller's transaction."""
    head = locked_head(session)
    release = DocumentRelease(
        sequence=head.sequence + 1,
        kind=entry.kind,
        document=entry.document,
        version=entry.version,
        in_force_from=entry.in_force_from,
        texts=entry.texts,
        withdraws=entry.withdraws,
        note=entry.note,
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        mac="",
    )
    release.mac = _mac(session, release, _last_mac(session, head.sequence))
    head.sequence, head.mac = release.sequence, _head_mac(session, release.sequence, release.mac)
    session.add(release)
    session.flush()
    session.info["memory"].pop(_MEMORY, None)
    return release


def locked_head(session: Session) -> DocumentReleasesHead:
    """The end of the record, for this transaction alone."""
    query = (
        select(DocumentReleasesHead)
        .where(DocumentReleasesHead.id == _HEAD)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalars(query).one_or_none()
    if head is None:
        raise RecordNotReady("the record of documents has no head: run `intake db upgrade`")
    return head


def release_problems(session: Session) -> Iterator[str]:
    """What was altered or removed, one line each."""
    previous, expected = "", 1
    try:
        for release in session.scalars(select(DocumentRelease).order_by(DocumentRelease.sequence)):
            if release.sequence != expected:
                yield f"entry {expected} of the documents' record was removed"
            if release.mac != _mac(session, release, previous):
                number = release.sequence
                yield f"entry {number} of the documents' record was altered, or the one before it"
            previous, expected = release.mac, release.sequence + 1
    except (ValueError, LookupError):
        yield f"an entry of the documents' record from {expected} on was altered and can't be read"
        return
    head = session.get(DocumentReleasesHead, _HEAD)
    if head is None:
        yield "the head of the documents' record is missing"
    elif head.sequence != expected - 1 or head.mac != _head_mac(session, head.sequence, previous):
        yield f"the documents' record ends at {expected - 1}, but its head names another end"


def _last_mac(session: Session, sequence: int) -> str:
    query = select(DocumentRelease.mac).where(DocumentRelease.sequence == sequence)
    return session.scalars(query).first() or ""


def _mac(session: Session, release: DocumentRelease, previous: str) -> str:
    content: list[Any] = [
        previous, release.sequence, release.kind.value, release.document, release.version,
        release.in_force_from.isoformat(), release.texts, release.withdraws, release.note,
        release.at.isoformat(), release.actor_kind.value, release.actor_id,
    ]  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return keyring(session).blind_index("document_releases", text)


def _head_mac(session: Session, sequence: int, last: str) -> str:
    return keyring(session).blind_index("document_releases.head", f"{sequence}:{last}")
