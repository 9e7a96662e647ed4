"""The package: a zip or a folder of CSV files. Nothing is unpacked, and nothing is followed.

A member is read as a stream, so that a zip bomb costs no more than the limits here.
"""

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol, TypeVar

from intake.roster.oneroster.report import RosterRefused, refuse

MOST_MEMBERS = 200
LARGEST_FILE = 2 * 2**30
"""Bytes of one file; 100,000 students with all their enrollments take about 0.1 GB."""
MOST_SQUEEZED = 100
"""Times that a member may grow; rosters are text and grow about tenfold."""
_ALWAYS_FINE = 16 * 2**20
_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db")


_File = TypeVar("_File")


class Package(Protocol):
    """The files of a roster, by their names in lower case."""

    name: str

    def names(self) -> dict[str, str]:
        """Every CSV file: its name in lower case, and as it is written."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """A file's bytes."""
        ...


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """A zip or a folder. Raises RosterRefused for anything that is neither, or not safe."""
    if path.is_dir():
        yield _Folder(path)
        return
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise _damaged(path.name, error, "not a zip file, or a truncated one") from None
        try:
            yield _Zip(path.name, archive)
        except _DAMAGED as error:
            raise _damaged(path.name, error, "the zip file is damaged or truncated") from None


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, struct.error,
    OSError,
)  # fmt: skip
"""What zipfile raises for bytes that are no zip; found by changing bytes at random."""


def _damaged(name: str, error: Exception, reason: str) -> Exception:
    """The refusal; but a disk that fails is not the file's fault (a damaged one names places
    before its start: EINVAL)."""
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
        return error
    return refuse(name, reason)


class _Folder:
    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._files: dict[str, Path] = {}
        for found in sorted(path.iterdir()):
            if found.name in _IGNORED or found.suffix.lower() != ".csv":
                continue
            if found.is_symlink() or not found.is_file():
                raise refuse(found.name, "a link or a special file; put the file itself there")
            if found.stat().st_size > LARGEST_FILE:
                raise refuse(found.name, "larger than 2 GB")
            _add(self._files, found.name, found)

    def names(self) -> dict[str, str]:
        return {name: path.name for name, path in self._files.items()}

    def open(self, name: str) -> IO[bytes]:
        return self._files[name].open("rb")


class _Zip:
    def __init__(self, name: str, archive: zipfile.ZipFile) -> None:
        self.name = name
        self._archive = archive
        self._files: dict[str, zipfile.ZipInfo] = {}
        if not all(one.filename.strip("/") for one in archive.infolist()):
            raise refuse(name, "a file without a name in the zip")
        members = [one for one in archive.infolist() if not _is_ignored(one)]
        if len(members) > MOST_MEMBERS:
            raise refuse(name, f"more than {MOST_MEMBERS} files in the zip")
        for member in members:
            _check(name, member)
        if len({PurePosixPath(member.filename).parent for member in members}) > 1:
            raise refuse(name, "files in several folders; OneRoster wants all of them in one")
        for member in members:
            if member.filename.lower().endswith(".csv"):
                _add(self._files, PurePosixPath(member.filename).name, member)

    def names(self) -> dict[str, str]:
        return {name: PurePosixPath(one.filename).name for name, one in self._files.items()}

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(self._files[name])
        except NotImplementedError:  # zipfile's word for a method of compression it doesn't know
            raise refuse(name, "compressed in a way that is not supported; use Deflate") from None


def _is_ignored(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() or any(
        member.filename.startswith(name) or member.filename.endswith(f"/{name}")
        for name in _IGNORED
    )


def _check(archive: str, member: zipfile.ZipInfo) -> None:
    """Refuse what could reach outside the archive, hide something, or fill a disk."""
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in path.parts[0]:
        raise refuse(archive, "a name in the zip points outside of it")
    if member.flag_bits & 0x1:
        raise refuse(path.name, "encrypted; send the zip without a password, over a safe way")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise refuse(path.name, "a link or a special file in the zip")
    if path.suffix.lower() in {".zip", ".gz", ".7z", ".rar", ".tar"}:
        raise refuse(path.name, "an archive inside the zip; put the CSV files there themselves")
    if member.file_size > LARGEST_FILE:
        raise refuse(path.name, "larger than 2 GB once unpacked")
    grows = member.file_size / max(member.compress_size, 1)
    if member.file_size > _ALWAYS_FINE and grows > MOST_SQUEEZED:
        raise refuse(path.name, "grows more than a hundredfold when unpacked: a zip bomb")


def _add(files: dict[str, _File], name: str, value: _File) -> None:
    if name.lower() in files:
        raise refuse(name, "there twice, in large and small letters")
    files[name.lower()] = value


__all__ = ["Package", "RosterRefused", "open_package"]
