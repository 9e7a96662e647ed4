"""Scan batches: files in, every page read, sorted and filed, and every page accounted for.

Each page's findings are recorded in a short transaction of their own. After a power cut
``process`` goes on where it was: what is recorded is not read again, and what is filed stays so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.db.base import new_id
from intake.documents.kept import keep, put_kept
from intake.documents.model import KeptKind
from intake.installation import Installation
from intake.paper.model import (
    BatchSource,
    BatchState,
    ScanBatch,
    ScanFile,
    ScanPage,
)
from intake.paper.reach import note_schools
from intake.paper.reading import Reader
from intake.paper.reading_files import LEASE_TIME, Lease, read_file
from intake.paper.sorting import file_ready_papers, sort_batch

LEFT_OPEN = timedelta(minutes=30)
_LONGEST_NAME = 200


class BatchUnknown(LookupError):
    """There is no such batch."""


class BatchClosed(Exception):
    """Files can't be added any more: the batch is being read, or has been."""


class BatchBusy(Exception):
    """Somebody else is reading the batch at this moment."""


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that was taken in."""

    id: str
    sha256: str
    size: int
    same_as: str | None
    """The id of the same file, where it came before: nothing is read again then."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is; ``pages`` counts all that have been read so far."""

    files: int
    files_read: int
    pages: int
    sorted: bool
    """Everything is read; papers are being filed."""


def open_batch(
    session: Session, *, source: BatchSource, created_by: str | None, at: datetime
) -> ScanBatch:
    """A batch to add files to."""
    batch = ScanBatch(source=source, created_by=created_by, created_at=at, state=BatchState.OPEN)
    session.add(batch)
    session.flush()
    note_schools(session, batch)
    return batch


def add_file(
    installation: Installation, batch_id: str, name: str, content: BinaryIO, *, at: datetime
) -> AddedFile:
    """Take a file in as it is; it is on disk, encrypted, when this returns.

    ``name`` is only shown, never used as a path. Raises BatchUnknown, BatchClosed.
    """
    stored = put_kept(installation.storage, installation.database.keyring, content)
    kept_it = False
    try:
        with installation.database.begin() as session:
            batch = session.get(ScanBatch, batch_id, with_for_update=True)
            if batch is None:
                raise BatchUnknown
            if batch.state is not BatchState.OPEN:
                raise BatchClosed
            file = ScanFile(
                id=new_id(),
                batch_id=batch_id,
                position=_next_position(session, batch_id),
                name=Path(name.replace("\\", "/")).name[:_LONGEST_NAME] or "scan",
                sha256=stored.sha256,
                size=stored.size,
                same_as=_earlier(session, stored.sha256),
            )
            if file.same_as is None:
                try:
                    with session.begin_nested():
                        file.original_id = keep(session, stored, KeptKind.ORIGINAL, at=at).id
                        session.add(file)
                        session.flush()
                except IntegrityError:  # the same bytes, in the same moment
                    file.original_id, file.same_as = None, _earlier(session, stored.sha256)
            if file.same_as is not None:
                session.add(file)
                session.flush()
        kept_it = file.same_as is None
    finally:
        if not kept_it:
            installation.storage.discard(stored)
    return AddedFile(file.id, file.sha256, file.size, file.same_as)


def process(
    installation: Installation,
    batch_id: str,
    reader: Reader,
    *,
    at: datetime,
    progress: Callable[[Progress], None] = lambda _: None,
) -> None:
    """Read, sort and file a batch, or go on with it; a second call changes nothing.

    Raises BatchUnknown, BatchBusy.
    """
    if not _claim(installation, batch_id, at=at):
        return
    try:
        with installation.database.read() as session:
            files = list(
                session.scalars(
                    select(ScanFile)
                    .where(ScanFile.batch_id == batch_id)
                    .order_by(ScanFile.position)
                )
            )
        told = _Told(progress, len(files), _pages_so_far(installation, batch_id))
        lease = Lease(installation, batch_id, at)
        for file in files:
            if file.same_as is None and file.pages is None and file.refusal is None:
                read_file(installation, file, reader, lease, at=at, page_read=told.page_read)
            told.file_read()
        told.all_read()
        sort_batch(installation, batch_id, at=at)
        file_ready_papers(installation, batch_id, at=at)
        _finish(installation, batch_id, at=at)
    finally:
        _release(installation, batch_id)
    for earlier in _left_behind(installation, files, at=at):
        process(installation, earlier, reader, at=at)


