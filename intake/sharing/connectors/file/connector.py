"""A destination that reads a file: one JSON object a line (jsonlines.org), only ever appended.

A line is there whole or not at all: what a crash left unfinished at the end is cut off before
the next line. An event that an earlier attempt may have written is looked for first.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from intake.sharing.connectors.base import (
    Connector,
    Delivery,
    DeliveryFailed,
    InvalidTarget,
    Letter,
    Target,
)

_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EMFILE, errno.ENFILE}
"""Troubles that may end without a change of ours; the others are a wrong path or missing rights."""
_BLOCK = 64 * 1024


class JsonLines(Connector):
    """Appended under a lock and flushed to the disk before the worker marks it as delivered."""

    kind = "file"
    delivery = Delivery.TOGETHER
    LONGEST_DELIVERY = timedelta(seconds=20)

    def __init__(self, target: Target, *, allow_private: bool) -> None:
        self._path = _path(target.url)

    @classmethod
    def check(cls, target: Target) -> None:
        """Raise InvalidTarget unless it is ``file:///folder/name`` and the folder is there."""
        path = _path(target.url)
        if target.secret:
            raise InvalidTarget("a file takes no secret")
        if path.is_dir() or not path.parent.is_dir():
            raise InvalidTarget("the address must be a file in a folder that exists")

    def ship(self, shipment: str, letters: Sequence[Letter]) -> Mapping[str, DeliveryFailed]:
        """Append what is not there yet. Raises DeliveryFailed."""
        try:
            with self._locked() as file:
                end = _cut_unfinished(file)
                known = _written(file, {one.event_id for one in letters if one.is_repeated})
                lines = [_line(one.body) for one in letters if one.event_id not in known]
                _append(file, b"".join(lines), end)
        except BlockingIOError:
            raise DeliveryFailed("the file is locked", temporary=True, unreachable=True) from None
        except OSError as error:
            reason = f"file: {errno.errorcode.get(error.errno or 0, 'error')}"
            raise DeliveryFailed(
                reason, temporary=error.errno in _PASSING, unreachable=True
            ) from None
        return {}

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, and nobody else of us in it."""
        is_new = not self._path.exists()
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if is_new:
                _flush_folder(self._path.parent)
            yield file
        finally:
            os.close(file)


def _path(url: str) -> Path:
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc or not path.is_absolute() or not path.name:
        raise InvalidTarget("the address must be file:///folder/name.jsonl")
    return path


def _line(body: str) -> bytes:
    """One line, whatever line ends the body has."""
    return (json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _append(file: int, content: bytes, end: int) -> None:
    """Write and flush all of it, or leave the file as it was."""
    try:
        written = 0
        while written < len(content):
            written += os.pwrite(file, content[written:], end + written)
        os.fsync(file)
    except OSError:
        os.ftruncate(file, end)
        raise


def _cut_unfinished(file: int) -> int:
    """Where whole lines end; a crash may have left part of one, which nobody counted on."""
    size = os.fstat(file).st_size
    end = size
    while end:
        start = max(0, end - _BLOCK)
        block = os.pread(file, end - start, start)
        newline = block.rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end != size:
        os.ftruncate(file, end)
    return end


def _written(file: int, event_ids: set[str]) -> set[str]:
    """Which of these events are in the file already; read whole, so only asked of repeats."""
    if not event_ids:
        return set()
    wanted = {f'"id":{json.dumps(event_id)},'.encode(): event_id for event_id in event_ids}
    found = set()
    with os.fdopen(os.dup(file), "rb") as lines:
        lines.seek(0)
        for line in lines:
            found |= {event_id for member, event_id in wanted.items() if member in line}
    return found


def _flush_folder(folder: Path) -> None:
    """So that a new file's name survives a power cut too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
