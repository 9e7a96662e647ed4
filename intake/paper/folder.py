"""A folder into which a scanner writes: what has stopped growing is taken in, then moved aside.

A file is moved only when it is stored; a power cut in between makes it come twice, and the second
time it is recognised by its bytes.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from intake.installation import Installation
from intake.paper.batches import add_file, close_batch, open_batch
from intake.paper.model import BatchSource, BatchState, ScanBatch

TAKEN = "taken"
_LOCK = ".intake-lock"
_QUIET = 3.0
"""Seconds since the last change of a file that is written no more."""
_KEPT = 7 * 86400.0
"""Seconds until a file that was moved aside is deleted."""
_PARTS = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
_PER_SWEEP = 200


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    size: int
    changed: int


class WatchedFolder:
    """Remembers between sweeps how large files were."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before: dict[str, _Found] = {}

    def sweep(self, installation: Installation, *, at: datetime) -> str | None:
        """Take in, as one batch, what is whole; the batch's id, for ``batches.process``."""
        with _only_one(self._folder) as mine:
            if not mine:
                return None  # another worker is at it
            _close_left_open(installation)
            self._delete_old()
            whole = self._whole()
            if not whole:
                return None
            with installation.database.begin() as session:
                batch_id = open_batch(session, source=BatchSource.FOLDER, created_by=None, at=at).id
            for found in whole:
                self._take(installation, batch_id, found, at=at)
            with installation.database.begin() as session:
                close_batch(session, batch_id)
            return batch_id

    def _whole(self) -> list[_Found]:
        """Files that look as they did at the last sweep."""
        now = {found.path.name: found for found in _files(self._folder)}
        before, self._before = self._before, now
        quiet_since = time.time() - _QUIET
        whole = [
            found
            for name, found in sorted(now.items())
            if before.get(name) == found and found.changed / 1e9 <= quiet_since
        ]
        return whole[:_PER_SWEEP]

    def _take(
        self, installation: Installation, batch_id: str, found: _Found, *, at: datetime
    ) -> None:
        try:
            # Not through a link: it could point anywhere.
            descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return  # gone, or not ours to read; the next sweep sees
        with os.fdopen(descriptor, "rb") as content:
            add_file(installation, batch_id, found.path.name, content, at=at)
        aside = self._folder / TAKEN
        aside.mkdir(mode=0o700, exist_ok=True)
        target = aside / f"{batch_id}-{found.path.name}"[:250]
        found.path.rename(target)
        os.utime(target)  # its days begin now
        self._before.pop(found.path.name, None)

    def _delete_old(self) -> None:
        aside = self._folder / TAKEN
        if not aside.is_dir():
            return
        for found in _files(aside):
            if found.changed / 1e9 < time.time() - _KEPT:
                found.path.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[_Found]:
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name.lower().endswith(_PARTS):
            continue
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(facts.st_mode) and facts.st_size > 0:
            yield _Found(Path(entry.path), facts.st_size, facts.st_mtime_ns)


def _close_left_open(installation: Installation) -> None:
    """Batches that a power cut left before they were closed: nobody else adds to them."""
    with installation.database.begin() as session:
        query = select(ScanBatch).where(
            ScanBatch.source == BatchSource.FOLDER, ScanBatch.state == BatchState.OPEN
        )
        for batch in session.scalars(query):
            batch.state = BatchState.READING


@contextmanager
def _only_one(folder: Path) -> Iterator[bool]:
    """Whether no other process sweeps this folder now."""
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