def unfinished(session: Session, *, at: datetime) -> list[str]:
    """Batches that are to be read and that nobody reads (any more), oldest first.

    One that was left open, by a browser that was closed or by a crash, is read as it is.
    """
    query = (
        select(ScanBatch.id)
        .where(
            ScanBatch.finished_at.is_(None),
            or_(ScanBatch.state == BatchState.READING, ScanBatch.created_at <= at - LEFT_OPEN),
            or_(ScanBatch.claimed_until.is_(None), ScanBatch.claimed_until <= at),
        )
        .order_by(ScanBatch.created_at)
    )
    return list(session.scalars(query))


def close_batch(session: Session, batch_id: str) -> None:
    """Let nobody add files any more; the worker reads it from now on. Raises BatchUnknown."""
    batch = session.get(ScanBatch, batch_id, with_for_update=True)
    if batch is None:
        raise BatchUnknown
    if batch.state is BatchState.OPEN:
        batch.state = BatchState.READING


class _Told:
    """Counts for whoever wants to see how far it is."""

    def __init__(self, progress: Callable[[Progress], None], files: int, pages: int) -> None:
        self._progress, self._files = progress, files
        self._files_read, self._pages = 0, pages
        self._tell(sorted_=False)

    def page_read(self) -> None:
        self._pages += 1
        self._tell(sorted_=False)

    def file_read(self) -> None:
        self._files_read += 1
        self._tell(sorted_=False)

    def all_read(self) -> None:
        self._tell(sorted_=True)

    def _tell(self, *, sorted_: bool) -> None:
        self._progress(Progress(self._files, self._files_read, self._pages, sorted_))


def _claim(installation: Installation, batch_id: str, *, at: datetime) -> bool:
    """Whether there is something to do; the batch is then ours."""
    with installation.database.begin() as session:
        taken = session.execute(
            update(ScanBatch)
            .where(
                ScanBatch.id == batch_id,
                ScanBatch.state != BatchState.DONE,
                or_(ScanBatch.claimed_until.is_(None), ScanBatch.claimed_until <= at),
            )
            .values(state=BatchState.READING, claimed_until=at + LEASE_TIME)
        )
        if taken.rowcount:  # type: ignore[attr-defined]
            return True
        batch = session.get(ScanBatch, batch_id)
        if batch is None:
            raise BatchUnknown
        if batch.state is BatchState.DONE:
            return False
        raise BatchBusy


def _release(installation: Installation, batch_id: str) -> None:
    with installation.database.begin() as session:
        session.get_one(ScanBatch, batch_id).claimed_until = None


def _finish(installation: Installation, batch_id: str, *, at: datetime) -> None:
    with installation.database.begin() as session:
        batch = session.get_one(ScanBatch, batch_id)
        batch.state, batch.finished_at = BatchState.DONE, at


def _left_behind(installation: Installation, files: list[ScanFile], *, at: datetime) -> list[str]:
    """Batches in which the same files came before, and that were left before they were read."""
    earlier = [file.same_as for file in files if file.same_as is not None]
    if not earlier:
        return []
    with installation.database.read() as session:
        query = (
            select(ScanBatch.id)
            .join(ScanFile, ScanFile.batch_id == ScanBatch.id)
            .where(
                ScanFile.id.in_(earlier),
                ScanBatch.finished_at.is_(None),
                or_(ScanBatch.claimed_until.is_(None), ScanBatch.claimed_until <= at),
            )
            .distinct()
        )
        return list(session.scalars(query))


def _pages_so_far(installation: Installation, batch_id: str) -> int:
    with installation.database.read() as session:
        query = (
            select(func.count())
            .select_from(ScanPage)
            .join(ScanFile, ScanFile.id == ScanPage.file_id)
            .where(ScanFile.batch_id == batch_id)
        )
        return session.scalars(query).one()


def _next_position(session: Session, batch_id: str) -> int:
    query = select(func.count()).where(ScanFile.batch_id == batch_id)
    return session.scalars(query).one() + 1


def _earlier(session: Session, sha256: str) -> str | None:
    """The file with these bytes that counts; one that was refused may be tried again."""
    query = select(ScanFile.id).where(
        ScanFile.sha256 == sha256, ScanFile.same_as.is_(None), ScanFile.refusal.is_(None)
    )
    return session.scalars(query).one_or_none()
